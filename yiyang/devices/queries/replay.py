"""What a rule would have done to recorded readings: the same judging over last month, beside the rule in force.

Hours in which nothing lies beyond a limit, and that no such hour follows, cannot change an alarm: they are passed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from yiyang.devices.queries import series
from yiyang.devices.queries.rules import in_force
from yiyang.devices.rules.alarms import Cause, Severity
from yiyang.devices.rules.judging.rules import LOW, Rule, read, with_own_limits
from yiyang.devices.rules.judging.series import Reading, changes, trusted
from yiyang.people import queries as people
from yiyang.people.queries.open_records import open_ids

BACK = timedelta(days=30)
PERSONS, SHOWN = 300, 50
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Would:
    """One alarm that a rule would have made."""

    person_id: UUID
    name: str
    at: datetime
    severity: str
    minutes: int | None  # None: it was not over at the end

    @property
    def severity_label(self) -> str:
        return str(Severity(self.severity).label)


@dataclass
class Replay:
    persons: int = 0
    readings: int = 0
    days: int = BACK.days
    before: list[Would] = field(default_factory=list)
    after: list[Would] = field(default_factory=list)

    @property
    def told(self) -> dict[str, Any]:
        """What is kept with the signature."""
        return {
            "persons": self.persons, "readings": self.readings, "days": self.days, "before": len(self.before),
            "after": len(self.after), "before_by": _by(self.before), "after_by": _by(self.after),
        }  # fmt: skip

    @property
    def rows(self) -> list[Would]:
        return sorted(self.after, key=lambda one: one.at, reverse=True)[:SHOWN]


def _by(found: list[Would]) -> dict[str, int]:
    return {
        severity: sum(one.severity == severity for one in found)
        for severity in ("ROUTINE", "URGENT", "EMERGENCY")
    }


def replay_rule(actor: Any, code: str, params: dict[str, Any], at: datetime) -> Replay:
    """Counted over everybody; names stand only where the actor may read them. The score of several quantities is not replayed."""
    after = None if params.get("off") else read(code, params, "proposed")
    before = in_force(at).by_scope.get((code, "ALL", ""))
    both = [one for one in (before, after) if one is not None]
    if not both or code == Cause.NEWS2:
        return Replay()
    since = at - BACK
    asked = _measured(actor, both[0].quantity, since)
    limits = in_force(at, list(asked)).limits
    found = Replay(persons=len(asked))
    for person_id, name in asked.items():
        own = limits.get((person_id, both[0].quantity))
        rules = [with_own_limits(one, own.low, own.high) if own else one for one in both]
        readings = worth(person_id, rules, since, at)
        found.readings += len(readings)
        if before is not None:
            found.before += alarms_by(rules[0], readings, person_id, name)
        if after is not None:
            found.after += alarms_by(rules[-1], readings, person_id, name)
    return found


def _measured(actor: Any, code: int, since: datetime) -> dict[UUID, str]:
    """The newest persons with readings of the quantity in that time, and the names of those whom the actor may read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT person_id FROM (SELECT person_id FROM devices_day WHERE code = %s AND day >= %s::date"
            " UNION SELECT person_id FROM devices_pack WHERE code = %s AND hour >= %s"
            " UNION SELECT person_id FROM devices_reading WHERE code = %s) known ORDER BY person_id DESC LIMIT %s",
            [code, since, code, since, code, PERSONS],
        )
        known = [row[0] for row in cursor.fetchall()]
    readable = open_ids(actor, known)
    names = dict(people.persons(actor).filter(pk__in=readable).values_list("pk", "full_name"))
    return {one: names.get(one, "") for one in known}


def worth(person_id: UUID, rules: Collection[Rule], since: datetime, until: datetime) -> list[Reading]:
    """The readings of hours that matter, and of the hours beside them, in the order of time."""
    low = max((one.worth_from for one in rules if one.side == LOW), default=float("-inf"))
    high = min((one.worth_from for one in rules if one.side != LOW), default=float("inf"))
    code = next(iter(rules)).quantity
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hour FROM devices_pack WHERE person_id = %s AND code = %s AND hour >= %s AND hour < %s"
            " AND (min < %s OR max >= %s) ORDER BY hour",
            [person_id, code, since, until, low, high],
        )
        hours = [row[0] for row in cursor.fetchall()]
    found: list[Reading] = []
    for begins, ends in _spans([*hours, until - 3 * HOUR], until):
        raw = series.readings([person_id], code, begins, ends)
        found += [
            Reading(at, value, marks)
            for at, value, marks in zip(raw.at.tolist(), raw.value.tolist(), raw.marks.tolist(), strict=True)
        ]
    return trusted(found)


def _spans(hours: list[datetime], until: datetime) -> list[tuple[datetime, datetime]]:
    spans: list[tuple[datetime, datetime]] = []
    for hour in hours:
        begins, ends = hour - 2 * HOUR, min(hour + 2 * HOUR, until)
        if hour == hours[-1]:
            ends = until
        if spans and begins <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(ends, spans[-1][1]))
        else:
            spans.append((begins, ends))
    return spans


def alarms_by(rule: Rule, readings: list[Reading], person_id: UUID, name: str) -> list[Would]:
    found: list[Would] = []
    since, worst = None, 0
    for one in changes(rule, readings):
        if since is None and one.level:
            since, worst = one.at, one.level
        elif one.level:
            worst = max(worst, one.level)
        elif since is not None:
            found.append(_would(rule, person_id, name, since, worst, one.at))
            since = None
    return found if since is None else [*found, _would(rule, person_id, name, since, worst, None)]


def _would(rule: Rule, person_id: UUID, name: str, since: int, worst: int, until: int | None) -> Would:
    at = datetime.fromtimestamp(since / 1_000_000, UTC)
    minutes = None if until is None else round((until - since) / 60_000_000)
    return Would(person_id, name, at, rule.severity(worst), minutes)
