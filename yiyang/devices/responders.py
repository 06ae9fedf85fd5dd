"""Who answers for a person whose device alarms: contexts above know the beds, this one knows who lent the device.

@responders.register(order=10)
def unit_of_stay(person_id: UUID, at: datetime) -> UUID | None: ...
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse

UnitOf = Callable[[UUID, datetime], UUID | None]
Elsewhere = Callable[[Collection[UUID], datetime], dict[UUID, UUID | None]]
ResidentsOf = Callable[[UUID], dict[UUID, str]]
_known: list[tuple[int, UnitOf]] = []
_ways: list[tuple[str, str]] = []
_elsewhere: list[Elsewhere] = []
_residents: list[ResidentsOf] = []


def register(*, order: int) -> Callable[[UnitOf], UnitOf]:
    """Declare who knows a unit that answers for a person; the smallest order is asked first."""

    def take(ask: UnitOf) -> UnitOf:
        if all(other is not ask for _order, other in _known):
            _known.append((order, ask))
            _known.sort(key=lambda one: one[0])
        return ask

    return take


def unit_for(person_id: UUID, lender_id: UUID | None, at: datetime) -> UUID | None:
    """The unit that answers for a person now; else the one that lent the device."""
    for _order, ask in _known:
        found = ask(person_id, at)
        if found is not None:
            return found
    return lender_id


def register_elsewhere(ask: Elsewhere) -> Elsewhere:
    """Declare who knows that persons are away from where they live: in a ward of a unit, or outside (None)."""
    if ask not in _elsewhere:
        _elsewhere.append(ask)
    return ask


def elsewhere(person_ids: Collection[UUID], at: datetime) -> dict[UUID, UUID | None]:
    """Who is away from home, and in which unit."""
    found: dict[UUID, UUID | None] = {}
    for ask in _elsewhere:
        found |= ask(person_ids, at)
    return found


def register_residents(ask: ResidentsOf) -> ResidentsOf:
    """Declare who knows the persons in the beds of a unit, each with the name of the bed."""
    if ask not in _residents:
        _residents.append(ask)
    return ask


def residents_of(unit_id: UUID) -> dict[UUID, str]:
    """Who has a bed of this unit, whatever they wear, and which bed."""
    found: dict[UUID, str] = {}
    for ask in _residents:
        found = {**ask(unit_id), **found}
    return found


UnderWay = Callable[[Any, UUID], list[tuple[str, str, datetime]]]
_under_way: list[UnderWay] = []


def register_under_way(ask: UnderWay) -> UnderWay:
    """Declare who knows what was begun for a person and is not over: words, address, since when."""
    if ask not in _under_way:
        _under_way.append(ask)
    return ask


def under_way(actor: Any, person_id: UUID) -> list[tuple[str, str, datetime]]:
    return [row for ask in _under_way for row in ask(actor, person_id)]


def register_way(permission: str, route: str) -> None:
    """Declare a page of a context above that begins something for a person: a transfer."""
    if (permission, route) not in _ways:
        _ways.append((permission, route))


def ways(person_id: UUID) -> list[tuple[str, str]]:
    """The permission that each asks for, and its address."""
    found = []
    for permission, route in _ways:
        try:
            found.append((permission, reverse(route, args=[person_id])))
        except NoReverseMatch:
            continue
    return found
