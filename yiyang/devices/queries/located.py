"""Where the persons of a unit are who have agreed to it: the last place of each, their areas, who is outside first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from yiyang.devices import responders
from yiyang.devices.models import DeviceConsent, Fence, Loan, Sensed
from yiyang.devices.rules.areas import shape
from yiyang.devices.rules.detecting import fences
from yiyang.devices.rules.detecting.fences import Place, Side, side
from yiyang.devices.rules.kinds import KINDS
from yiyang.devices.rules.mapping import Drawing, Marked, together
from yiyang.kernel.actors import Actor
from yiyang.people import queries as people
from yiyang.records import queries as records

LOOK_BACK = timedelta(days=7)
STALE = timedelta(hours=1)
MOST = 300
LOCATING = [one.kind.value for one in KINDS if one.locates]
# The last place of each; none of whom the consent was withdrawn.
LAST = """
    SELECT one.person_id, place.at, place.lat, place.lon, coalesce(place.accuracy, 0)
    FROM unnest(%(persons)s::uuid[]) AS one (person_id), LATERAL (
        SELECT at, lat, lon, accuracy FROM devices_position p
        WHERE p.person_id = one.person_id AND p.at > %(since)s AND p.at <= %(until)s ORDER BY p.at DESC LIMIT 1
    ) place
"""


@dataclass
class Located:
    """A person and where they were last. `outside`: beyond an area that counts at that hour; None: no area, or unsure."""

    person: Any
    number: int = 0
    fences: list[Fence] = field(default_factory=list)
    place: Place | None = None
    outside: bool | None = None
    stale: bool = False
    place_name: str = ""

    @property
    def urgency(self) -> tuple[Any, ...]:
        """Outside first, then who was not heard of for long, then by name."""
        return (not self.outside, self.place is None, not self.stale, self.person.full_name)


@dataclass(frozen=True)
class Found:
    persons: list[Located]
    drawn: Drawing | None
    not_agreed: int


def located(actor: Actor, unit_id: UUID, at: datetime) -> Found:
    """Of residents of the unit and wearers of its devices, whom the actor cares for; nine statements however many."""
    shown, beds = _wearers(actor, unit_id, at)
    agreed = _agreed(shown)
    found = {
        one: Located(person, place_name=beds.get(one, "")) for one, person in shown.items() if one in agreed
    }
    for fence in Fence.objects.filter(person__in=list(found), ended_at=None):
        found[fence.person_id].fences.append(fence)
    for person_id, place in _last(list(found), at).items():
        one = found[person_id]
        one.place, one.stale = place, at - place.at > STALE
        one.outside = _outside(one.fences, place)
    persons = sorted(found.values(), key=lambda one: one.urgency)
    for number, one in enumerate(persons, 1):
        one.number = number
    return Found(persons, _drawn(persons), len(shown) - len(found))


def _wearers(actor: Actor, unit_id: UUID, at: datetime) -> tuple[dict[UUID, Any], dict[UUID, str]]:
    """Who has a device that locates, and is open to the actor with what is measured of them."""
    beds = responders.residents_of(unit_id)
    loans = Loan.objects.filter(returned_at=None, period__contains=at, device__kind__in=LOCATING)
    loans = loans.filter(Q(device__unit=unit_id) | Q(person__in=list(beds)))
    wanted = list(loans.order_by("person").values_list("person", flat=True).distinct()[:MOST])
    persons = {one.pk: one for one in people.persons(actor).filter(pk__in=wanted)}
    in_full = records.measured_open(actor, persons)
    return {one: person for one, person in persons.items() if one in in_full}, beds


def _agreed(person_ids: Collection[UUID]) -> set[UUID]:
    given = DeviceConsent.objects.filter(person__in=list(person_ids), what=Sensed.LOCATION, withdrawn_at=None)
    return set(given.values_list("person", flat=True))


def _last(person_ids: list[UUID], at: datetime) -> dict[UUID, Place]:
    with connection.cursor() as cursor:
        cursor.execute(
            LAST, {"persons": person_ids, "since": at - LOOK_BACK, "until": at + timedelta(minutes=1)}
        )
        return {
            person: Place(timezone.localtime(when), lat, lon, accuracy)
            for person, when, lat, lon, accuracy in cursor.fetchall()
        }


def _outside(agreed: list[Fence], place: Place) -> bool | None:
    clock = place.at.timetz().replace(tzinfo=None)
    sides: dict[Side, int] = defaultdict(int)
    for one in agreed:
        fence = fences.Fence(shape(one.area), timedelta(seconds=one.dwell_seconds), one.since, one.until)
        if fence.counts_at(clock):
            sides[side(fence, place)] += 1
    if sides[Side.OUTSIDE]:
        return True
    return False if sides[Side.INSIDE] and not sides[Side.UNSURE] else None


def _drawn(persons: list[Located]) -> Drawing | None:
    areas = [shape(fence.area) for one in persons for fence in one.fences]
    marked = [
        Marked((one.place.lat, one.place.lon), str(one.number), bool(one.outside), one.stale)
        for one in persons
        if one.place
    ]
    return together(areas, marked)
