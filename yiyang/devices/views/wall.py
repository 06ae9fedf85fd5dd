"""The unit's wall: all its residents, on a large screen or a phone, by itself up to date."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import get_current_timezone

from yiyang.access import queries as access
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices.queries import wall as queries
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.people.queries import id_from

NOBODY = UUID(int=0)
FRESH = timedelta(hours=1)  # what was measured since then is shown without its time


@needs(Permission.LEND_DEVICE)
def wall(request: Any) -> HttpResponse:
    """Silent devices first, then alarms, then by the early warning score."""
    return render(request, "devices/wall.html", _shown(request))


@needs(Permission.LEND_DEVICE)
def wall_now(request: Any) -> HttpResponse:
    """The list alone, fetched again every minute and whenever an alarm changes."""
    return render(request, "devices/parts/wall.html", _shown(request))


def _shown(request: Any) -> dict[str, Any]:
    actor = request.actor
    unit_id = unit_asked(request)
    at = now()
    residents = queries.wall(actor, unit_id, at)
    seen(actor, {one.person.pk for one in residents}, "devices.wall")
    zone, address = get_current_timezone(), readings_of(NOBODY)
    return {
        "unit_id": unit_id,
        "unit": access.organisation(actor, unit_id),
        "residents": residents,
        "rows": [
            (one, address.replace(str(NOBODY), str(one.person.pk)), cells(one, zone, at)) for one in residents
        ],
        "columns": queries.SHOWN,
        "silent": sum(1 for one in residents if one.silent),
        "alarmed": sum(1 for one in residents if one.alarms),
        "bare": sum(1 for one in residents if not one.devices),
        "at": at,
    }


def readings_of(person_id: UUID) -> str:
    """Looked up once for the wall and filled in for each: 300 times it took a tenth of the page."""
    return reverse("devices:readings", args=[person_id])


def cells(resident: queries.Resident, zone: tzinfo, at: datetime) -> SafeString:
    """What was measured, a cell for each: 1,800 cells of a template took half of the page's time. Figures and times alone,
    so that there is nothing to escape. What is not of the last hour says when it was measured: a figure of yesterday
    evening is not how somebody is now."""
    shown = (
        f"{value.value:.{what.decimals}f}{_measured(value.at, zone, at)}" if value else "–"
        for what, value in resident.values
    )
    return mark_safe("".join(f'<td class="number">{one}</td>' for one in shown))


def _measured(moment: datetime, zone: tzinfo, at: datetime) -> str:
    if at - moment <= FRESH:
        return ""
    local, today = moment.astimezone(zone), at.astimezone(zone).date()
    shown = f"{local:%H:%M}" if local.date() == today else f"{local:%m-%d %H:%M}"
    return f'<br><span class="muted">{shown}</span>'


def unit_asked(request: Any) -> UUID:
    """The unit that was asked for when the actor works there or below; else their own."""
    asked = id_from(request.GET.get("unit", "")) or request.actor.organisation_id
    if asked is None or not (request.actor.sees_all or asked in request.actor.reach):
        raise Http404
    return asked
