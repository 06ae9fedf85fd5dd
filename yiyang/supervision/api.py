"""The JSON API of figures by month: what each means, what it is now, what was reported, the rows behind it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import BaseModel, Field

from yiyang.access.permissions import Permission
from yiyang.kernel.api import (
    Answer,
    Day,
    Example,
    Id,
    Instant,
    Line,
    Number,
    OneOf,
    Routes,
    Shown,
    Told,
)
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.supervision import commands, queries, rules
from yiyang.supervision.indicators import INDICATORS, Indicator
from yiyang.supervision.models import MonthReport

routes = Routes("figures")
AN_ID = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d{:02d}"
SEE = Permission.SEE_FIGURES


class IndicatorShown(Shown):
    example: ClassVar[Example] = {
        "code": "TRANSFERS_ASKED", "name": "转接申请", "definition": "本月提出的转接申请数", "how": "COUNT",
        "source": "平台自有口径，待区里确认", "unit": "", "version": 1,
    }  # fmt: skip

    code: Annotated[str, OneOf(list(INDICATORS))]
    name: str
    definition: str
    how: Annotated[str, OneOf([one.value for one in rules.How]), Field(description="what it is of its rows")]
    source: str
    unit: Annotated[str, Field(description="of measure")]
    version: Annotated[int, Field(description="another one when the definition changed")]


class Indicators(Shown):
    example: ClassVar[Example] = {"indicators": [IndicatorShown.example]}

    indicators: list[IndicatorShown]


class ReportShown(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(70), "organisation": AN_ID.format(71), "name": "区卫生健康委员会", "month": "2026-04-01",
        "reported_at": "2026-05-03T01:00:00Z", "reported_by": "陈敏 · 监管", "note": "两张床位停用",
    }  # fmt: skip

    id: Id
    organisation: Id
    name: Annotated[str, Field(description="of the organisation that reported")]
    month: Day
    reported_at: Instant
    reported_by: str
    note: str


class MonthInList(Shown):
    example: ClassVar[Example] = {"month": "2026-04", "over": True, "report": ReportShown.example}

    month: str
    over: Annotated[bool, Field(description="it can be reported")]
    report: ReportShown | None


class Months(Shown):
    example: ClassVar[Example] = {"months": [MonthInList.example]}

    months: list[MonthInList]


class FigureShown(Shown):
    """`value` is null when there is nothing to make it of; `reported` when the month was not reported."""

    example: ClassVar[Example] = {
        "indicator": IndicatorShown.example, "value": 42.0, "number": 42, "reported": 43.0, "reported_number": 43,
        "difference": -1.0, "corrected": True, "redefined": False,
    }  # fmt: skip

    indicator: IndicatorShown
    value: float | None
    number: Annotated[int, Field(description="of the rows behind it")]
    reported: float | None
    reported_number: int | None
    difference: Annotated[float | None, Field(description="what was corrected since: now less then")]
    corrected: bool
    redefined: Annotated[bool, Field(description="reported under an earlier definition")]


class MonthFigures(Shown):
    example: ClassVar[Example] = {
        "month": "2026-04", "over": True, "report": ReportShown.example, "figures": [FigureShown.example],
    }  # fmt: skip

    month: str
    over: bool
    report: ReportShown | None
    figures: list[FigureShown]


class FigureRowShown(Shown):
    """One row behind a figure; the person is null where the record is not open to you."""

    example: ClassVar[Example] = {
        "id": AN_ID.format(10), "subject": "transfer", "unit": "阳光养老院", "at": "2026-04-11T00:30:00Z", "value": 1.0,
        "person": None, "sex": "女", "age": "80–89", "sub_district": "江宁路街道", "said": "",
    }  # fmt: skip

    id: Id
    subject: str
    unit: str
    at: Instant
    value: float
    person: Id | None
    sex: str
    age: Annotated[str, Field(description="a band of years; empty when not known")]
    sub_district: str
    said: Annotated[
        str, Field(description="a clinician's word against the criteria; why, where the record is open")
    ]


class FigureRows(Shown):
    example: ClassVar[Example] = {
        "indicator": IndicatorShown.example, "month": "2026-04", "rows": [FigureRowShown.example], "came": 0, "went": 1,
    }  # fmt: skip

    indicator: IndicatorShown
    month: str
    rows: Annotated[list[FigureRowShown], Field(description="as they are now, the latest first")]
    came: Annotated[int, Field(description="rows that came since the report")]
    went: Annotated[int, Field(description="rows that went since the report")]


class RowsAsked(BaseModel):
    limit: Annotated[int, Number(1, 10_000)] = queries.ROWS


class ReportMonth(Told):
    example: ClassVar[Example] = {"note": "两张床位停用"}

    note: Line = ""


@routes.get("/indicators", shows=Indicators, permission=SEE)
def indicators(request: Any) -> Answer:
    """Every indicator with its definition and where that comes from."""
    return Answer(Indicators(indicators=[_indicator(one) for one in INDICATORS.values()]))


@routes.get("/figures", shows=Months, permission=SEE)
def months(request: Any) -> Answer:
    """The running month and the year before it: which are reported, by whom."""
    at = now()
    found = [
        MonthInList(month=f"{month:%Y-%m}", over=rules.is_over(month, at), report=_report(report))
        for month, report in queries.months(request.actor)
    ]
    return Answer(Months(months=found))


@routes.get("/figures/{month}", shows=MonthFigures, permission=SEE)
def month_figures(request: Any, month: str) -> Answer:
    """Every figure of a month (`2026-04`), counted now, and as it was reported where it was."""
    return _month(request, _day(month))


@routes.post("/figures/{month}/report", shows=MonthFigures, status=201, matches="")
def report_month(request: Any, month: str, body: ReportMonth) -> Answer:
    """Your organisation reports a month that is over: its figures are frozen as they are counted now."""
    day = _day(month)
    commands.report_month(
        by=request.actor, at=now(), organisation_id=request.actor.organisation_id, month=day, note=body.note
    )
    return _month(request, day)


@routes.get("/figures/{month}/{code}", shows=FigureRows, permission=SEE)
def figure_rows(request: Any, month: str, code: str, asked: Query[RowsAsked]) -> Answer:
    """The rows that a figure is made of now, and how many were corrected since the month was reported."""
    day, one = _day(month), queries.indicator(code)
    found = queries.rows(request.actor, code, day, limit=asked.limit)
    came, went = queries.corrections(request.actor, code, day)
    shows = FigureRows(
        indicator=_indicator(one), month=month, rows=[_row(row) for row in found], came=came, went=went
    )
    return Answer(shows, persons={row.person_id for row in found if row.person_id})


def _month(request: Any, day: date) -> Answer:
    lines, report = queries.lines(request.actor, day)
    shows = MonthFigures(
        month=f"{day:%Y-%m}",
        over=rules.is_over(day, now()),
        report=_report(report),
        figures=[_figure(one) for one in lines],
    )
    return Answer(shows)


def _day(month: str) -> date:
    found = rules.month_named(month)
    if found is None:
        raise NotFound
    return found


def _indicator(one: Indicator) -> IndicatorShown:
    words = {name: str(getattr(one, name)) for name in ("name", "definition", "source", "unit", "how")}
    return IndicatorShown(code=one.code, version=one.version, **words)


def _report(one: MonthReport | None) -> ReportShown | None:
    if one is None:
        return None
    same = {name: getattr(one, name) for name in ("month", "reported_at", "reported_by", "note")}
    return ReportShown(id=one.pk, organisation=one.organisation_id, name=one.organisation.name, **same)


def _figure(one: queries.Line) -> FigureShown:
    then = one.reported
    return FigureShown(
        indicator=_indicator(one.indicator),
        value=_number(one.now.value),
        number=one.now.number,
        reported=_number(then.value) if then else None,
        reported_number=then.number if then else None,
        difference=_number(one.difference),
        corrected=one.corrected,
        redefined=one.redefined,
    )


def _row(one: queries.Row) -> FigureRowShown:
    same = {name: getattr(one, name) for name in ("id", "subject", "unit", "at", "sex", "age", "said")}
    return FigureRowShown(value=float(one.value), person=one.person_id, sub_district=one.street, **same)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
