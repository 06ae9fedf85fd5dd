"""Where the persons of a unit are who have agreed to it: a drawing, and a list that says the same."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yiyang.access import queries as access
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.devices.queries import located as queries
from yiyang.devices.views.shared import units_of
from yiyang.devices.views.wall import unit_asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now


@needs(Permission.LEND_DEVICE)
def located(request: Any) -> HttpResponse:
    return render(request, "devices/located.html", {**_shown(request), "units": units_of(request.actor)})


@needs(Permission.LEND_DEVICE)
def located_now(request: Any) -> HttpResponse:
    """The drawing and the list alone, fetched again every minute and whenever an alarm changes."""
    return render(request, "devices/parts/located.html", _shown(request))


def _shown(request: Any) -> dict[str, Any]:
    at, unit_id = now(), unit_asked(request)
    found = queries.located(request.actor, unit_id, at)
    seen(request.actor, [one.person.pk for one in found.persons], "devices.located")
    return {
        "unit_id": unit_id,
        "unit": access.organisation(request.actor, unit_id),
        "found": found,
        "outside": sum(1 for one in found.persons if one.outside),
        "at": at,
    }
