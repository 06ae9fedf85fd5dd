"""Between which values a reading needs no look: for the intake, which hands on only what lies outside."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate

from yiyang.devices.queries.rules import in_force, warning_instrument
from yiyang.devices.rules.alarms import EVENT_CODES, Cause
from yiyang.devices.rules.judging.rules import LOW, Rule
from yiyang.devices.rules.judging.warning_score import ITEMS, band
from yiyang.devices.rules.judging.watches import OUT_OF_BED
from yiyang.kernel.policy import policy

Bands = dict[int, tuple[float, float]]
# Events that alarm, each time that they are told; and leaving the bed, which does so when nobody comes back.
ALWAYS = frozenset({*EVENT_CODES, OUT_OF_BED})


def bands(at: datetime) -> Bands:
    """By quantity: worth a look below the first, or at the second and above. Own limits of persons go beside it."""
    rules = in_force(at)
    found: Bands = {}
    for rule in filter(None, rules.by_scope.values()):
        if rule.cause == Cause.NEWS2:
            _narrow_by_score(found, at)
        else:
            _narrow(found, rule)
    return found


def _narrow(found: Bands, rule: Rule) -> None:
    low, high = found.get(rule.quantity, (float("-inf"), float("inf")))
    if rule.side == LOW:
        low = max(low, rule.worth_from)
    else:
        high = min(high, rule.worth_from)
    found[rule.quantity] = (low, high)


def _narrow_by_score(found: Bands, at: datetime) -> None:
    points = policy("devices.score_points_worth_a_look", on=localdate(at)).value
    instrument = warning_instrument()
    for code in ITEMS:
        below, upto = band(instrument, code, points)
        low, high = found.get(code, (float("-inf"), float("inf")))
        # The instrument's bands end with their last value: from just beyond it the points begin.
        found[code] = (max(low, below + 1e-6), min(high, upto + 1e-6))
