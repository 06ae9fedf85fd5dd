"""What the form at the bedside needs to go on without a connection: its questions, and who is asked."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from yiyang.assessments.commands.locks import content_of, context_of
from yiyang.assessments.models import Assessment
from yiyang.assessments.queries.answering import Sheet
from yiyang.assessments.rules.instruments import Item
from yiyang.assessments.rules.wording import worded

ASKED_OF_PERSON = ("age", "sex")


def questions(found: Assessment) -> dict[str, Any]:
    """The questions in the order in which they depend on each other, with the conditions under which they are put."""
    content = content_of(found.instrument)
    context = context_of(found.person, found.assessed_at)
    return {
        "items": [_question(content.item(code)) for code in content.order],
        "context": {key: context.get(key) for key in ASKED_OF_PERSON},
    }


def computed(sheet: Sheet) -> dict[str, str]:
    """Values that are worked out from answers, in words."""
    return {code: one.words for code, one in sheet.by_code.items() if one.item.computed}


def differing(found: Assessment, mine: dict[str, Any]) -> list[dict[str, str]]:
    """My answers beside those that stand now, where both differ."""
    content = content_of(found.instrument)
    return [
        {
            "code": code,
            "question": str(content.item(code).text),
            "mine": str(worded(content.item(code), value)),
            "theirs": str(worded(content.item(code), found.answers.get(code))),
        }
        for code, value in mine.items()
        if code in content.by_code and (found.answers.get(code) or None) != (value or None)
    ]


def _question(item: Item) -> dict[str, Any]:
    return {
        "code": item.code,
        "kind": str(item.kind),
        "required": item.required,
        "computed": item.computed,
        "unit": item.unit,
        "units": {one.unit: [one.factor, one.offset] for one in item.other_units},
        "points": {one.code: one.count if one.count is not None else one.score for one in item.options},
        "show_when": asdict(item.show_when) if item.show_when else None,
    }
