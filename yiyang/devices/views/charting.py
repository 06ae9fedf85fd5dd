"""Readings and what happened beside them, as a chart."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.devices.queries.axis import Axis
from yiyang.devices.rules.axis import LANES, Mark
from yiyang.devices.rules.held import Line
from yiyang.devices.rules.quantities import Quantity
from yiyang.devices.rules.spans import Window
from yiyang.kernel.components import Chart, Held, Lane, Series, Span


def chart_of(what: Quantity, found: Any, shown: Window, beside: Axis) -> Chart | None:
    """None when nothing was measured in the window."""
    if not len(found.at):
        return None
    times = [datetime.fromtimestamp(at / 1e6, UTC) for at in found.at]
    series = (
        [Series(_("Mean"), _rounded(found.mean, what))] if found.step else _by_device(what, found, beside)
    )
    if found.step:
        series += [
            Series(_("Lowest"), _rounded(found.low, what), limit=True),
            Series(_("Highest"), _rounded(found.high, what), limit=True),
        ]
    return Chart(
        title=f"{what.label} ({what.shown_unit})" if what.shown_unit else str(what.label),
        categories=tuple(timezone.localtime(at).strftime(_format(found.step, shown)) for at in times),
        times=tuple(_iso(at) for at in times),
        series=tuple(series),
        unit=what.shown_unit,
        summary=_summary(what, found, int(sum(found.count))),
        window=(_iso(shown.since), _iso(shown.until)),
        lanes=tuple(_lanes(beside.marks, shown)),
        held=tuple(_held(one) for one in beside.limits),
        gap=_gap(found),
    )


def _gap(found: Any) -> float:
    """From how many seconds without a reading on the line ends: a silence is not drawn as if it had been measured. Long beside
    what is usual in this time, for a cuff tells every quarter of an hour and somebody weighs once a week."""
    usual = float(np.median(np.diff(found.at))) / 1e6 if len(found.at) > 1 else 0.0
    return max(600.0, 4 * usual, 4.0 * (found.step or 0))


def _by_device(what: Quantity, found: Any, beside: Axis) -> list[Series]:
    """Two devices that tell the same are two lines: which one told what stays visible."""
    values, told = _rounded(found.mean, what), found.device_no
    known = list(dict.fromkeys(told.tolist())) if told is not None else []
    if len(known) < 2:
        return [Series(what.label, values)]
    return [
        Series(
            beside.devices.get(no, f"{what.label} {no}"),
            tuple(value if by == no else None for value, by in zip(values, told.tolist(), strict=True)),
            apart=True,
        )
        for no in sorted(known)
    ]


def _lanes(marks: list[Mark], shown: Window) -> list[Lane]:
    """Only those in which something happened; each in the order of time."""
    found = []
    for lane, name in LANES.items():
        spans = tuple(_span(one, shown) for one in reversed(marks) if one.lane is lane)
        if spans:
            found.append(Lane(name, spans))
    return found


def _span(one: Mark, shown: Window) -> Span:
    until = shown.until if one.open else one.until
    return Span(_iso(one.since), one.label, _iso(until) if until else "", one.link, one.grave)


def _held(one: Line) -> Held:
    name = pgettext("chart", "Own limit") if one.own else pgettext("chart", "Alarm limit")
    return Held(name, one.value, _iso(one.since), _iso(one.until), one.own, one.grave)


def _iso(at: datetime) -> str:
    """With the clock of the district, which the drawing shows wherever the browser is."""
    return timezone.localtime(at).isoformat()


def _rounded(values: Any, what: Quantity) -> tuple[float, ...]:
    digits = what.decimals or None
    return tuple(round(float(value), digits) for value in values)


def _format(step: int | None, shown: Window) -> str:
    if step and step >= 86400:
        return "%Y-%m-%d"
    return "%H:%M:%S" if shown.length.total_seconds() <= 7200 else "%m-%d %H:%M"


def _summary(what: Quantity, found: Any, count: int) -> str:
    figures = {
        "count": count,
        "low": f"{min(found.low):.{what.decimals}f}",
        "high": f"{max(found.high):.{what.decimals}f}",
    }
    if not found.step:
        return _("{count} readings, from {low} to {high}.").format(**figures)
    words = {60: _("minute"), 3600: _("hour"), 86400: _("day")}
    by = words.get(found.step) or _("{minutes} minutes").format(minutes=round(found.step / 60))
    return _("{count} readings, from {low} to {high}, by {step}.").format(**figures, step=by)
