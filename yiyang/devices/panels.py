"""What pages of other contexts show of devices: of a person, fetched after the page; of alarms, to a new shift."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string

from yiyang.devices.queries import alarms, visits
from yiyang.duty import panels as duty
from yiyang.kernel.facts import seen
from yiyang.people import panels

OF_A_SHIFT = 30


@panels.register(place="body", order=19)
def devices_of_person(request: Any, record: Any) -> str:
    """Where to find them; nothing where basics alone are open."""
    if getattr(request, "person_scope", "BASIC") != "FULL":
        return ""
    return render_to_string("devices/parts/devices_later.html", {"person": record.person})


@duty.register(order=10)
def alarms_of_shift(request: Any, unit_ids: Collection[UUID]) -> str:
    """Also those that somebody of the shift before has taken: whoever comes goes on with them."""
    found = list(alarms.inbox(request.actor).filter(unit__in=list(unit_ids))[:OF_A_SHIFT])
    to_visit = visits.visits_to_make(request.actor).filter(unit__in=list(unit_ids)).count()
    if not found and not to_visit:
        return ""
    seen(request.actor, {one.person_id for one in found if one.person_id}, "devices.alarms")
    return render_to_string("devices/parts/alarms_of_shift.html", {"alarms": found, "to_visit": to_visit})
