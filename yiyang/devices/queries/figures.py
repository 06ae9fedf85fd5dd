"""Alarms counted for a district or a unit: by street and hour, how soon somebody came, how many were false.

Every figure is a count over one statement, `ROWS`; the page of rows runs the same one, so each can be recomputed from
the alarms themselves. A street is that of the unit that answers: nobody's own address is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.timezone import get_default_timezone

from yiyang.access import queries as access
from yiyang.devices.queries import alarms
from yiyang.devices.rules.alarms import TECHNICAL, Cause

PERIODS = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}
ROWS = """
    SELECT a.id, left(o.area_id, 9) AS street, a.unit_id, a.cause, coalesce(d.kind, '') AS kind, a.severity, a.outcome,
        extract(hour FROM a.raised_at AT TIME ZONE %(zone)s)::int AS hour, a.raised_at, a.closed_at,
        extract(epoch FROM a.acknowledged_at - a.raised_at)::int AS taken,
        extract(epoch FROM a.seen_at - a.raised_at)::int AS seen
    FROM devices_alarm a JOIN access_organisation o ON o.id = a.unit_id LEFT JOIN devices_device d ON d.id = a.device_id
    WHERE a.raised_at >= %(since)s AND a.raised_at < %(until)s AND a.unit_id = ANY(%(units)s)
        AND NOT a.cause = ANY(%(technical)s)
"""
COUNTED = f"""
WITH r AS MATERIALIZED ({ROWS})
SELECT grouping(street, hour, cause, kind), street, hour, NULL::uuid, cause, kind, count(*),
    count(*) FILTER (WHERE outcome = 'TRUE'), count(*) FILTER (WHERE outcome = 'FALSE'),
    count(*) FILTER (WHERE outcome = 'TEST'), count(taken), count(seen), NULL::float8, NULL, NULL, NULL
FROM r GROUP BY GROUPING SETS ((street, hour), (cause), (kind))
UNION ALL
SELECT grouping(street, unit_id) + 100, street, NULL::int, unit_id, NULL, NULL, count(*),
    count(*) FILTER (WHERE outcome = 'TRUE'), count(*) FILTER (WHERE outcome = 'FALSE'),
    count(*) FILTER (WHERE outcome = 'TEST'), count(taken), count(seen),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY taken), percentile_cont(0.9) WITHIN GROUP (ORDER BY taken),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY seen), percentile_cont(0.9) WITHIN GROUP (ORDER BY seen)
FROM r GROUP BY GROUPING SETS ((street), (unit_id), ())
"""
BY_HOUR, BY_CAUSE, BY_KIND, BY_STREET, BY_UNIT, ALL = 0b0011, 0b1101, 0b1110, 101, 102, 103
# Of now, whatever the period: alarms of silence that are open, and the devices behind gateways that are out.
SILENT = """
    SELECT a.unit_id, sum(CASE WHEN a.cause = 'SILENT' THEN 1 ELSE coalesce((a.evidence->>'count')::int, 0) END)::int
    FROM devices_alarm a
    WHERE a.closed_at IS NULL AND a.cleared_at IS NULL AND a.unit_id = ANY(%(units)s)
        AND a.cause IN ('SILENT', 'GATEWAY_SILENT', 'INTAKE_SILENT')
    GROUP BY a.unit_id
"""
LENT = """
    SELECT unit_id, count(*) FROM devices_device WHERE state = 'LENT' AND unit_id = ANY(%(units)s) GROUP BY unit_id
"""
FILTERED = f"""
SELECT * FROM ({ROWS}) r WHERE (%(street)s::text IS NULL OR street = %(street)s) AND (%(hour)s::int IS NULL OR hour = %(hour)s)
    AND (%(unit)s::uuid IS NULL OR unit_id = %(unit)s) AND (%(cause)s::text IS NULL OR cause = %(cause)s)
    AND (%(kind)s::text IS NULL OR kind = %(kind)s) AND (%(outcome)s::text IS NULL OR outcome = %(outcome)s)
ORDER BY raised_at DESC, id LIMIT %(limit)s OFFSET %(after)s
"""


@dataclass(frozen=True)
class Line:
    """Alarms of one street, unit, cause or kind; seconds until somebody took them and until the person was seen."""

    key: str
    name: str
    count: int
    real: int
    false: int
    tests: int
    taken: int
    seen: int
    taken_median: float | None = None
    taken_p90: float | None = None
    seen_median: float | None = None
    seen_p90: float | None = None

    @property
    def untaken(self) -> int:
        return self.count - self.taken

    @property
    def percent_false(self) -> int | None:
        """Of those that were judged; tests do not count."""
        judged = self.real + self.false
        return round(100 * self.false / judged) if judged else None


@dataclass(frozen=True)
class Quiet:
    unit_id: UUID
    name: str
    silent: int
    lent: int


@dataclass
class Figures:
    all: Line | None = None
    streets: list[Line] = field(default_factory=list)
    units: list[Line] = field(default_factory=list)
    causes: list[Line] = field(default_factory=list)
    kinds: list[Line] = field(default_factory=list)
    hours: dict[str, dict[int, int]] = field(default_factory=dict)
    quiet: list[Quiet] = field(default_factory=list)

    @property
    def most(self) -> int:
        """The fullest cell of street and hour."""
        return max((one for row in self.hours.values() for one in row.values()), default=0)


@dataclass(frozen=True)
class Row:
    """One alarm behind a figure; its own page and the name only for those who see the person."""

    id: UUID
    street: str
    unit: str
    cause: str
    severity: str
    outcome: str
    raised_at: datetime
    taken: int | None
    seen: int | None
    alarm: Any = None


def figures(actor: Any, since: datetime, until: datetime) -> Figures:
    """Of the units in whose charge the actor is; five statements, however many alarms."""
    asked = _asked(actor, since, until)
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, asked)
        counted = cursor.fetchall()
        cursor.execute(SILENT, asked)
        silent = dict(cursor.fetchall())
        cursor.execute(LENT, {"units": list(silent)})
        lent = dict(cursor.fetchall())
    units = access.organisations_by_id({*silent, *(row[3] for row in counted if row[3])})
    streets = access.area_names({row[1] for row in counted if row[1]})
    found = Figures()
    for row in sorted(counted, key=lambda row: -row[6]):
        _put(found, row, units, streets)
    found.quiet = sorted(
        (
            Quiet(one, units[one].name, many, lent.get(one, 0))
            for one, many in silent.items()
            if many and one in units
        ),
        key=lambda one: (-one.silent, one.name),
    )
    return found


def _put(found: Figures, row: Any, units: Any, streets: dict[str, str]) -> None:
    what, street, hour, unit, cause, kind, *counts = row
    named = {
        BY_CAUSE: (found.causes, cause, str(Cause(cause).label) if cause in Cause.values else cause),
        BY_KIND: (found.kinds, kind, kind),
        BY_STREET: (found.streets, street, streets.get(street, street)),
        BY_UNIT: (found.units, str(unit), units[unit].name if unit in units else ""),
    }
    if what == BY_HOUR:
        found.hours.setdefault(street, {})[hour] = counts[0]
    elif what == ALL:
        found.all = Line("", "", *counts) if counts[0] else None
    else:
        lines, key, name = named[what]
        lines.append(Line(key or "", name or "", *counts))


def rows(
    actor: Any, since: datetime, until: datetime, wanted: dict[str, Any], *, limit: int | None, after: int = 0
) -> list[Row]:
    """The alarms behind one figure, the newest first."""
    asked = _asked(actor, since, until) | wanted | {"limit": limit, "after": after}
    with connection.cursor() as cursor:
        cursor.execute(FILTERED, asked)
        found = cursor.fetchall()
    units = access.organisations_by_id({row[2] for row in found})
    streets = access.area_names({row[1] for row in found})
    mine = {one.pk: one for one in alarms.alarms(actor).filter(pk__in=[row[0] for row in found])}
    return [
        Row(
            row[0], streets.get(row[1], row[1]), units[row[2]].name, row[3], row[5], row[6], row[8], row[10], row[11],
            mine.get(row[0]),
        )
        for row in found
    ]  # fmt: skip


def _asked(actor: Any, since: datetime, until: datetime) -> dict[str, Any]:
    return {
        "since": since,
        "until": until,
        "units": list(actor.reach),
        "technical": sorted(TECHNICAL),
        "zone": str(get_default_timezone()),
    }
