"""What the page of a person shows of devices."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string

from yiyang.access.permissions import Permission
from yiyang.devices.queries import devices
from yiyang.devices.rules.telling import quiet_for_long
from yiyang.kernel.time import now
from yiyang.people import panels


@panels.register(place="body", order=19)
def devices_of_person(request: Any, record: Any) -> str:
    """What is with the person now, and whether it is heard from; nothing where basics alone are open."""
    if getattr(request, "person_scope", "BASIC") != "FULL":
        return ""
    actor = request.actor
    lends = not record.person.died_at and actor.may(Permission.LEND_DEVICE, actor.organisation_id)
    at = now()
    rows = [(one, quiet_for_long(one.device, one.period.lower, at)) for one in devices.held_by(record.ids)]
    if not rows and not lends:
        return ""
    own = actor.organisation_id is None
    context = {"person": record.person, "rows": rows, "lends": lends, "own": own}
    return render_to_string("devices/parts/devices_of_person.html", context)
