"""What own limits of one person would have done to that person's readings of last month, beside what holds now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from yiyang.devices.queries import series
from yiyang.devices.queries.replay import BACK, Replay, alarms_by, worth
from yiyang.devices.queries.rules import in_force
from yiyang.devices.rules.judging.rules import Rule, with_own_limits
from yiyang.devices.rules.quantities import BY_NO, Quantity
from yiyang.people import queries as people


@dataclass
class OwnReplay(Replay):
    """`moves`: whether some rule takes these limits. Without one nobody would ever be called by them."""

    quantity: Quantity | None = None
    moves: bool = True
    told_days: int = 0


def ruled(at: datetime) -> set[int]:
    """The quantities that own limits can be set for: a rule for everybody looks at them."""
    rules = in_force(at).by_scope.items()
    return {
        one.quantity for (_code, scope, _whom), one in rules if scope == "ALL" and one and _takes_limits(one)
    }


def replay_own_limits(
    person: Any, code: int, low: float | None, high: float | None, at: datetime
) -> OwnReplay:
    """The caller has authorised. Pauses do not count: it is asked what the limits alone would have done."""
    ids = sorted(people.ids(person.pk), key=str)
    rules = in_force(at, ids)
    rules.paused = set()
    now = [one for one in rules.of(person.pk, "") if one.quantity == code and not one.change_seconds]
    rules.limits = {}
    plain = [one for one in rules.of(person.pk, "") if one.quantity == code and not one.change_seconds]
    proposed = [with_own_limits(one, low, high) for one in plain]
    found = OwnReplay(persons=1, quantity=BY_NO[code], moves=proposed != plain)
    if not plain:
        return found
    told = series.days_with(ids, [code], at - BACK, at, at)
    found.told_days = len(set(told) - {localdate(at - BACK)})
    readings = sorted(reading for one in ids for reading in worth(one, [*now, *proposed], at - BACK, at))
    found.readings = len(readings)
    for rule in now:
        found.before += alarms_by(rule, readings, person.pk, person.full_name)
    for rule in proposed:
        found.after += alarms_by(rule, readings, person.pk, person.full_name)
    return found


def _takes_limits(rule: Rule) -> bool:
    return bool(rule.quantity) and not rule.change_seconds
