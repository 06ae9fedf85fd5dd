"""What a rule of one quantity would have done to recorded readings: the same judging as at arrival.

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
from yiyang.devices.rules.alarms import Severity
from yiyang.devices.rules.judging.rules import LOW, Rule
from yiyang.devices.rules.judging.series import Reading, changes, trusted

BACK = timedelta(days=30)
SHOWN = 50
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
            "after": len(self.after), "before_by": by_severity(self.before), "after_by": by_severity(self.after),
        }  # fmt: skip

    @property
    def rows(self) -> list[Would]:
        return sorted(self.after, key=lambda one: one.at, reverse=True)[:SHOWN]


def by_severity(found: list[Would]) -> dict[str, int]:
    return {
        severity: sum(one.severity == severity for one in found)
        for severity in ("ROUTINE", "URGENT", "EMERGENCY")
    }


def worth(person_id: UUID, rules: Collection[Rule], since: datetime, until: datetime) -> list[Reading]:
    """The readings of hours that matter, and of the hours beside them, in the order of time."""
    low, high = beyond(rules)
    code = next(iter(rules)).quantity
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT hour FROM devices_pack WHERE person_id = %s AND code = %s AND hour >= %s AND hour < %s"
            " AND (min < %s OR max >= %s) ORDER BY hour",
            [person_id, code, since, until, low, high],
        )
        hours = [row[0] for row in cursor.fetchall()]
    found: list[Reading] = []
    for begins, ends in spans([*hours, until - 3 * HOUR], until):
        raw = series.readings([person_id], code, begins, ends)
        found += [
            Reading(at, value, marks)
            for at, value, marks in zip(raw.at.tolist(), raw.value.tolist(), raw.marks.tolist(), strict=True)
        ]
    return trusted(found)


def beyond(rules: Collection[Rule]) -> tuple[float, float]:
    """Between which values nothing can change an alarm of these rules."""
    low = max((one.worth_from for one in rules if one.side == LOW), default=float("-inf"))
    high = min((one.worth_from for one in rules if one.side != LOW), default=float("inf"))
    return low, high


def spans(
    hours: list[datetime], until: datetime, beside: timedelta = 2 * HOUR
) -> list[tuple[datetime, datetime]]:
    """From before each hour that matters until after it, joined where they touch."""
    found: list[tuple[datetime, datetime]] = []
    for hour in hours:
        begins, ends = hour - beside, min(hour + HOUR + beside, until)
        if hour == hours[-1]:
            ends = until
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(ends, found[-1][1]))
        else:
            found.append((begins, ends))
    return found


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
