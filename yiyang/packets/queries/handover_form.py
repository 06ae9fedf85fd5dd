"""What the sending team wrote, as a QuestionnaireResponse by the fields of its form."""

from __future__ import annotations

from typing import Any

from yiyang.beds.queries import handovers
from yiyang.beds.rules import handover_sheet as sheets
from yiyang.packets.rules import systems
from yiyang.packets.rules.documents import own_id
from yiyang.records.r4.body import Number

KINDS = {sheets.WHEN: "valueDateTime", sheets.DAY: "valueDate"}


def as_response(transfer: Any) -> dict[str, Any]:
    sheet = handovers.sheet_of(transfer)
    given = transfer.handover
    groups = [_group(one, sheet) for one in sheets.sections(back=handovers.is_way_back(transfer))]
    return {
        "resourceType": "QuestionnaireResponse",
        "id": own_id(transfer.pk, "handover"),
        "questionnaire": "urn:yiyang:questionnaire:HANDOVER",
        "status": "completed",
        "subject": {"reference": f"Patient/{transfer.person_id}"},
        "authored": given.given_at.isoformat(),
        "author": {"type": "Practitioner", "display": given.given_by},
        "item": [one for one in groups if one["item"]],
    }


def _group(section: sheets.Section, sheet: dict[str, Any]) -> dict[str, Any]:
    items: list[dict[str, Any]] = []
    for one in section.items:
        if isinstance(one, sheets.Table):
            items += [_row(one, row) for row in sheet.get(one.name, [])]
        elif one.name in sheet:
            items.append(_answer(one.name, one, sheet[one.name]))
    return {"linkId": f"part.{section.name}", "text": str(section.legend), "item": items}


def _row(table: sheets.Table, row: dict[str, Any]) -> dict[str, Any]:
    cells = [
        _answer(f"{table.name}.{one.name}", one, row[one.name]) for one in table.columns if one.name in row
    ]
    return {"linkId": table.name, "text": str(table.label), "item": cells}


def _answer(link: str, told: sheets.Field, value: Any) -> dict[str, Any]:
    return {"linkId": link, "text": str(told.label), "answer": [_value(told, value)]}


def _value(told: sheets.Field, value: Any) -> dict[str, Any]:
    if told.kind == sheets.CHOICE:
        words = str((told.choices or {}).get(value, value))
        return {"valueCoding": {"system": systems.HANDOVER, "code": f"{told.name}.{value}", "display": words}}
    if told.kind == sheets.FEN:
        return {"valueInteger": int(value)}
    if told.kind == sheets.NUMBER:
        return {"valueDecimal": Number(f"{value:g}")}
    return {KINDS.get(told.kind, "valueString"): str(value)}
