"""How often alarms were false, by what alarmed, rule, kind of device or unit; and the alarms that were counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q

from yiyang.access import queries as access
from yiyang.devices.models.alarms import AlarmQuerySet
from yiyang.devices.queries.alarms import alarms
from yiyang.devices.rules.alarms import TECHNICAL, Cause
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.rules.wording import named

NOTHING = "-"
BY = {"cause": "cause", "rule": "rule", "kind": "device__kind", "unit": "unit_id"}
# What a figure counts, by the name of its column.
FIGURES = {
    "all": Q(), "real": Q(outcome="TRUE"), "false": Q(outcome="FALSE"), "tests": Q(outcome="TEST"),
    "open": Q(closed_at=None),
}  # fmt: skip


@dataclass(frozen=True)
class Rate:
    """One line: `group` is how its rows are asked for, `label` what people read. Tests and open ones do not count."""

    group: str
    label: str
    all: int
    real: int
    false: int
    tests: int
    open: int

    @property
    def percent(self) -> int | None:
        judged = self.real + self.false
        return round(100 * self.false / judged) if judged else None


def counted(actor: Any, since: datetime) -> AlarmQuerySet:
    """Alarms of persons raised since then, as far as the reader sees the persons."""
    return alarms(actor).filter(raised_at__gte=since).exclude(cause__in=TECHNICAL)


def false_rates(actor: Any, since: datetime, by: str) -> list[Rate]:
    """The most frequent first."""
    figures = {name: Count("pk", filter=which) for name, which in FIGURES.items()}
    found = counted(actor, since).order_by().values(group=F(BY[by])).annotate(**figures)
    rows = list(found.order_by("-all", "group"))
    label = labels(by, [row["group"] for row in rows])
    return [
        Rate(
            _asked_for(row["group"]),
            label(row["group"]),
            *(row[name] for name in ("all", "real", "false", "tests", "open")),
        )
        for row in rows
    ]


def rows_of(actor: Any, since: datetime, by: str, group: str, figure: str) -> AlarmQuerySet:
    """The alarms behind one figure, the newest first. A group that cannot be has none."""
    found = counted(actor, since).filter(FIGURES[figure])
    name = BY[by]
    if group == NOTHING:
        return found.filter(Q(**{f"{name}__isnull": True}) if by in ("kind", "unit") else Q(**{name: ""}))
    if by == "unit":
        try:
            return found.filter(unit_id=UUID(group))
        except ValueError:
            return found.none()
    return found.filter(**{name: group})


def labels(by: str, groups: list[Any]) -> Callable[[Any], str]:
    """How the groups are called in the reader's language."""
    if by == "unit":
        units = access.organisations_by_id([one for one in groups if one])
        return lambda one: units[one].name if one in units else "—"
    if by == "cause":
        return lambda one: str(Cause(one).label)
    if by == "kind":
        return lambda one: str(DeviceKind(one).label) if one else "—"
    return lambda one: named(one) if one else "—"


def label_of(by: str, group: str) -> str:
    """Of one group as it stands in an address."""
    if group == NOTHING:
        return "—"
    try:
        known: Any = UUID(group) if by == "unit" else group
        return labels(by, [known])(known)
    except ValueError:
        return group


def _asked_for(group: Any) -> str:
    return str(group) if group else NOTHING
