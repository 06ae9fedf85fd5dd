"""The rows that a figure was counted from. Whoever sees the figure sees them all, and can count again.

Names and exact ages stand only in rows of persons whose record is open to the reader; the others are an age band,
a sex, a street, a level and a day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from yiyang.assessments.commands.locks import content_of
from yiyang.assessments.models import Assessment, Due, Instrument, Reason
from yiyang.assessments.queries.statistics import (
    AGE,
    BAND,
    DIMENSIONS,
    LATE,
    OF_YEAR,
    OPEN,
    STREET,
    WAS,
    ages,
    band_of,
    named,
    read,
    text,
    told,
)
from yiyang.kernel.actors import Actor
from yiyang.kernel.time import now
from yiyang.people.rules.documents import Sex

PAGE = 100
DUE_AGE = "extract(year FROM age(%(today)s, p.born_on))::int"
OF_ROW = f", {BAND} AS band, {AGE} AS age, p.sex, {STREET} AS street, a.organisation_id AS unit, a.assessed_at AS at"
DUE = (
    f"SELECT count(*) OVER (), d.id, d.person_id, d.reason, '', {band_of(DUE_AGE)}, {DUE_AGE}, p.sex, {STREET},"
    f" d.organisation_id, d.due_on FROM assessments_due d JOIN people_person p ON p.id = d.person_id WHERE {OPEN}"
)


@dataclass(frozen=True)
class Row:
    """One row behind a figure: `id` and `name` only for those who may read the record."""

    id: UUID | None
    person_id: UUID | None
    name: str
    age: str
    sex: str
    street: str
    unit: str
    at: datetime | date
    level: str = ""
    was: str = ""
    reason: str = ""
    days: int = 0


@dataclass(frozen=True)
class Rows:
    """One page of them, and how many there are: the figure itself."""

    rows: list[Row]
    total: int

    @property
    def persons(self) -> list[UUID]:
        return [one.person_id for one in self.rows if one.person_id]


def rows(
    actor: Actor, code: str, year: int, *, after: int = 0, limit: int | None = PAGE, **chosen: str
) -> Rows:
    """The assessments behind one figure: of a level, a part of the population, or a flow. The latest first."""
    dimension = next((name for name in DIMENSIONS if name in chosen), "")
    inner = OF_YEAR.format(dimension=text(DIMENSIONS[dimension] if dimension else "''"), was=WAS, more=OF_ROW)
    where = ["part = %(part)s"] if dimension else []
    where += [
        f"{column} = %({name})s" for name, column in (("level", "level"), ("from", "was")) if name in chosen
    ]
    sql = (
        "SELECT count(*) OVER (), id, person_id, level, was, band, age, sex, street, unit, at"
        f" FROM ({inner}) r WHERE {' AND '.join(where) or 'true'} ORDER BY at DESC, id LIMIT %(limit)s OFFSET %(after)s"
    )
    found = read(
        sql, told(actor, code, year) | chosen | _page(after, limit) | {"part": chosen.get(dimension, "")}
    )
    open_ones = Assessment.objects.visible_to(actor)
    return _shown(found, open_ones, _levels_of([one[1] for one in found]))


def due_rows(actor: Actor, code: str, *, late: bool, after: int = 0, limit: int | None = PAGE) -> Rows:
    """What is due, or late, with this instrument; what waits longest first."""
    sql = f"{DUE}{LATE if late else ''} ORDER BY d.due_on, d.id LIMIT %(limit)s OFFSET %(after)s"
    given = told(actor, code, localdate(now()).year) | _page(after, limit)
    found = _shown(read(sql, given), Due.objects.visible_to(actor), _reason)
    return replace(found, rows=[replace(one, days=(given["today"] - one.at).days) for one in found.rows])


def _page(after: int, limit: int | None) -> dict[str, Any]:
    return {"after": after, "limit": limit}


def _shown(found: Sequence[Any], readable: Any, words: Callable[..., dict[str, Any]]) -> Rows:
    names = dict(readable.filter(pk__in=[one[1] for one in found]).values_list("pk", "person__full_name"))
    streets = named("street", {one[8] for one in found if one[8]})
    units, bands = named("unit", {str(one[9]) for one in found if one[9]}), ages()
    sexes = {one.value: str(one.label) for one in Sex}
    return Rows(
        [
            Row(
                id=pk if pk in names else None,
                person_id=person_id if pk in names else None,
                name=names.get(pk, ""),
                age=str(age) if pk in names and age is not None else bands.get(band, ""),
                sex=sexes.get(sex, ""),
                street=streets.get(street, ""),
                unit=units.get(str(unit), ""),
                at=at,
                **words(pk, first, second),
            )
            for _total, pk, person_id, first, second, band, age, sex, street, unit, at in found
        ],
        found[0][0] if found else 0,
    )


def _levels_of(ids: list[UUID]) -> Callable[..., dict[str, Any]]:
    """Levels are called as the version says on which the answers were given."""
    given_on = dict(Assessment.objects.filter(pk__in=ids).values_list("pk", "instrument_id"))
    versions = Instrument.objects.in_bulk(set(given_on.values()))

    def words(pk: UUID, level: str, was: str | None) -> dict[str, Any]:
        content = content_of(versions[given_on[pk]])
        now, before = content.band(level), content.band(was or "")
        return {
            "level": str(now.title) if now else level or _("without a level"),
            "was": str(before.title) if before else was or "",
        }

    return words


def _reason(_pk: UUID, reason: str, _none: str) -> dict[str, Any]:
    return {"reason": str(Reason(reason).label) if reason in Reason.values else reason}
