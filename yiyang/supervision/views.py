"""Figures by month: their definitions and rows beside them, frozen once reported, corrections shown."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.kernel.components import Column, Table
from yiyang.kernel.exports import export
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.kernel.words import shown
from yiyang.supervision import commands, queries, rules
from yiyang.supervision.forms import ReportForm


@needs(Permission.SEE_FIGURES)
def months(request: Any) -> HttpResponse:
    """The running month and the year before it: which are reported, by whom."""
    at = now()
    found = [
        {"month": month, "code": f"{month:%Y-%m}", "report": report, "over": rules.is_over(month, at)}
        for month, report in queries.months(request.actor)
    ]
    return render(request, "supervision/months.html", {"months": found})


@needs(Permission.SEE_FIGURES)
def month(request: Any, month: str) -> HttpResponse:
    """Every indicator: what it means, what it is now, what was reported, what was corrected since."""
    day = _day(month)
    lines, report = queries.lines(request.actor, day)
    columns = (
        Column(_("Indicator")), Column(_("Now"), number=True), Column(_("As reported"), number=True),
        Column(_("Difference"), number=True), Column(_("Rows"), number=True),
    )  # fmt: skip
    table = Table(columns, request, caption=_("Figures of the month"), exports=("csv", "xlsx"))
    if request.GET.get("format") in ("csv", "xlsx"):
        return _exported(request, month, lines)
    over = rules.is_over(day, now())
    own = report is not None and report.organisation_id == request.actor.organisation_id
    context = {
        "month": day, "code": month, "lines": lines, "report": report, "table": table, "over": over,
        "before": f"{rules.before(day):%Y-%m}", "after": f"{rules.after(day):%Y-%m}",
        "may_report": over and not own and request.actor.may(Permission.REPORT_MONTH),
        "corrected": sum(one.corrected for one in lines),
    }  # fmt: skip
    return render(request, "supervision/month.html", context)


@needs(Permission.SEE_FIGURES)
def rows(request: Any, month: str, code: str) -> HttpResponse:
    """The rows behind one figure; names only for those who may see the persons."""
    day = _day(month)
    one = queries.indicator(code)
    wanted = request.GET.get("format", "")
    after = min(int(request.GET["after"]), 10**7) if request.GET.get("after", "").isdecimal() else 0
    cut: dict[str, Any] = {"limit": None} if wanted else {"limit": queries.ROWS + 1, "after": after}
    found = queries.rows(request.actor, code, day, **cut)
    more = not wanted and len(found) > queries.ROWS
    found = found[: queries.ROWS] if more else found
    seen(request.actor, [row.person_id for row in found if row.person_id], "supervision.rows")
    if wanted in ("csv", "xlsx"):
        heads = [
            _("Unit"), _("Time"), _("Value"), pgettext("figures", "Person"), _("Sex"), _("Age"), _("Sub-district"),
            pgettext("figures", "What was said"),
        ]  # fmt: skip
        cells = (
            [row.unit, shown(row.at), float(row.value), row.name, row.sex, row.age, row.street, row.said]
            for row in found
        )
        return export(wanted, f"{code}-{month}", heads, cells)
    came, went = queries.corrections(request.actor, code, day)
    columns = (
        Column(_("Unit")), Column(_("Time")), Column(_("Value"), number=True),
        Column(pgettext("figures", "Person")), Column(_("Sex")), Column(_("Age")), Column(_("Sub-district")),
    )  # fmt: skip
    if one.code == "CRITERIA_OVERRIDDEN":
        columns += (Column(pgettext("figures", "What was said")),)
    context = {
        "indicator": one, "month": day, "code": month, "rows": found, "came": came, "went": went,
        "table": Table(columns, request, caption=_("Rows behind the figure"), exports=("csv", "xlsx")),
        "after": str(after + queries.ROWS) if more else "",
        "names": any(row.person_id for row in found),
    }  # fmt: skip
    return render(request, "supervision/rows.html", context)


@needs(Permission.REPORT_MONTH)
def report_month(request: Any, month: str) -> HttpResponse:
    """Freeze the figures of a month that is over."""
    day = _day(month)
    form = ReportForm(request.POST if request.method == "POST" else None)
    with form.refusals():
        if form.is_valid():
            commands.report_month(
                by=request.actor, at=now(), organisation_id=request.actor.organisation_id, month=day,
                note=form.cleaned_data["note"],
            )  # fmt: skip
            return redirect("supervision:month", month)
    refusal = getattr(form, "refusal", None)
    context = {"form": form, "month": day, "code": month}
    return render(
        request, "supervision/report_month.html", context, status=refusal.status if refusal else 200
    )


def _exported(request: Any, month: str, lines: list[queries.Line]) -> HttpResponse:
    heads = [
        _("Indicator"), _("Unit of measure"), _("Now"), _("As reported"), _("Difference"), _("Rows"),
        _("Definition"), _("Source"),
    ]  # fmt: skip
    cells = (
        [
            one.indicator.name, one.indicator.unit, _number(one.now.value),
            _number(one.reported.value) if one.reported else None, _number(one.difference), one.now.number,
            one.indicator.definition, one.indicator.source,
        ]
        for one in lines
    )  # fmt: skip
    return export(request.GET["format"], f"{_('Figures')}-{month}", heads, cells)


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _day(month: str) -> date:
    day = rules.month_named(month)
    if day is None:
        raise Http404
    return day
