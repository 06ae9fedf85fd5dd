"""Figures of a month, counted now and as they were reported; the rows behind each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.timezone import localdate

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.access.queries.naming import contacts
from yiyang.access.roles import Scope
from yiyang.assessments.queries import statistics
from yiyang.assessments.rules.eligibility import Answer
from yiyang.assessments.rules.eligibility.words import ANSWERS
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.people.rules.documents import Sex
from yiyang.supervision import rules
from yiyang.supervision.indicators import INDICATORS, Indicator
from yiyang.supervision.models import MonthReport, ReportedFigure
from yiyang.supervision.rules import Figure

MONTHS = 13
ROWS = 200
AGE = "extract(year FROM age(r.at, p.born_on))::int"
SHOWN = (
    "SELECT r.id, r.subject, r.person_id, r.unit_id, r.at, r.value, p.sex, "
    + statistics.band_of(AGE)
    + ", left(p.residence_area, 9), v.kind, v.computed, v.given, v.reason FROM ({of}) r"
    " LEFT JOIN people_person p ON p.id = r.person_id"
    " LEFT JOIN beds_eligibilityoverride v ON r.subject = 'override' AND v.id = r.id"
    " ORDER BY r.at DESC, r.id LIMIT %(limit)s OFFSET %(after)s"
)
SEXES = {one.value: one.label for one in Sex}
MADE = "SELECT '{code}', count(*), sum(value), percentile_cont(0.5) WITHIN GROUP (ORDER BY value){rows} FROM ({of}) r"


@dataclass(frozen=True)
class Line:
    """One indicator in one month: counted now, as reported, and what was corrected since."""

    indicator: Indicator
    now: Figure
    reported: ReportedFigure | None = None

    @property
    def difference(self) -> Decimal | None:
        return rules.difference(self.reported.value, self.now.value) if self.reported else None

    @property
    def corrected(self) -> bool:
        return self.reported is not None and (
            self.difference is not None or self.reported.number != self.now.number
        )

    @property
    def redefined(self) -> bool:
        return self.reported is not None and self.reported.version != self.indicator.version


@dataclass(frozen=True)
class Row:
    """One row behind a figure; `name` and a clinician's reason only for those who may see the person."""

    id: UUID
    subject: str
    unit: str
    at: datetime
    value: Decimal
    person_id: UUID | None = None
    name: str = ""
    sex: str = ""
    age: str = ""
    street: str = ""
    said: str = ""


def figures(actor: Any, month: date, *, with_rows: bool = False) -> dict[str, Figure]:
    """Every figure of the month for the actor's district, counted now, in one statement."""
    _must_see(actor)
    units = None if _whole(actor) else list(actor.organisation_ids)
    return counted(actor.district, month, units, with_rows=with_rows)


def counted(
    area: str, month: date, units: list[UUID] | None = None, *, with_rows: bool = False
) -> dict[str, Figure]:
    rows = ", array_agg(id ORDER BY id)" if with_rows else ", NULL::uuid[]"
    sql = " UNION ALL ".join(
        MADE.format(code=one.code, rows=rows, of=one.rows) for one in INDICATORS.values()
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, _told(area, month, units))
        return {
            code: rules.figure(INDICATORS[code].how, number, total, middle, ids or ())
            for code, number, total, middle, ids in cursor.fetchall()
        }


def lines(actor: Any, month: date) -> tuple[list[Line], MonthReport | None]:
    """All indicators of the month, with the report beside where there is one."""
    found = figures(actor, month)
    report = report_of(actor, month)
    reported = {one.indicator: one for one in report.figures.defer("rows")} if report else {}
    return [Line(one, found[code], reported.get(code)) for code, one in INDICATORS.items()], report


def report_of(actor: Any, month: date) -> MonthReport | None:
    """The report of the actor's own organisation, else the first of the district."""
    _must_see(actor)
    reports = list(
        MonthReport.objects.filter(area=actor.district, month=month)
        .select_related("organisation")
        .order_by("reported_at")
    )
    own = [one for one in reports if one.organisation_id == actor.organisation_id]
    return next(iter(own or reports), None)


def months(actor: Any) -> list[tuple[date, MonthReport | None]]:
    """The running month and the year before it, the latest first."""
    _must_see(actor)
    reports = MonthReport.objects.filter(area=actor.district).select_related("organisation")
    known: dict[date, MonthReport] = {}
    for one in reports.order_by("-reported_at"):
        if one.month not in known or one.organisation_id == actor.organisation_id:
            known[one.month] = one
    month = localdate(now()).replace(day=1)
    found = []
    for _count in range(MONTHS):
        found.append((month, known.get(month)))
        month = rules.before(month)
    return found


def indicator(code: str) -> Indicator:
    if code not in INDICATORS:
        raise NotFound
    return INDICATORS[code]


def rows(actor: Any, code: str, month: date, *, limit: int | None = ROWS, after: int = 0) -> list[Row]:
    """What a figure is made of now, the latest first; names only of persons whom the actor may see."""
    _must_see(actor)
    one = indicator(code)
    units = None if _whole(actor) else list(actor.organisation_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            SHOWN.format(of=one.rows), {**_told(actor.district, month, units), "limit": limit, "after": after}
        )
        found = cursor.fetchall()
    names = _names(actor, [row[2] for row in found])
    known = {pk: one.name for pk, one in contacts(row[3] for row in found).items()}
    streets, bands = statistics.named("street", {row[8] for row in found if row[8]}), statistics.ages()
    return [
        Row(
            id=row_id, subject=subject, unit=known.get(unit, ""), at=at, value=value,
            person_id=person if person in names else None, name=names.get(person, ""),
            sex=str(SEXES.get(sex, "")), age=bands.get(band, ""), street=streets.get(street, ""),
            said=_said(*said, named=person in names),
        )
        for row_id, subject, person, unit, at, value, sex, band, street, *said in found
    ]  # fmt: skip


def _said(kind: str | None, computed: str, given: str, reason: str, *, named: bool) -> str:
    """A clinician's word against the criteria: of which bed, from what to what; why, where the record is open."""
    if kind is None:
        return ""
    words = f"{BedKind(kind).label}: {ANSWERS[Answer(computed)]} → {ANSWERS[Answer(given)]}"
    return f"{words}. {reason}" if named else words


def corrections(actor: Any, code: str, month: date) -> tuple[int, int]:
    """How many rows came and how many went since the month was reported."""
    report = report_of(actor, month)
    then = report.figures.filter(indicator=code).first() if report else None
    if then is None:
        return 0, 0
    ids = set(counted(report.area, month, with_rows=True)[code].rows)
    return len(ids - set(then.rows)), len(set(then.rows) - ids)


def _names(actor: Any, persons: Sequence[UUID]) -> dict[UUID, str]:
    if not getattr(actor, "reads_records", False):
        return {}
    return dict(people.everyone_visible(actor).filter(pk__in=set(persons)).values_list("pk", "full_name"))


def _told(area: str, month: date, units: list[UUID] | None) -> dict[str, Any]:
    since, until = rules.bounds(month)
    return {"since": since, "until": until, "area": f"{area}%", "units": units, "at": now()}


def _whole(actor: Any) -> bool:
    """Supervisors and coordinators count the district, a manager the own units."""
    return bool(actor.sees_all or (actor.role_of and actor.role_of.scope in (Scope.AREA, Scope.FIGURES)))


def _must_see(actor: Any) -> None:
    if not actor.may(Permission.SEE_FIGURES):
        raise NotAllowed
