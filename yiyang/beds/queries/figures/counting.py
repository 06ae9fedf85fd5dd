"""Counting for an actor: lines of units, the beds behind a figure, the days before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from yiyang.access.bed_kinds import BedKind
from yiyang.beds.queries.figures.lines import BedRow, Day, Sums, UnitFigures
from yiyang.beds.queries.figures.statements import BEDS, COUNTS, HISTORY, PAGE
from yiyang.kernel.time import midnight, now


def counts(actor: Any, at: datetime | None = None) -> list[UnitFigures]:
    """The figures of every unit of the actor's district and of the actor's own units, one statement.

    Counts are open to whoever may see the board, whoever runs the unit: to know where a bed is free is what
    the board is for. Rows and names are not: see `beds_behind`.
    """
    at = at or now()
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {**_scope(actor), "at": at, "today": timezone.localtime(at).date()})
        return [UnitFigures._make((*row[:-1], _instant(row[-1]))) for row in cursor.fetchall()]


def group(lines: Iterable[UnitFigures], key: Callable[[UnitFigures], Any]) -> dict[Any, Sums]:
    """Lines added up by whatever the key says, in the order in which they came."""
    found: defaultdict[Any, Sums] = defaultdict(Sums)
    for line in lines:
        found[key(line)].lines.append(line)
    return dict(found)


def by_kind(lines: Iterable[UnitFigures]) -> dict[str, Sums]:
    """The five kinds, always all of them and always in one order."""
    found = group(lines, lambda line: line.kind)
    return {kind.value: found.get(kind.value, Sums()) for kind in BedKind}


def beds_behind(
    actor: Any,
    *,
    unit: UUID | None = None,
    kind: str = "",
    state: str = "",
    street: str = "",
    extra: bool | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> list[BedRow]:
    """The beds that a figure was counted from, within the actor's own units or the area in its charge."""
    given = {
        **_scope(actor),
        "at": now(),
        "every": actor.sees_all,
        "reach": list(getattr(actor, "reach", ())),
        "unit": unit,
        "kind": kind,
        "state": state,
        "street": street,
        "extra": extra,
        "offset": offset,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(BEDS, given)
        return [BedRow(*row) for row in cursor.fetchall()]


def history(actor: Any, days: int = 42, at: datetime | None = None) -> list[Day]:
    """How full the beds of each kind were at the end of each of the last days, counted anew from the rows."""
    at = at or now()
    since = midnight(timezone.localdate(at) - timedelta(days=days - 1))
    given = {**_scope(actor), "at": at, "since": since}
    with connection.cursor() as cursor:
        cursor.execute(HISTORY, {**given, "kinds": [kind.value for kind in BedKind]})
        return [Day(kind, end, taken, opened) for kind, _day, end, taken, opened in cursor.fetchall()]


def _instant(seconds: float | None) -> datetime | None:
    """An instant sent as seconds, exact to the microsecond: text takes long to read, and each line has one."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _scope(actor: Any) -> dict[str, Any]:
    if actor.sees_all:
        return {"area": "%", "units": []}
    return {"area": f"{actor.district}%" if actor.district else "-", "units": list(actor.organisation_ids)}
