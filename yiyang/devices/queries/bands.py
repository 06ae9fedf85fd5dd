"""Between which values a reading needs no look: for the intake, which hands on only what lies outside."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate

from yiyang.assessments.rules.instruments import Instrument
from yiyang.devices.queries.rules import in_force, warning_instrument
from yiyang.devices.rules.alarms import EVENT_CODES, Cause
from yiyang.devices.rules.judging.rules import LOW, Rule
from yiyang.devices.rules.judging.warning_score import ITEMS, RAREST, band
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
            _narrow_by_score(found, rule, at)
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


def _narrow_by_score(found: Bands, rule: Rule, at: datetime) -> None:
    """A score is reached by a reading that is worth several points, or by one point of nearly everything. So one
    point of what is measured most rarely is enough to look; from then on every point of that person is (`points`).
    Where fewer points than that alarm, each is worth a look."""
    several = worth_several(at)
    without = without_one(several)
    instrument = warning_instrument()
    for code in ITEMS:
        one = code == RAREST or rule.worth_from <= without
        low, high = found.get(code, (float("-inf"), float("inf")))
        below, upto = _points(instrument, code, 1 if one else several)
        found[code] = (max(low, below), min(high, upto))


def without_one(several: int) -> int:
    """What a score can reach while nothing is worth several points, nor the rarest one any."""
    return (several - 1) * (len(ITEMS) - 1)


def worth_several(at: datetime) -> int:
    """So many points alone make the early warning score be looked at."""
    return int(policy("devices.score_points_worth_a_look", on=localdate(at)).value)


def points() -> Bands:
    """Between which values a reading is worth no point of the early warning score."""
    instrument = warning_instrument()
    return {code: _points(instrument, code, 1) for code in ITEMS}


def points_from(code: int, least: int) -> tuple[float, float]:
    """Between which values a reading is worth fewer points of the early warning score."""
    return _points(warning_instrument(), code, least)


def _points(instrument: Instrument, code: int, least: int) -> tuple[float, float]:
    """The instrument's bands end with their last value: from just beyond it the points begin."""
    below, upto = band(instrument, code, least)
    return below + 1e-6, upto + 1e-6
