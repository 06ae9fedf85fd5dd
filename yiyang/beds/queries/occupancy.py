"""Who is where: live rows of persons, beds and units."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from yiyang.beds.models import Occupancy
from yiyang.beds.models.occupancy import LIVE

if TYPE_CHECKING:
    from yiyang.people.models import Person


def live_rows_of(person: Person) -> QuerySet[Occupancy]:
    """Where the person is, which beds are held and which are promised, place of stay first."""
    return (
        Occupancy.objects.filter(person=person, state__in=LIVE, period__endswith=None)
        .select_related("bed", "unit", "episode", "bed__room__ward")
        .order_by("part", "recorded_at", "pk")
    )
