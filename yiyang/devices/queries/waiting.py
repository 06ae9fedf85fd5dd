"""How long whoever is told of an alarm has; and what other times would have done with last month's alarms.

It is asked as if everybody had acted when they did: who is told sooner might have come sooner, and that nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate

from yiyang.access import queries as access
from yiyang.devices.models import WaitingTimes
from yiyang.devices.queries import alarms
from yiyang.devices.rules.alarms import Severity
from yiyang.duty import waiting
from yiyang.duty.queries import hours_by_code, later_by, opened_between
from yiyang.duty.rules.ladder import MANAGERS, Rung, reached

BACK = timedelta(days=30)
SHOWN = 50
ALARM = "Alarm"
AT_ONCE = 1000
Tell = Callable[[int, int], None]


@dataclass
class Found:
    """Of last month's alarms: how often somebody further up was told, by urgency, and the newest that differ."""

    alarms: int = 0
    recorded: int = 0
    before: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Severity.values, 0))
    after: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Severity.values, 0))
    differ: int = 0
    days: set[date] = field(default_factory=set)
    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def told(self) -> dict[str, Any]:
        return {
            "alarms": self.alarms, "days": BACK.days, "told_days": len(self.days), "recorded": self.recorded, "before_by": self.before,
            "after_by": self.after, "before": sum(self.before.values()), "after": sum(self.after.values()),
            "differ": self.differ,
        }  # fmt: skip


def signed(at: datetime) -> dict[str, int]:
    """The own times that hold; empty: those of the policy."""
    found = WaitingTimes.objects.filter(signed_at__lte=at).order_by("-signed_at", "-id").first()
    return dict(found.minutes) if found else {}


def in_force(at: datetime) -> dict[str, int]:
    return {one.value: waiting.by_policy(one.value, at) for one in Severity} | signed(at)


def versions() -> list[WaitingTimes]:
    return list(WaitingTimes.objects.exclude(signed_at=None).order_by("-signed_at")[:20])


def trial(actor: Any, waiting_id: UUID) -> WaitingTimes:
    """Of the actor's own organisation."""
    found: WaitingTimes = get_object_or_404(WaitingTimes, pk=waiting_id, unit_id=actor.organisation_id)
    return found


def to_try(waiting_id: UUID) -> WaitingTimes | None:
    return WaitingTimes.objects.filter(pk=waiting_id, result={}).first()


def tell(trial: WaitingTimes, done: int, of: int) -> None:
    """How far it is, outside the transaction of its result."""
    WaitingTimes.objects.filter(pk=trial.pk, result={}).update(done=done, alarms=of)


def replay(
    before: dict[str, int], after: dict[str, int], at: datetime, tell: Tell = lambda done, of: None
) -> Found:
    """Every alarm of last month that somebody was told of, as it would have gone up under each."""
    found = Found()
    hours = cache(hours_by_code)
    managers: dict[UUID, bool] = {}
    since = at - BACK
    rows = opened_between(ALARM, since, at)
    count = rows.count()
    for one in rows.iterator(chunk_size=AT_ONCE):
        if found.alarms % AT_ONCE == 0:
            tell(found.alarms, count)
        if one.unit_id not in managers:
            managers[one.unit_id] = bool(access.role_held(one.unit_id, MANAGERS, at))
        ladder = _ladder(one, managers[one.unit_id])
        over = min(one.closed_at or at, at)
        mine = partial(hours, one.unit.code or "")
        was, would = (
            reached(ladder, one.opened_at, over, partial(later_by, mine, one.urgency, minutes[one.urgency]))
            for minutes in (before, after)
        )
        found.alarms += 1
        found.days |= {localdate(one.opened_at)} - {localdate(since)}  # of that day only a part is looked at
        found.recorded += max(0, len({step.rung for step in one.steps.all()}) - 1)
        found.before[one.urgency] += max(0, len(was) - 1)
        found.after[one.urgency] += max(0, len(would) - 1)
        if was != would:
            found.differ += 1
            if len(found.rows) < SHOWN:
                found.rows.append(_row(one, was, would, over))
    return found


def _ladder(matter: Any, manager: bool) -> list[str]:
    """Who stood there: who was told, and who would have been next."""
    told = {step.rung for step in matter.steps.all()}
    there = {
        Rung.ON_DUTY: Rung.ON_DUTY in told,
        Rung.DEPUTY: Rung.DEPUTY in told or bool(matter.shift and matter.shift.deputy_id),
        Rung.MANAGER: Rung.MANAGER in told or manager,
        Rung.COORDINATOR: matter.coordinator_id is not None,
    }
    return [rung.value for rung, stood in there.items() if stood]


def _row(matter: Any, was: list[str], would: list[str], over: datetime) -> dict[str, Any]:
    return {
        "alarm": str(matter.subject_id), "at": matter.opened_at.isoformat(), "urgency": matter.urgency,
        "unit": matter.unit.name, "minutes": round((over - matter.opened_at).total_seconds() / 60),
        "before": was[-1] if was else "", "after": would[-1] if would else "",
    }  # fmt: skip


def shown(actor: Any, found: WaitingTimes) -> list[dict[str, Any]]:
    """The newest alarms that would have gone further up, or less far; names only of persons whom the actor sees."""
    mine = {
        str(one.pk): one
        for one in alarms.alarms(actor).filter(pk__in={UUID(row["alarm"]) for row in found.rows})
    }
    return [
        {
            **row, "at": datetime.fromisoformat(row["at"]), "alarm": mine.get(row["alarm"]),
            "urgency": Severity(row["urgency"]).label,
            **{name: Rung(row[name]).label if row[name] else "" for name in ("before", "after")},
        }
        for row in found.rows
    ]  # fmt: skip
