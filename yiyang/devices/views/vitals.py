"""What devices measured of a person: now, and through any window of time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from yiyang.access.permissions import Permission
from yiyang.devices.queries import vitals
from yiyang.devices.rules.quantities import BY_NAME, Quantity, Shape
from yiyang.devices.rules.spans import SHORTEST, SPANS, Window, drawn_window, window
from yiyang.kernel.components import Chart, Series
from yiyang.kernel.components.lists import link
from yiyang.kernel.facts import seen
from yiyang.kernel.shell import NavigationItem
from yiyang.kernel.time import now


def readings(request: Any, person_id: UUID) -> HttpResponse:
    """The newest value of everything that is measured."""
    person = vitals.wearer(request.actor, person_id)
    found = vitals.newest(person.pk, now())
    seen(request.actor, [person], "devices.readings")
    return render(
        request,
        "devices/readings.html",
        {"person": person, "newest": found, "locates": request.actor.may(Permission.LEND_DEVICE)},
    )


def measured(request: Any, person_id: UUID, quantity: str) -> HttpResponse:
    """One quantity through a window of time."""
    person, what = vitals.wearer(request.actor, person_id), _quantity(quantity)
    shown = window(request.GET.get("span", ""), _instant(request.GET.get("until", "")), now())
    found = vitals.measured(person.pk, what, shown)
    seen(request.actor, [person], "devices.measured")
    context = {
        "person": person,
        "quantity": what,
        "window": shown,
        "chart": _chart(what, found, shown),
        "drawn": reverse("devices:drawn", args=[person.pk, what.name]),
        "tabs": [
            NavigationItem(label, link(request, span=name), current=name == shown.span, count=None)
            for name, (label, _length) in SPANS.items()
        ],
        "earlier": link(request, until=shown.since.astimezone(UTC).isoformat()),
        "later": link(request, until=(shown.until + shown.length).astimezone(UTC).isoformat())
        if now() - shown.until > SHORTEST
        else "",
        "others": [one for one in vitals.newest(person.pk, now(), sparks=False) if one.quantity is not what],
    }
    return render(request, "devices/measured.html", context)


def drawn(request: Any, person_id: UUID, quantity: str) -> HttpResponse:
    """The same for a window that somebody drew on the chart: data alone."""
    person, what = vitals.wearer(request.actor, person_id), _quantity(quantity)
    since, until = (_instant(request.GET.get(name, "")) for name in ("since", "until"))
    shown = drawn_window(since, until, now()) if since and until else window("", until, now())
    found = vitals.measured(person.pk, what, shown)
    seen(request.actor, [person], "devices.measured")
    chart = _chart(what, found, shown)
    return JsonResponse(chart.as_data() if chart else {"times": [], "series": []})


def _quantity(name: str) -> Quantity:
    found = BY_NAME.get(name)
    if found is None or found.shape is not Shape.VALUE:
        raise Http404
    return found


def _instant(text: str) -> datetime | None:
    """An instant of an address; what is none, is none."""
    try:
        found = parse_datetime(text[:40])
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


def _chart(what: Quantity, found: Any, shown: Window) -> Chart | None:
    if not len(found.at):
        return None
    times = [datetime.fromtimestamp(at / 1e6, UTC) for at in found.at]
    series = [Series(_("Mean") if found.step else what.label, _rounded(found.mean, what))]
    if found.step:
        series += [
            Series(_("Lowest"), _rounded(found.low, what), limit=True),
            Series(_("Highest"), _rounded(found.high, what), limit=True),
        ]
    return Chart(
        title=f"{what.label} ({what.shown_unit})" if what.shown_unit else str(what.label),
        categories=tuple(timezone.localtime(at).strftime(_format(found.step, shown)) for at in times),
        times=tuple(timezone.localtime(at).isoformat() for at in times),
        series=tuple(series),
        unit=what.shown_unit,
        summary=_summary(what, found, int(sum(found.count))),
    )


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
