"""Answers in words, and what changed between two of them."""

from __future__ import annotations

from collections.abc import Mapping

from yiyang.assessments.rules.instruments import Instrument, Item
from yiyang.assessments.rules.texts import Text, same, shown
from yiyang.assessments.rules.units import UNITS

NOTHING = Text("", "")


def unit_of(item: Item, unit: str = "") -> Text:
    """A unit as people write it."""
    code = unit or item.unit
    return UNITS.get(code, same(code))


def worded(item: Item, raw: object) -> Text:
    """An answer as it is read: the words of the option, the number with its unit."""
    if raw is None or raw == "" or raw == []:
        return NOTHING
    if item.options:
        codes = raw if isinstance(raw, list | tuple) else [raw]
        texts = [option.text for option in item.options if option.code in codes]
        return Text("；".join(one.zh for one in texts), "; ".join(one.en for one in texts))
    unit = str(raw.get("unit", "")) if isinstance(raw, Mapping) else ""
    raw = raw.get("value") if isinstance(raw, Mapping) else raw
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        said = unit_of(item, unit)
        return Text(f"{shown(float(raw))} {said.zh}".strip(), f"{shown(float(raw))} {said.en}".strip())
    return same(str(raw))


def differences(
    before: tuple[Instrument, Mapping[str, object]], after: tuple[Instrument, Mapping[str, object]]
) -> list[tuple[Item, Text, Text]]:
    """Questions that both versions ask and that were answered otherwise: the question, then and now."""
    earlier, was = before
    later, now = after
    found = []
    for item in later.items:
        if item.computed or item.code not in earlier.by_code:
            continue
        first, second = worded(earlier.item(item.code), was.get(item.code)), worded(item, now.get(item.code))
        if first != second:
            found.append((item, first, second))
    return found
