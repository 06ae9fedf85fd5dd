"""What devices measured of a person: now, and through any window of time."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from yiyang.access.permissions import Permission
from yiyang.devices.queries import axis, signals, vitals
from yiyang.devices.queries.notes import may_withdraw, recent
from yiyang.devices.rules.quantities import BY_NAME, Quantity, Shape
from yiyang.devices.rules.spans import SHORTEST, SPANS, drawn_window, window
from yiyang.devices.views.charting import chart_of
from yiyang.devices.views.shared import instant
from yiyang.kernel.components.lists import link
from yiyang.kernel.facts import seen
from yiyang.kernel.shell import NavigationItem
from yiyang.kernel.time import now

SHOWN = 8  # strips on the page of all readings


def readings(request: Any, person_id: UUID) -> HttpResponse:
    """The newest value of everything that is measured."""
    person = vitals.wearer(request.actor, person_id)
    found = vitals.newest(person.pk, now())
    seen(request.actor, [person], "devices.readings")
    return render(
        request,
        "devices/readings.html",
        {
            "person": person,
            "newest": found,
            "locates": request.actor.may(Permission.LEND_DEVICE),
            "strips": signals.strips(person.pk, now() - vitals.NEWEST_WITHIN, now() + SHORTEST, most=SHOWN),
            "notes": [(one, may_withdraw(request.actor, one)) for one in recent(person.pk, now())],
            "may_write": request.actor.may(Permission.RECORD_VITAL_SIGNS, request.actor.organisation_id),
        },
    )


def measured(request: Any, person_id: UUID, quantity: str) -> HttpResponse:
    """One quantity through a window of time."""
    person, what = vitals.wearer(request.actor, person_id), _quantity(quantity)
    shown = window(request.GET.get("span", ""), instant(request.GET.get("until", "")), now())
    found = vitals.measured(person.pk, what, shown)
    beside = axis.axis(request.actor, person.pk, what, shown)
    seen(request.actor, [person], "devices.measured")
    context = {
        "person": person,
        "quantity": what,
        "window": shown,
        "chart": chart_of(what, found, shown, beside),
        "happened": beside.marks,
        "limits": beside.limits,
        "notes": [(one, may_withdraw(request.actor, one)) for one in beside.notes],
        "may_write": request.actor.may(Permission.RECORD_VITAL_SIGNS, request.actor.organisation_id),
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
    since, until = (instant(request.GET.get(name, "")) for name in ("since", "until"))
    shown = drawn_window(since, until, now()) if since and until else window("", until, now())
    found = vitals.measured(person.pk, what, shown)
    beside = axis.axis(request.actor, person.pk, what, shown)
    seen(request.actor, [person], "devices.measured")
    chart = chart_of(what, found, shown, beside)
    return JsonResponse(chart.as_data() if chart else {"times": [], "series": []})


def _quantity(name: str) -> Quantity:
    found = BY_NAME.get(name)
    if found is None or found.shape is not Shape.VALUE:
        raise Http404
    return found
