"""Figures of a unit or district: levels by age, sex, street and year, the flow between levels, what is overdue.

A person counts once a year, by the last signed assessment of that year. The rows behind each: `figure_rows.py`.
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
from yiyang.assessments.models import Instrument
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.people.rules.documents import Sex

YEARS = 6
AGES = ((0, 59), (60, 69), (70, 79), (80, 89), (90, 150))
AGE = "extract(year FROM age(a.assessed_at, p.born_on))::int"
STREET = "left(p.residence_area, 9)"


def band_of(age: str) -> str:
    """The age band of an SQL expression that gives years."""
    cases = " ".join(f"WHEN {age} <= {upto} THEN '{since}-{upto}'" for since, upto in AGES)
    return f"CASE {cases} ELSE '' END"


BAND = band_of(AGE)
DIMENSIONS = {
    "age": BAND,
    "sex": "p.sex",
    "street": STREET,
    "unit": "a.organisation_id::text",
}
OF_YEAR = """SELECT DISTINCT ON (a.person_id) a.id, a.person_id, a.level, {dimension} AS part, {was} AS was{more}
    FROM assessments_assessment a JOIN people_person p ON p.id = a.person_id
    WHERE a.code = %(code)s AND a.state = 'SIGNED' AND a.organisation_id = ANY(%(reach)s)
    AND a.assessed_at >= %(since)s AND a.assessed_at < %(until)s ORDER BY a.person_id, a.assessed_at DESC, a.id DESC"""
WAS = """(SELECT e.level FROM assessments_assessment e WHERE e.person_id = a.person_id AND e.code = a.code
    AND e.state = 'SIGNED' AND e.assessed_at < a.assessed_at ORDER BY e.assessed_at DESC LIMIT 1)"""
OPEN = "d.code = %(code)s AND d.closed_at IS NULL AND d.organisation_id = ANY(%(reach)s)"
LATE = " AND d.due_on < %(today)s"


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


def figures(actor: Actor, code: str, year: int) -> Figures:
    newest = Instrument.objects.filter(code=code).order_by("-serial").first()
    if newest is None:
        raise NotFound
    given = told(actor, code, year)
    years = _counted_by_year(actor, code, year)
    levels = _levels(newest, {level for _year, level in years})
    names = {"age": ages(), "sex": {one.value: str(one.label) for one in Sex}, "street": {}, "unit": {}}
    by = {}
    for name, dimension in DIMENSIONS.items():
        found = _counted(dimension, given)
        labels = names[name] or named(name, {part for part, _level in found})
        by[name] = _lines(found, labels, levels)
    return Figures(
        code=code, title=newest.name, year=year, levels=levels, by=by,
        all=next(iter(_lines(_counted("''", given), {"": _("all")}, levels)), Line("", _("all"), [])),
        years=_lines(years, {str(one): str(one) for one in _years(year)}, levels), flows=_flows(given, levels), overdue=_due(given, True),
        open=_due(given, False),
    )  # fmt: skip


def last_years() -> list[int]:
    this = localdate(now()).year
    return list(range(this, this - YEARS, -1))


def told(actor: Actor, code: str, year: int) -> dict[str, Any]:
    reach = [str(one) for one in getattr(actor, "reach", ())]
    return {
        "code": code, "reach": reach, "since": date(year, 1, 1), "until": date(year + 1, 1, 1),
        "today": localdate(now()),
    }  # fmt: skip


def _counted(dimension: str, given: dict[str, Any]) -> dict[tuple[str, str], int]:
    inner = OF_YEAR.format(dimension=text(dimension), was="''", more="")
    found = read(f"SELECT part, level, count(*) FROM ({inner}) r GROUP BY part, level", given)
    return {(part, level): number for part, level, number in found}


def text(dimension: str) -> str:
    return f"coalesce({dimension}, '')"


def _lines(
    found: dict[tuple[str, str], int], labels: dict[str, str], levels: list[tuple[str, str]]
) -> list[Line]:
    keys = [one for one in labels if any(part == one for part, _level in found)]
    keys += sorted({part for part, _level in found} - set(keys))
    codes = [code for code, _title in levels]
    return [
        Line(key, labels.get(key) or _("not known"), [(code, found.get((key, code), 0)) for code in codes])
        for key in keys
    ]


def _years(year: int) -> range:
    return range(year - YEARS + 1, year + 1)


def _counted_by_year(actor: Actor, code: str, year: int) -> dict[tuple[str, str], int]:
    return {
        (str(one), level): number
        for one in _years(year)
        for (_part, level), number in _counted("''", told(actor, code, one)).items()
    }


def _levels(newest: Instrument, found: set[str]) -> list[tuple[str, str]]:
    """The levels of the newest version, then what earlier versions gave: a line adds up to its rows."""
    levels = [(band.level, str(band.title)) for band in content_of(newest).bands]
    others = sorted(found - {level for level, _title in levels})
    return levels + [(one, one or _("without a level")) for one in others]


def _flows(given: dict[str, Any], levels: list[tuple[str, str]]) -> list[Line]:
    """From the level before to that of this year, of those who were assessed before."""
    inner = OF_YEAR.format(dimension="''", was=WAS, more="")
    found = read(
        f"SELECT was, level, count(*) FROM ({inner}) r WHERE was IS NOT NULL GROUP BY was, level", given
    )
    return _lines({(was, level): number for was, level, number in found}, dict(levels), levels)


def _due(given: dict[str, Any], late: bool) -> int:
    return int(
        read(f"SELECT count(*) FROM assessments_due d WHERE {OPEN}{LATE if late else ''}", given)[0][0]
    )


def ages() -> dict[str, str]:
    first, last = AGES[0], AGES[-1]
    words = {f"{since}-{upto}": f"{since}–{upto}" for since, upto in AGES}
    words[f"{first[0]}-{first[1]}"] = _("under {age}").format(age=first[1] + 1)
    words[f"{last[0]}-{last[1]}"] = _("{age} and over").format(age=last[0])
    return words


def named(dimension: str, keys: set[str]) -> dict[str, str]:
    if dimension == "street":
        found = read(
            "SELECT code, name FROM access_area WHERE code = ANY(%(keys)s) ORDER BY code",
            {"keys": list(keys)},
        )
        return dict(found)
    units = naming.contacts(UUID(key) for key in keys if key)
    return {str(key): one.name for key, one in units.items()}


def read(sql: str, given: dict[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())
