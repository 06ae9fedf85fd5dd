"""Locks, taken in one order everywhere: person, transfer, rooms and beds by id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yiyang.beds.models import Bed, Episode, Room, Transfer
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.versions import compare
from yiyang.people import queries as persons

if TYPE_CHECKING:
    from yiyang.people.models import Person


class PersonIsDead(Refusal):
    message = _("{name} died on {died_at}. Nothing more can be arranged; see the record.")


class PersonHasOtherRecord(Refusal):
    message = _(
        "This record was merged into another. Open the record that it was merged into, and go on there."
    )


def person(person_id: UUID, *, alive: bool = True) -> Person:
    """The person's row, locked: no two commands move one person at once."""
    locked = persons.lock_person(person_id)
    if locked is None:
        raise NotFound
    return living(locked) if alive else locked


def living(person: Person) -> Person:
    """The person, of whom something can still be arranged; for one who is locked already."""
    if person.died_at is not None:
        raise PersonIsDead(name=person.full_name, died_at=person.died_at)
    if person.merged_into_id is not None:
        raise PersonHasOtherRecord
    return person


def transfer(asked: Transfer, version: int | None = None) -> Transfer:
    """The transfer with its person locked first; both as they are now. A transfer never changes its person."""
    whose = person(asked.person_id, alive=False)
    locked = Transfer.objects.select_for_update(no_key=True).filter(pk=asked.pk).first()
    if locked is None:
        raise NotFound
    locked.person = whose
    compare(locked, version)
    return locked


def episode(asked: Episode, version: int | None = None) -> Episode:
    """The episode with its person locked first."""
    person(asked.person_id, alive=False)
    locked = Episode.objects.select_for_update(no_key=True).filter(pk=asked.pk).first()
    if locked is None:
        raise NotFound
    compare(locked, version)
    return locked


def beds(bed_ids: Iterable[UUID]) -> dict[UUID, Bed]:
    """Beds, and the rooms they stand in, locked in the order of their ids."""
    wanted = sorted(set(bed_ids))
    rooms = Bed.objects.filter(pk__in=wanted, room__isnull=False).values("room_id")
    list(Room.objects.select_for_update(no_key=True).filter(pk__in=rooms).order_by("pk"))
    locked = Bed.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    found = {bed.pk: bed for bed in locked}
    if len(found) != len(wanted):
        raise NotFound
    for one in found.values():
        compare(one)
    return found


def bed(bed_id: UUID) -> Bed:
    """One bed, and the room that it stands in."""
    return beds([bed_id])[bed_id]


def take_turns(*over: object) -> None:
    """One command at a time counts what must stay below a limit: a licence's beds, a contract's quota."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [":".join(str(one) for one in over)]
        )
