"""Figures of a unit or district: levels by age, sex, street and year, the flow between levels, what is overdue.

A person counts once a year, by the last signed assessment of that year. Each figure opens the rows it was counted
from; names stand only in rows of persons whose record is open to the reader.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from yiyang.access.queries import naming
from yiyang.assessments.commands.locks import content_of
from yiyang.assessments.models import Assessment, Instrument
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.people.rules.documents import Sex

YEARS = 6
AT_MOST = 500
AGES = ((0, 59), (60, 69), (70, 79), (80, 89), (90, 150))
AGE = "extract(year FROM age(a.assessed_at, p.born_on))::int"
BAND = (
    "CASE " + " ".join(f"WHEN {AGE} <= {upto} THEN '{since}-{upto}'" for since, upto in AGES) + " ELSE '' END"
)
DIMENSIONS = {
    "age": BAND,
    "sex": "p.sex",
    "street": "left(p.residence_area, 9)",
    "unit": "a.organisation_id::text",
}
OF_YEAR = """SELECT DISTINCT ON (a.person_id) a.id, a.person_id, a.level, {dimension} AS part, {was} AS was
    FROM assessments_assessment a JOIN people_person p ON p.id = a.person_id
    WHERE a.code = %(code)s AND a.state = 'SIGNED' AND a.organisation_id = ANY(%(reach)s)
    AND a.assessed_at >= %(since)s AND a.assessed_at < %(until)s ORDER BY a.person_id, a.assessed_at DESC, a.id DESC"""
WAS = """(SELECT e.level FROM assessments_assessment e WHERE e.person_id = a.person_id AND e.code = a.code
    AND e.state = 'SIGNED' AND e.assessed_at < a.assessed_at ORDER BY e.assessed_at DESC LIMIT 1)"""


@dataclass(frozen=True)
class Line:
    """One part of the population: its label, the number at each level, all of them."""

    key: str
    label: str
    cells: list[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(number for _level, number in self.cells)


@dataclass(frozen=True)
class Figures:
    code: str
    title: str
    year: int
    levels: list[tuple[str, str]]
    all: Line
    by: dict[str, list[Line]]
    years: list[Line]
    flows: list[Line]
    overdue: int
    open: int

    @property
    def overdue_share(self) -> float | None:
        return round(100 * self.overdue / self.open, 1) if self.open else None


@dataclass(frozen=True)
class Row:
    """One assessment behind a figure; `name` only for those who may read it."""

    id: UUID
    person_id: UUID
    name: str
    sex: str
    age: int | None
    level: str
    was: str
    unit: str
    assessed_at: Any


def figures(actor: Actor, code: str, year: int) -> Figures:
    newest = Instrument.objects.filter(code=code).order_by("-serial").first()
    if newest is None:
        raise NotFound
    levels = [(band.level, str(band.title)) for band in content_of(newest).bands]
    given = _given(actor, code, year)
    names = {"age": _ages(), "sex": {one.value: str(one.label) for one in Sex}, "street": {}, "unit": {}}
    by = {}
    for name, dimension in DIMENSIONS.items():
        found = _counted(dimension, given)
        labels = names[name] or _named(name, {part for part, _level in found})
        by[name] = _lines(found, labels, levels)
    return Figures(
        code=code, title=newest.name, year=year, levels=levels, by=by,
        all=next(iter(_lines(_counted("''", given), {"": _("all")}, levels)), Line("", _("all"), [])),
        years=_years(actor, code, year, levels), flows=_flows(given, levels), overdue=_due(given, True),
        open=_due(given, False),
    )  # fmt: skip


def rows(actor: Actor, code: str, year: int, **chosen: str) -> list[Row]:
    """The assessments behind one figure: of a level, a part of the population, or a flow."""
    given = _given(actor, code, year)
    dimension = next((DIMENSIONS[name] for name in DIMENSIONS if name in chosen), "''")
    part = next((chosen[name] for name in DIMENSIONS if name in chosen), "")
    where = (
        " AND (%(level)s = '' OR level = %(level)s) AND (%(from)s = '' OR was = %(from)s) AND part = %(part)s"
    )
    sql = f"SELECT id, was FROM ({OF_YEAR.format(dimension=_text(dimension), was=WAS)}) r WHERE true{where} LIMIT {AT_MOST}"
    given |= {"level": chosen.get("level", ""), "from": chosen.get("from", ""), "part": part}
    was = {one: before or "" for one, before in _all(sql, given)}
    found = Assessment.objects.filter(pk__in=was).select_related("person", "organisation", "instrument")
    open_ones = set(Assessment.objects.visible_to(actor).filter(pk__in=was).values_list("pk", flat=True))
    return [_row(one, was[one.pk], one.pk in open_ones) for one in found.order_by("-assessed_at", "id")]


def persons_of(found: list[Row]) -> list[UUID]:
    """Those whose names stand in the rows."""
    return [one.person_id for one in found if one.name]


def last_years() -> list[int]:
    this = localdate(now()).year
    return list(range(this, this - YEARS, -1))


def _given(actor: Actor, code: str, year: int) -> dict[str, Any]:
    reach = [str(one) for one in getattr(actor, "reach", ())]
    return {
        "code": code, "reach": reach, "since": date(year, 1, 1), "until": date(year + 1, 1, 1),
        "today": localdate(now()),
    }  # fmt: skip


def _counted(dimension: str, given: dict[str, Any]) -> dict[tuple[str, str], int]:
    inner = OF_YEAR.format(dimension=_text(dimension), was="''")
    found = _all(f"SELECT part, level, count(*) FROM ({inner}) r GROUP BY part, level", given)
    return {(part, level): number for part, level, number in found}


def _text(dimension: str) -> str:
    return f"coalesce({dimension}, '')"


def _lines(
    found: dict[tuple[str, str], int], labels: dict[str, str], levels: list[tuple[str, str]]
) -> list[Line]:
    keys = [one for one in labels if any(part == one for part, _level in found)]
    keys += sorted({part for part, _level in found} - set(keys))
    codes = [code for code, _title in levels] or sorted({level for _part, level in found})
    return [
        Line(key, labels.get(key) or _("not known"), [(code, found.get((key, code), 0)) for code in codes])
        for key in keys
    ]


def _years(actor: Actor, code: str, year: int, levels: list[tuple[str, str]]) -> list[Line]:
    found: dict[tuple[str, str], int] = {}
    for one in range(year - YEARS + 1, year + 1):
        for (_part, level), number in _counted("''", _given(actor, code, one)).items():
            found[str(one), level] = number
    return _lines(found, {str(one): str(one) for one in range(year - YEARS + 1, year + 1)}, levels)


def _flows(given: dict[str, Any], levels: list[tuple[str, str]]) -> list[Line]:
    """From the level before to that of this year, of those who were assessed before."""
    inner = OF_YEAR.format(dimension="''", was=WAS)
    found = _all(
        f"SELECT was, level, count(*) FROM ({inner}) r WHERE was IS NOT NULL GROUP BY was, level", given
    )
    return _lines({(was, level): number for was, level, number in found}, dict(levels), levels)


def _due(given: dict[str, Any], late: bool) -> int:
    sql = (
        "SELECT count(*) FROM assessments_due WHERE code = %(code)s AND closed_at IS NULL"
        " AND organisation_id = ANY(%(reach)s)" + (" AND due_on < %(today)s" if late else "")
    )
    return int(_all(sql, given)[0][0])


def _ages() -> dict[str, str]:
    first, last = AGES[0], AGES[-1]
    words = {f"{since}-{upto}": f"{since}–{upto}" for since, upto in AGES}
    words[f"{first[0]}-{first[1]}"] = _("under {age}").format(age=first[1] + 1)
    words[f"{last[0]}-{last[1]}"] = _("{age} and over").format(age=last[0])
    return words


def _named(dimension: str, keys: set[str]) -> dict[str, str]:
    if dimension == "street":
        found = _all(
            "SELECT code, name FROM access_area WHERE code = ANY(%(keys)s) ORDER BY code",
            {"keys": list(keys)},
        )
        return dict(found)
    units = naming.contacts(UUID(key) for key in keys if key)
    return {str(key): one.name for key, one in units.items()}


def _row(one: Assessment, was: str, is_open: bool) -> Row:
    content = content_of(one.instrument)
    before, level = content.band(was), content.band(one.level)
    born = one.person.born_on
    age = None
    if born is not None:
        day = localdate(one.assessed_at)
        age = day.year - born.year - ((day.month, day.day) < (born.month, born.day))
    return Row(
        one.pk, one.person_id, one.person.full_name if is_open else "", one.person.get_sex_display(), age,
        str(level.title) if level else "", str(before.title) if before else "",
        one.organisation.name if one.organisation else "", one.assessed_at,
    )  # fmt: skip


def _all(sql: str, given: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())
