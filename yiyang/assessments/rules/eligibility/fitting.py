"""Whether criteria ask what the instruments can answer: a misspelt item would otherwise stay unknown for ever."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from yiyang.assessments.rules.eligibility.conditions import Leaf
from yiyang.assessments.rules.eligibility.criteria import Criteria
from yiyang.assessments.rules.instruments import Instrument


def unfit(criteria: Criteria, instruments: Mapping[str, Instrument]) -> list[str]:
    """Every question that no answer could meet, in words; nothing when all fit."""
    faults = []
    for leaf in criteria.asks:
        if leaf.instrument:
            found = instruments.get(leaf.instrument)
            fault = (
                _fault(leaf, found)
                if found
                else _("there is no instrument {code}").format(code=leaf.instrument)
            )
            if fault:
                faults.append(f"{criteria.kind}: {fault}")
    return list(dict.fromkeys(faults))


def _fault(leaf: Leaf, instrument: Instrument) -> str:
    code = instrument.code
    if leaf.about == "level":
        strange = [one for one in leaf.values if instrument.band(one) is None]
        return (
            _("{code} has no level {strange}").format(code=code, strange=", ".join(strange))
            if strange
            else ""
        )
    if leaf.about == "total":
        return "" if instrument.total else _("{code} has no total").format(code=code)
    if leaf.about == "subscore":
        return (
            ""
            if instrument.subscore(leaf.item)
            else _("{code} has no sub-score {item}").format(code=code, item=leaf.item)
        )
    item = instrument.by_code.get(leaf.item)
    if item is None:
        return _("{code} has no item {item}").format(code=code, item=leaf.item)
    strange = [one for one in leaf.values if item.options and item.option(one) is None]
    return (
        _("{code}, {item}: no such answer as {strange}").format(
            code=code, item=leaf.item, strange=", ".join(strange)
        )
        if strange
        else ""
    )
