"""Where people are to be found: contexts above know the beds, this one tells persons apart by them.

@places.register
def beds_of(person_ids: Collection[UUID], at: datetime | None) -> dict[UUID, Place]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Place:
    """Where somebody is, or where a bed is kept for them while they are away."""

    door: str  # in words as short as on a door; empty where they live
    unit_id: UUID | None = None
    unit: str = ""
    away: str = ""  # why nobody is there


Ask = Callable[[Collection[UUID], datetime | None], dict[UUID, Place]]
_known: list[Ask] = []


def register(ask: Ask) -> Ask:
    """Declare who knows where persons are."""
    if ask not in _known:
        _known.append(ask)
    return ask


def stand(alarms: Iterable[Any]) -> None:
    """Where to go: the bed, where the device stands, or the address. `place` of each alarm of a person.

    Of who is away the alarm says so: nobody runs to a room or a home that is empty.
    """
    of_persons = [one for one in alarms if one.person_id]
    found = places_of([one.person_id for one in of_persons])
    for one in of_persons:
        one.place = _where(one, found.get(one.person_id))


def stood(alarm: Any) -> str:
    """Where the person was when it happened: whoever reads of it later is not sent to the wrong room in mind."""
    if not alarm.person_id:
        return ""
    return _where(alarm, places_of([alarm.person_id], alarm.event_at).get(alarm.person_id))


def _where(alarm: Any, place: Place | None) -> str:
    home: str = alarm.person.residence_address
    if place is None:
        return home
    door = place.door or home
    if place.door and place.unit and place.unit_id != alarm.unit_id:
        door = f"{place.unit} {door}"  # a room number alone would be taken for one of the unit that answers
    return f"{door} · {place.away}" if place.away else door


def places_of(person_ids: Collection[UUID], at: datetime | None = None) -> dict[UUID, Place]:
    """Of those of whom somebody knows it: where they are now, or where they were at an instant."""
    found: dict[UUID, Place] = {}
    for ask in _known if person_ids else ():
        found |= ask(person_ids, at)
    return found
