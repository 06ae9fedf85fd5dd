"""Where somebody was, and where they are expected to be; only while they agree to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from yiyang.devices.models import Fence, Sensed
from yiyang.devices.queries import consents, series
from yiyang.devices.rules.areas import shape
from yiyang.devices.rules.mapping import Drawing, drawing
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people
from yiyang.records import queries as records

SHOWN_OF = timedelta(hours=24)
MOST_POINTS = 600


@dataclass(frozen=True)
class Whereabouts:
    """Of a day: when and where last, and all of it drawn."""

    agreed: bool
    fences: list[Fence]
    drawn: Drawing | None
    last_at: datetime | None
    last: tuple[float, float] | None
    count: int
    former: list[Fence]  # the newest first


def wanderer(actor: Actor, person_id: UUID) -> Any:
    """The person, when the actor sees them in full; 404 for anybody else."""
    person = people.person_in_full(actor, person_id)
    if not records.measured_open(actor, [person.pk]):
        raise NotFound
    return person


def fence(actor: Actor, fence_id: UUID) -> Fence:
    found = Fence.objects.select_related("person").filter(pk=fence_id).first()
    if found is None:
        raise NotFound
    wanderer(actor, found.person_id)
    return found


def whereabouts(person_id: UUID, at: datetime) -> Whereabouts:
    """Of a person whom the caller may see. Without consent nothing of their places."""
    every = list(Fence.objects.filter(people.of_person(person_id)))
    fences = [one for one in every if one.ended_at is None]
    former = [one for one in every if one.ended_at is not None]
    former.sort(key=lambda one: one.ended_at, reverse=True)
    if not consents.agreed(person_id, Sensed.LOCATION):
        return Whereabouts(
            False, fences, drawing([shape(one.area) for one in fences], []), None, None, 0, former
        )
    micro, lat, lon, _accuracy = series.positions(
        people.ids(person_id), at - SHOWN_OF, at + timedelta(minutes=1)
    )
    step = max(1, len(micro) // MOST_POINTS)
    path = list(zip(lat[::-step][::-1].tolist(), lon[::-step][::-1].tolist(), strict=True))
    last_at = datetime.fromtimestamp(micro[-1] / 1e6, UTC) if len(micro) else None
    drawn = drawing([shape(one.area) for one in fences], path)
    return Whereabouts(True, fences, drawn, last_at, path[-1] if path else None, len(micro), former)
