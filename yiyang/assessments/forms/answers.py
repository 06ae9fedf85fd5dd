"""Answers as a form or a script sends them: from names and texts to what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from yiyang.assessments.rules.instruments import Instrument as Content
from yiyang.assessments.rules.instruments import Item, ItemKind

FULL_WIDTH = str.maketrans("０１２３４５６７８９．－，", "0123456789.-,")


def answers_in(posted: QueryDict, content: Content) -> dict[str, Any]:
    """What was answered: `asked` names the questions that the form held, so that none chosen is an answer too."""
    return {
        code: _value(content.item(code), posted)
        for code in posted.getlist("asked")
        if code in content.by_code and not content.item(code).computed
    }


def sources_in(posted: QueryDict) -> dict[str, str]:
    """What says where values that were taken over are from, by item."""
    return {name[2:]: posted[name] for name in posted if name.startswith("s:") and posted[name]}


def revision_in(posted: Mapping[str, Any]) -> int:
    given = str(posted.get("revision", ""))
    return int(given) if given.isdecimal() and len(given) < 9 else 0


def _value(item: Item, posted: QueryDict) -> Any:
    name = f"a:{item.code}"
    if item.kind is ItemKind.MULTIPLE:
        return [one for one in posted.getlist(name) if one]
    text = posted.get(name, "").strip()
    if item.kind is ItemKind.NUMBER and text:
        number = _number(text)
        unit = posted.get(f"u:{item.code}", item.unit)
        return {"value": number, "unit": unit} if unit and unit != item.unit else number
    return text or None


def _number(text: str) -> Any:
    """A number as typed, also in full-width digits; what is none stays as it is, and is refused in words."""
    plain = text.translate(FULL_WIDTH).replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        return text
    return int(number) if number.is_integer() and abs(number) < 1e15 and "." not in plain else number
