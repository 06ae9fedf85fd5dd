"""Alarms in figures for whoever answers for a district or a unit, and the alarms behind each figure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices.queries import figures as queries
from yiyang.devices.rules.alarms import Cause, Outcome, Severity
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.kernel.components import Column, Table
from yiyang.kernel.components.lists import link
from yiyang.kernel.exports import export
from yiyang.kernel.facts import seen
from yiyang.kernel.shell import NavigationItem
from yiyang.kernel.time import now
from yiyang.kernel.words import shown
from yiyang.people.queries import id_from

FILES = ("csv", "xlsx")
SHOWN, EXPORTED, SHADES = 100, 20_000, 5


@needs(Permission.SEE_FIGURES)
def alarm_figures(request: Any) -> HttpResponse:
    """By street and hour, how soon somebody came, silent devices, false alarms; each figure opens its rows."""
    found = _counted(request)
    if request.GET.get("format") in FILES:
        return _exported(request.GET["format"], found)
    return render(request, "devices/alarm_figures.html", found)


@needs(Permission.SEE_FIGURES)
def alarm_figures_now(request: Any) -> HttpResponse:
    """The figures alone, fetched again every half minute."""
    return render(request, "devices/parts/alarm_figures.html", _counted(request))


@needs(Permission.SEE_FIGURES)
def alarm_figure_rows(request: Any) -> HttpResponse:
    """The alarms behind a figure; names only of persons whom the reader sees."""
    since, until, period = _window(request)
    wanted, file = _wanted(request), request.GET.get("format", "")
    after = min(int(request.GET["after"]), 10**7) if request.GET.get("after", "").isdecimal() else 0
    cut = {"limit": EXPORTED} if file in FILES else {"limit": SHOWN + 1, "after": after}
    found = queries.rows(request.actor, since, until, wanted, **cut)
    more = file not in FILES and len(found) > SHOWN
    found = found[:SHOWN] if more else found
    seen(request.actor, {one.alarm.person_id for one in found if one.alarm}, "devices.alarm_figure_rows")
    columns = (
        Column(_("Time")), Column(_("Alarm")), Column(_("Urgency")), Column(_("Unit")), Column(_("Sub-district")),
        Column(_("Until taken"), number=True), Column(_("Until seen"), number=True), Column(_("What was it?")),
        Column(pgettext("alarm", "Person")),
    )  # fmt: skip
    if file in FILES:
        heads = [one.label for one in columns]
        cells = (
            [shown(one.raised_at), Cause(one.cause).label, Severity(one.severity).label, one.unit, one.street, one.taken,
             one.seen, _outcome(one.outcome), one.alarm.person.full_name if one.alarm and one.alarm.person else ""]
            for one in found
        )  # fmt: skip
        return export(file, _("Alarms"), heads, cells)
    context = {
        "rows": [
            {"row": one, "cause": Cause(one.cause).label, "severity": Severity(one.severity).label,
             "outcome": _outcome(one.outcome), "taken": in_short(one.taken), "seen": in_short(one.seen)}
            for one in found
        ],
        "since": since, "until": until, "period": period, "told": _told(wanted),
        "table": Table(columns, request, caption=_("Alarms behind the figure"), exports=FILES),
        "after": str(after + SHOWN) if more else "", "names": any(one.alarm for one in found),
    }  # fmt: skip
    return render(request, "devices/alarm_figure_rows.html", context)


def _window(request: Any) -> tuple[datetime, datetime, str]:
    """A day, a week or a month until now, or until the instant at which a figure was counted."""
    period = request.GET.get("period", "")
    period = period if period in queries.PERIODS else "day"
    at = now()
    try:
        until = parse_datetime(request.GET.get("until", "")[:40])
    except ValueError:
        until = None
    if until is None or timezone.is_naive(until) or not timedelta() <= at - until < timedelta(days=400):
        until = at
    return until - queries.PERIODS[period], until, period


def _wanted(request: Any) -> dict[str, Any]:
    """Which rows: what was not asked for, or is none, is None."""
    asked = {name: request.GET.get(name) or None for name in ("street", "cause", "kind", "outcome")}
    hour = request.GET.get("hour", "")
    return {
        "street": asked["street"] if (asked["street"] or "").isdecimal() else None,
        "cause": asked["cause"] if asked["cause"] in Cause.values else None,
        "kind": asked["kind"] if asked["kind"] in DeviceKind.values else None,
        "outcome": asked["outcome"] if asked["outcome"] in Outcome.values else None,
        "hour": int(hour) if hour.isdecimal() and len(hour) < 3 else None,
        "unit": id_from(request.GET.get("unit", "")),
    }


def _told(wanted: dict[str, Any]) -> list[str]:
    """What the rows were chosen by, in words."""
    found = []
    if wanted["hour"] is not None:
        found.append(_("{hour} to {next} o'clock").format(hour=wanted["hour"], next=wanted["hour"] + 1))
    for name, labels in (("cause", Cause), ("kind", DeviceKind), ("outcome", Outcome)):
        if wanted[name]:
            found.append(str(labels(wanted[name]).label))
    return found


def _counted(request: Any) -> dict[str, Any]:
    since, until, period = _window(request)
    found = queries.figures(request.actor, since, until)
    base = {"period": period, "until": until.isoformat()}
    lines = {
        "street": [_line(one, base, street=one.key) for one in found.streets],
        "unit": [_line(one, base, unit=one.key) for one in found.units],
        "cause": [_line(one, base, cause=one.key) for one in found.causes],
        "kind": [_line(one, base, kind=one.key) for one in found.kinds if one.key],
    }
    names = {
        "day": ngettext("{n} hour", "{n} hours", 24).format(n=24), "week": ngettext("{n} day", "{n} days", 7).format(n=7),
        "month": ngettext("{n} day", "{n} days", 30).format(n=30),
    }  # fmt: skip
    return {
        "found": found, "lines": lines, "all": _line(found.all, base) if found.all else None,
        "heat": [_heat(found, one["line"], base) for one in lines["street"]], "hours": range(24),
        "since": since, "until": until, "period": period,
        "tabs": [
            NavigationItem(names[one], link(request, period=one, until=None), current=one == period, count=None)
            for one in queries.PERIODS
        ],
        "table": Table((), request, caption=_("Alarms in figures"), exports=FILES),
    }  # fmt: skip


def _line(one: queries.Line, base: dict[str, str], **chosen: str) -> dict[str, Any]:
    kinds = DeviceKind(one.key).label if chosen.get("kind") in DeviceKind.values else one.name
    return {
        "line": one,
        "name": kinds,
        "url": _rows_of(base, **chosen),
        "false_url": _rows_of(base, outcome="FALSE", **chosen),
        "taken": (in_short(one.taken_median), in_short(one.taken_p90)),
        "seen": (in_short(one.seen_median), in_short(one.seen_p90)),
    }


def _heat(found: queries.Figures, line: queries.Line, base: dict[str, str]) -> dict[str, Any]:
    """A street's day: how many alarms in each hour, and how dark that is."""
    hours, most = found.hours.get(line.key, {}), found.most
    cells = [
        {"count": hours.get(hour, 0), "shade": -(-SHADES * hours.get(hour, 0) // most) if most else 0, "hour": hour,
         "url": _rows_of(base, street=line.key, hour=str(hour))}
        for hour in range(24)
    ]  # fmt: skip
    return {"line": line, "cells": cells, "url": _rows_of(base, street=line.key)}


def _rows_of(base: dict[str, str], **chosen: str) -> str:
    return f"{reverse('devices:alarm_figure_rows')}?{urlencode(base | chosen)}"


def in_short(seconds: float | None) -> str:
    """45 s, 3.5 min, 2.1 h; a dash where nobody did it."""
    if seconds is None:
        return "–"
    if seconds < 100:
        return _("{n} s").format(n=round(seconds))
    if seconds < 6000:
        return _("{n} min").format(n=f"{seconds / 60:.1f}")
    return _("{n} h").format(n=f"{seconds / 3600:.1f}")


def _outcome(value: str) -> str:
    return str(Outcome(value).label) if value else ""


def _exported(file: str, found: dict[str, Any]) -> HttpResponse:
    """Every line of the page, one kind after the other; times in seconds."""
    heads = [
        _("Counted by"), pgettext("alarms", "What"), _("Alarms"), _("Taken"), _("Median until taken (s)"), _("90% taken within (s)"),
        _("Seen"), _("Median until seen (s)"), _("90% seen within (s)"), _("it was real"), _("false alarm"), _("a test"),
    ]  # fmt: skip
    by = {"street": _("Sub-district"), "unit": _("Unit"), "cause": _("Alarm"), "kind": _("Device")}
    cells: list[list[Any]] = [
        [by[name], one["name"], *_cells(one["line"])]
        for name, lines in found["lines"].items()
        for one in lines
    ]
    for row in found["heat"]:
        cells += [
            [_("Hour"), f"{row['line'].name} {cell['hour']}", cell["count"]]
            for cell in row["cells"]
            if cell["count"]
        ]
    cells += [[_("Silent devices now"), one.name, one.silent] for one in found["found"].quiet]
    return export(file, _("Alarms in figures"), heads, cells)


def _cells(one: queries.Line) -> list[Any]:
    return [
        one.count, one.taken, one.taken_median, one.taken_p90, one.seen, one.seen_median, one.seen_p90, one.real,
        one.false, one.tests,
    ]  # fmt: skip
