"""How often alarms were false, and behind each figure the alarms that it counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices.queries import rates as queries
from yiyang.devices.rules.wording import named
from yiyang.devices.views.shared import page_of
from yiyang.kernel.components import Column, Table
from yiyang.kernel.exports import export
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.kernel.words import shown

SPANS = (7, 30, 90, 365)
EXPORTED = 10_000
FILES = ("csv", "xlsx")


def _asked(request: Any) -> tuple[str, int]:
    """By what, and how many days back: what cannot be is what is usual."""
    by, days = request.GET.get("by", ""), request.GET.get("days", "")
    return by if by in queries.BY else "cause", int(days) if days in map(str, SPANS) else 30


@needs(Permission.TAKE_DUTY, Permission.SIGN_ALARM_RULES)
def alarm_rates(request: Any) -> HttpResponse:
    by, days = _asked(request)
    names = {
        "cause": _("By alarm"), "rule": _("By rule and version"), "kind": _("By kind of device"), "unit": _("By unit"),
    }  # fmt: skip
    columns = (
        Column(pgettext("alarm rate", "What")), Column(_("Alarms"), number=True), Column(_("it was real"), number=True),
        Column(_("false alarm"), number=True), Column(_("a test"), number=True),
        Column(_("not closed yet"), number=True), Column(_("Share that was false"), number=True),
    )  # fmt: skip
    table = Table(columns, request, caption=_("How often it was a false alarm"), exports=FILES)
    rates = queries.false_rates(request.actor, now() - timedelta(days=days), by)
    if request.GET.get("format") in FILES:
        return _file(request, table, [_cells(one) for one in rates])
    context = {
        "rates": [(one, [(name, getattr(one, name)) for name in queries.FIGURES]) for one in rates],
        "table": table, "by": by, "days": days, "spans": SPANS, "names": names,
    }  # fmt: skip
    return render(request, "devices/alarm_rates.html", context)


def _cells(one: queries.Rate) -> list[Any]:
    return [one.label, one.all, one.real, one.false, one.tests, one.open, one.percent]


@needs(Permission.TAKE_DUTY, Permission.SIGN_ALARM_RULES)
def counted_alarms(request: Any) -> HttpResponse:
    """The alarms that one figure counts."""
    by, days = _asked(request)
    group, figure = request.GET.get("group", queries.NOTHING)[:60], request.GET.get("figure", "all")
    figure = figure if figure in queries.FIGURES else "all"
    found = queries.rows_of(request.actor, now() - timedelta(days=days), by, group, figure)
    columns = (
        Column(_("When")), Column(pgettext("alarm rule", "Alarm")), Column(pgettext("alarm", "Person")), Column(_("Unit")),
        Column(_("Device")), Column(_("By which rule")), Column(_("Minutes until taken"), number=True),
        Column(_("What was it?")), Column(pgettext("alarm", "What was done")),
    )  # fmt: skip
    table = Table(columns, request, caption=queries.label_of(by, group), exports=FILES)
    if request.GET.get("format") in FILES:
        rows = list(found[:EXPORTED])
        _told(request, rows)
        return _file(request, table, [_line(one) for one in rows])
    rows, after = page_of(request, found)
    _told(request, rows)
    context = {
        "rows": [(one, _minutes(one)) for one in rows], "after": after, "table": table, "days": days,
        "label": queries.label_of(by, group), "figure": _figure(figure), "count": found.order_by().count(),
        "back": f"{reverse('devices:alarm_rates')}?{urlencode({'by': by, 'days': days})}",
    }  # fmt: skip
    return render(request, "devices/counted_alarms.html", context)


def _figure(name: str) -> str:
    return {
        "all": _("all alarms"), "real": _("it was real"), "false": _("false alarm"), "tests": _("a test"),
        "open": _("not closed yet"),
    }[name]  # fmt: skip


def _minutes(one: Any) -> float | None:
    if one.acknowledged_at is None:
        return None
    return round((one.acknowledged_at - one.raised_at).total_seconds() / 60, 1)


def _line(one: Any) -> list[Any]:
    return [
        shown(one.raised_at), one.get_cause_display(), one.person.full_name if one.person else "",
        one.unit.name if one.unit else "", str(one.device or ""), named(one.rule), _minutes(one),
        one.get_outcome_display(), one.done,
    ]  # fmt: skip


def _file(request: Any, table: Table, rows: list[list[Any]]) -> HttpResponse:
    return export(request.GET["format"], table.caption, [one.label for one in table.columns], rows)


def _told(request: Any, rows: list[Any]) -> None:
    seen(request.actor, {one.person_id for one in rows if one.person_id}, "devices.counted_alarms")
