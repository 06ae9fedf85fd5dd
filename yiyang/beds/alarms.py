"""What alarms of devices ask of beds: which unit answers for a person, and how a transfer is asked for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from yiyang.access.permissions import Permission
from yiyang.beds.models import Occupancy
from yiyang.beds.models.occupancy import State
from yiyang.devices import responders
from yiyang.people import queries as people


@responders.register(order=10)
def unit_of_the_bed(person_id: UUID, at: datetime) -> UUID | None:
    """Where the person is; else where a bed is kept, or an overlay runs: who is on leave is known there."""
    rows = Occupancy.objects.filter(
        person_id__in=people.ids(person_id), state__in=(State.PRESENT, State.HELD), period__endswith=None
    ).exclude(unit=None)
    found = sorted(rows, key=lambda row: (row.state != State.PRESENT, row.part.lower, row.pk))
    return found[0].unit_id if found else None


responders.register_way(Permission.REQUEST_TRANSFER, "beds:request_transfer")
