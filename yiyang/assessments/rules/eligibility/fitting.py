"""Whether criteria ask what the instruments can answer: a misspelt item would otherwise stay unknown for ever."""

from __future__ import annotations

from collections.abc import Mapping

from yiyang.assessments.rules.eligibility.conditions import Leaf
from yiyang.assessments.rules.eligibility.criteria import Criteria
from yiyang.assessments.rules.instruments import Instrument


def unfit(criteria: Criteria, instruments: Mapping[str, Instrument]) -> list[str]:
    """Every question that no answer could meet, in words; nothing when all fit."""
    faults = []
    for leaf in criteria.asks:
        if leaf.instrument:
            found = instruments.get(leaf.instrument)
            fault = _fault(leaf, found) if found else f"there is no instrument {leaf.instrument}"
            if fault:
                faults.append(f"{criteria.kind}: {fault}")
    return list(dict.fromkeys(faults))


def _fault(leaf: Leaf, instrument: Instrument) -> str:
    code = instrument.code
    if leaf.about == "level":
        strange = [one for one in leaf.values if instrument.band(one) is None]
        return f"{code} has no level {', '.join(strange)}" if strange else ""
    if leaf.about == "total":
        return "" if instrument.total else f"{code} has no total"
    if leaf.about == "subscore":
        return "" if instrument.subscore(leaf.item) else f"{code} has no sub-score {leaf.item}"
    item = instrument.by_code.get(leaf.item)
    if item is None:
        return f"{code} has no item {leaf.item}"
    strange = [one for one in leaf.values if item.options and item.option(one) is None]
    return f"{code}, {leaf.item}: no such answer as {', '.join(strange)}" if strange else ""
