"""What the sending team wrote, read back from the document by the fields of the form. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from yiyang.beds.rules import handover_sheet as sheets
from yiyang.kernel.words import listed
from yiyang.records.rules import words


@dataclass(frozen=True)
class Answer:
    """`label` and `text` of one field; `name` tells it in every version."""

    name: str
    label: Any
    text: str


@dataclass(frozen=True)
class Rows:
    name: str
    label: Any
    heads: list[Any]
    rows: list[list[str]]


@dataclass(frozen=True)
class Part:
    legend: Any
    lines: list[Answer] = field(default_factory=list)
    tables: list[Rows] = field(default_factory=list)


LEGENDS = {one.name: one.legend for one in sheets.SECTIONS}


# What belongs into another section too: whole parts of the form, or single fields of it.
OF_SECTION = {
    "allergies": {"allergies"},
    "medicines": {"part.medicines", "changed_medicines"},
    "nursing": {"part.nursing", "part.infection"},
}


def parts_of(response: Mapping[str, Any], only: Collection[str] = ()) -> list[Part]:
    """What was told; what was left empty stands nowhere. `only` names parts, or fields within them."""
    found = []
    for group in response.get("item", []):
        whole = not only or group["linkId"] in only
        items = [one for one in group["item"] if whole or one["linkId"] in only]
        if items:
            found.append(_part({**group, "item": items}))
    return found


def _part(group: Mapping[str, Any]) -> Part:
    name = str(group["linkId"]).removeprefix("part.")
    rows: dict[str, list[dict[str, str]]] = {}
    lines = []
    for one in group["item"]:
        link = str(one["linkId"])
        told = sheets.ITEMS.get(link)
        if isinstance(told, sheets.Table):
            cells = {cell["linkId"].partition(".")[2]: said(cell) for cell in one["item"]}
            rows.setdefault(link, []).append(cells)
        else:
            lines.append(Answer(link, told.label if told else one.get("text", link), said(one)))
    tables = []
    for link, filled in rows.items():
        table = sheets.ITEMS[link]
        columns = table.columns if isinstance(table, sheets.Table) else ()
        used = [one for one in columns if any(row.get(one.name) for row in filled)]
        tables.append(
            Rows(
                link,
                table.label,
                [one.label for one in used],
                [[row.get(one.name, "") for one in used] for row in filled],
            )
        )
    return Part(LEGENDS.get(name, group.get("text", "")), lines, tables)


def said(item: Mapping[str, Any]) -> str:
    return listed(_value(str(item["linkId"]), one) for one in item.get("answer", []))


def _value(link: str, answer: Mapping[str, Any]) -> str:
    if coding := answer.get("valueCoding"):
        value = str(coding["code"]).rpartition(".")[2]
        return _choice(link, value) or str(coding.get("display", value))
    if "valueInteger" in answer:  # money, in fen
        return f"{answer['valueInteger'] / 100:.2f}"
    for key in ("valueDateTime", "valueDate"):
        if key in answer:
            return words.day(answer[key])
    return str(answer.get("valueString", answer.get("valueDecimal", "")))


def _choice(link: str, value: str) -> str:
    name, _dot, column = link.partition(".")
    told = sheets.ITEMS.get(name)
    if isinstance(told, sheets.Table):
        told = next((one for one in told.columns if one.name == column), None)
    return str((told.choices or {}).get(value, "")) if isinstance(told, sheets.Field) else ""
