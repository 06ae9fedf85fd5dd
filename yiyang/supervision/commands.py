"""Reporting a month: its figures are frozen as they are counted now. What is corrected later is shown beside."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.queries.naming import area_of
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, Refusal, refuses
from yiyang.supervision import queries, rules
from yiyang.supervision.indicators import INDICATORS
from yiyang.supervision.models import MonthReport, ReportedFigure

NOTE = 200


class MonthNotOver(Refusal):
    message = _("This month is not over. It can be reported from {day} on.")


class MonthReportedAlready(Refusal):
    message = _(
        "Your organisation has reported this month already. The report stays; later corrections are shown beside it."
    )


class NoteTooLong(Refusal):
    message = _("The note is too long: at most {longest} characters.")
    status = 422


@refuses("month_reported_once")
def _reported(given: dict[str, Any]) -> Refusal:
    return MonthReportedAlready()


@command(Permission.REPORT_MONTH, within=lambda organisation_id, **_: organisation_id)
def report_month(
    *, by: Actor, at: datetime, organisation_id: UUID, month: date, note: str = ""
) -> MonthReport:
    """A department reports a month of its district: figures, definitions and the rows behind them are kept."""
    if not by.sees_all and organisation_id != by.organisation_id:
        raise NotAllowed
    month = month.replace(day=1)
    if not rules.is_over(month, at):
        raise MonthNotOver(day=rules.after(month), field="month")
    note = " ".join(note.split())
    if len(note) > NOTE:
        raise NoteTooLong(longest=NOTE, field="note")
    if MonthReport.objects.filter(organisation_id=organisation_id, month=month).exists():
        raise MonthReportedAlready
    area = area_of(organisation_id)[:6]
    report = MonthReport.objects.create(
        organisation_id=organisation_id, area=area, month=month, reported_at=at, reported_by=by.label[:120], note=note
    )  # fmt: skip
    found = queries.counted(area, month, with_rows=True)
    ReportedFigure.objects.bulk_create(
        ReportedFigure(
            report=report, indicator=code, name=str(one.name)[:120], definition=str(one.definition)[:400],
            version=one.version, value=found[code].value, number=found[code].number, rows=list(found[code].rows),
        )
        for code, one in INDICATORS.items()
    )  # fmt: skip
    record(
        "month.reported", by=by, at=at, subject=report, organisation=organisation_id, month=month,
        figures={code: str(one.value) for code, one in found.items()},
    )  # fmt: skip
    return report
