"""Reads an instrument's file. Refuses it with every fault at once, each naming file, place and fault."""

from __future__ import annotations

import tomllib
from typing import Any

from yiyang.assessments.rules.checking import check
from yiyang.assessments.rules.instruments import (
    Adjustment,
    Alert,
    Band,
    Instrument,
    Item,
    ItemKind,
    Option,
    Point,
    Section,
    SubScore,
    Table,
    Total,
    Unit,
)
from yiyang.assessments.rules.ordering import ordered
from yiyang.assessments.rules.parts import Part
from yiyang.assessments.rules.reading_conditions import condition
from yiyang.assessments.rules.texts import Text, same

STATUSES = ("sourced", "to-be-confirmed")
LANGUAGES = ("zh-Hans", "en")
URGENCIES = ("EMERGENCY", "URGENT", "ROUTINE")
LARGEST = 2_000_000
ROOT = ("instrument", "section", "item", "subscore", "total", "band", "adjustment", "alert")


class InstrumentFault(ValueError):
    """The file cannot be used. `faults` says why, each in both languages."""

    def __init__(self, faults: list[Text]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__("\n".join(fault.en for fault in self.faults))


def read(text: str, name: str) -> Instrument:
    """The instrument in a file's text; `name` is how the file is called in faults."""
    if len(text) > LARGEST:
        raise InstrumentFault([Text(f"{name}：文件过大", f"{name}: the file is too large")])
    try:
        data = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise InstrumentFault([Text(f"{name}：不是有效的 TOML：{error}", f"{name}: not valid TOML: {error}")])
    return from_data(data, name)


def from_data(data: dict[str, Any], name: str) -> Instrument:
    """The instrument in what a file holds, however it was kept."""
    faults: list[Text] = []
    root = Part(data, same(name), faults)
    instrument = _instrument(root)
    for key in sorted(set(root.data) - set(ROOT), key=str):
        root.fault("未知的键 {key}", "unknown key {key}", key=key)
    check(instrument, root)
    if faults:
        raise InstrumentFault(faults)
    return instrument


def _instrument(root: Part) -> Instrument:
    head = root.inner(root.take("instrument") or {}, "[instrument]", "[instrument]")
    items = tuple(_item(part) for part in root.parts("item", "条目", "item"))
    total = root.take("total")
    read = Instrument(
        code=head.code(),
        version=head.string("version", required=True),
        title=head.text("title", required=True),
        source=head.string("source", required=True),
        licence=head.string("licence", required=True),
        attribution=head.string("attribution"),
        own_title=head.text("own_title"),
        languages=_languages(head),
        note=head.text("note"),
        status=head.chosen("status", STATUSES, "sourced"),
        validity_months=head.whole("validity_months", 0, 1, 240) or None
        if head.has("validity_months")
        else None,
        assessors=head.whole("assessors", 1, 1, 5),
        who=head.strings("who"),
        self_report=head.flag("self_report"),
        recording_only=head.flag("recording_only"),
        level_of=head.string("level_of"),
        loinc=head.string("loinc"),
        applies=condition(head, "applies"),
        sections=tuple(_section(part) for part in root.parts("section", "分节", "section")),
        items=items,
        subscores=tuple(_subscore(part) for part in root.parts("subscore", "分项", "sub-score")),
        total=_total(root.inner(total, "[total]", "[total]")) if total is not None else None,
        bands=tuple(
            sorted((_band(part) for part in root.parts("band", "分级", "band")), key=lambda band: band.rank)
        ),
        adjustments=tuple(_adjustment(part) for part in root.parts("adjustment", "级别变更", "adjustment")),
        alerts=tuple(_alert(part) for part in root.parts("alert", "提示", "alert")),
        order=ordered(items, root),
        by_code={item.code: item for item in items},
    )
    head.done()
    return read


def _languages(head: Part) -> tuple[str, ...]:
    given = head.strings("languages") or LANGUAGES
    for language in sorted(set(LANGUAGES) - set(given)):
        head.fault("languages 缺少 {one}", "languages lacks {one}", one=language)
    return given


def _section(part: Part) -> Section:
    section = Section(part.code(), part.text("title", required=True), part.text("help"))
    part.done()
    return section


def _item(part: Part) -> Item:
    kind = ItemKind(part.chosen("kind", [str(kind) for kind in ItemKind]))
    item = Item(
        code=part.code(),
        section=part.string("section", required=True),
        kind=kind,
        text=part.text("text", required=True),
        help=part.text("help"),
        required=part.flag("required", True),
        show_when=condition(part, "show_when"),
        loinc=part.string("loinc"),
        status=part.chosen("status", STATUSES, "sourced"),
        options=tuple(_option(one) for one in part.parts("options", "选项", "option")),
        unit=part.string("unit"),
        minimum=part.number("minimum"),
        maximum=part.number("maximum"),
        decimals=part.whole("decimals", 0, 0, 6),
        other_units=tuple(_unit(one) for one in part.parts("other", "其他单位", "other unit")),
        tables=_tables(part),
        value=part.string("value"),
        future=part.flag("future"),
    )
    part.done()
    return item


def _option(part: Part) -> Option:
    option = Option(
        code=part.code(),
        text=part.both({key: part.take(key) for key in ("zh", "en") if part.has(key)}, "text"),
        score=part.number("score"),
        count=part.number("count"),
        exclusive=part.flag("exclusive"),
        loinc=part.string("loinc"),
    )
    part.done()
    return option


def _unit(part: Part) -> Unit:
    unit = Unit(
        part.string("unit", required=True),
        part.number("factor", 1.0) or 0.0,
        part.number("offset", 0.0) or 0.0,
    )
    if not unit.factor:
        part.fault("factor 不能为 0", "factor must not be 0")
    part.done()
    return unit


def _tables(part: Part) -> tuple[Table, ...]:
    """`scores` for one table of points, `tables` for several of which one is chosen by a condition."""
    tables = [_table(one) for one in part.parts("tables", "分值表", "table")]
    if part.has("scores"):
        tables.append(Table(_points(part)))
    return tuple(tables)


def _table(part: Part) -> Table:
    table = Table(_points(part), condition(part, "when"), part.text("title"))
    part.done()
    return table


def _points(part: Part) -> tuple[Point, ...]:
    points = []
    for one in part.parts("scores", "分值", "points"):
        points.append(Point(one.number("score", required=True) or 0.0, one.number("upto")))
        one.done()
    return tuple(points)


def _subscore(part: Part) -> SubScore:
    subscore = SubScore(code=part.code(), items=part.strings("items"), **_added(part))
    part.done()
    return subscore


def _total(part: Part) -> Total:
    total = Total(of=part.strings("of"), **_added(part))
    part.done()
    return total


def _added(part: Part) -> dict[str, Any]:
    """What sub-scores and the total have in common."""
    return {
        "title": part.text("title", required=True),
        "value": part.string("value"),
        "minimum": part.number("minimum"),
        "maximum": part.number("maximum"),
        "decimals": part.whole("decimals", 0, 0, 6),
        "loinc": part.string("loinc"),
    }


def _band(part: Part) -> Band:
    band = Band(
        level=part.code("level"),
        title=part.text("title", required=True),
        rank=part.whole("rank", 0, 0, 1000) if part.has("rank") else _no_rank(part),
        least=part.number("from"),
        most=part.number("to"),
        action=part.text("action"),
    )
    part.done()
    return band


def _no_rank(part: Part) -> int:
    part.fault("缺少 rank（0 为最好）", "rank is missing (0 is best)")
    return 0


def _adjustment(part: Part) -> Adjustment:
    adjustment = Adjustment(
        code=part.code(),
        title=part.text("title", required=True),
        when=condition(part, "when", required=True),
        set=part.string("set"),
        raise_by=part.whole("raise", 0, 0, 20),
        cap=part.string("cap"),
        once=part.flag("once"),
    )
    part.done()
    return adjustment


def _alert(part: Part) -> Alert:
    alert = Alert(
        code=part.code(),
        when=condition(part, "when", required=True),
        demand=part.text("demand", required=True),
        urgency=part.chosen("urgency", URGENCIES, "URGENT"),
    )
    part.done()
    return alert
