"""Where a person was in bed, drawn under the chart of their readings."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yiyang.beds.models import Occupancy
from yiyang.beds.models.occupancy import State
from yiyang.devices import beside
from yiyang.devices.rules.axis import Lane, Mark

MOST = 100


@beside.register
def stays(actor: Any, person_ids: list[UUID], since: datetime, until: datetime) -> list[Mark]:
    """Each stay and overlay, and a place outside: whoever sees the readings sees the ribbon too."""
    rows = Occupancy.objects.filter(
        person_id__in=person_ids, state=State.PRESENT, period__overlap=DateTimeTZRange(since, until)
    ).select_related("bed", "unit")
    return [
        Mark(
            Lane.BED, one.period.lower, _where(one), until=one.period.upper, open=one.period.upper is None,
        )
        for one in rows.order_by("-period")[:MOST]
    ]  # fmt: skip


def _where(one: Occupancy) -> str:
    if one.bed is None:
        return one.place_name or str(one.get_state_display())
    return f"{one.unit.name} {one.bed.label}" if one.unit else one.bed.label
