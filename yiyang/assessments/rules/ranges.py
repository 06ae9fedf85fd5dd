"""Between which numbers a sub-score or a total can lie, from what it is added of."""

from __future__ import annotations

from yiyang.assessments.rules.instruments import Instrument, Item, ItemKind


def maximum_of(instrument: Instrument, code: str = "") -> float | None:
    """Of a sub-score, or of the total; None when a formula does not say."""
    return _limit(instrument, code, most=True)


def minimum_of(instrument: Instrument, code: str = "") -> float | None:
    return _limit(instrument, code, most=False)


def _limit(instrument: Instrument, code: str, most: bool) -> float | None:
    part = instrument.subscore(code) if code else instrument.total
    if part is None:
        return None
    if part.value:
        return part.maximum if most else part.minimum
    limits = [_part(instrument, one, most) for one in part.parts]
    known = [limit for limit in limits if limit is not None]
    return sum(known) if len(known) == len(limits) else None


def _part(instrument: Instrument, code: str, most: bool) -> float | None:
    if instrument.subscore(code) is not None and code not in instrument.by_code:
        return _limit(instrument, code, most)
    item = instrument.by_code.get(code)
    return None if item is None else item_limit(item, most)


def item_limit(item: Item, most: bool) -> float:
    """The most or least an item can add. A question that need not be answered can add nothing."""
    scores = [option.score or 0.0 for option in item.options]
    if item.kind is ItemKind.MULTIPLE:
        return sum(score for score in scores if (score > 0) is most and score)
    scores += [point.score for table in item.tables for point in table.points]
    if not item.required or item.show_when is not None or not scores:
        scores.append(0.0)
    return max(scores) if most else min(scores)


def step_of(decimals: int) -> float:
    return 10.0**-decimals
