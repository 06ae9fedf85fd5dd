"""The threads between a unit and the families, or the persons, who have a stay there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet

from yiyang.access.queries import naming
from yiyang.beds.models import Episode, Occupancy, UnitMessage
from yiyang.beds.queries import holds
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people
from yiyang.people.rules.disclosure import Audience

Side = UnitMessage.Side
LISTED = 60


@dataclass
class Thread:
    """What one side and the unit have written about one person."""

    person: Any
    unit_id: UUID
    unit_name: str
    telephone: str
    side: str
    open: bool
    messages: list[UnitMessage] = field(default_factory=list)
    kept: Occupancy | None = (
        None  # the bed that this unit keeps for the person, whose end both sides speak about
    )
    deciding: set[UUID] = field(default_factory=set)  # of the family's accounts, those who may decide


def side_of(actor: Actor, person_id: UUID, asked: str = "") -> str:
    """Families and persons read their own thread; staff the one they ask for."""
    if getattr(actor, "membership_id", None):
        return asked if asked in Side.values else Side.FAMILY
    return Side.PERSON if people.audience(actor, person_id) == Audience.PERSON else Side.FAMILY


def thread(actor: Actor, person_id: UUID, unit_id: UUID, asked: str = "") -> Thread:
    """For the staff of the unit, and for those who write to it; NotFound for everybody else."""
    person = people.person_in_full(actor, person_id)
    staff = bool(getattr(actor, "membership_id", None))
    stays = has_stay(person.pk, unit_id)
    side = side_of(actor, person.pk, asked)
    rows = _of_thread(person.pk, unit_id, side)
    messages = list(rows)
    if staff and unit_id not in getattr(actor, "organisation_ids", ()):
        raise NotFound
    if not stays and not messages:
        raise NotFound
    contact = naming.contacts([unit_id])[unit_id]
    return Thread(
        person, unit_id, contact.name, contact.telephone, side, stays and not person.died_at, messages,
        kept=holds.kept_row(person.pk, unit_id) if stays else None,
        deciding=people.accounts_deciding(person.pk) if staff and side == Side.FAMILY else set(),
    )  # fmt: skip


def rows_of(thread: Thread) -> QuerySet[UnitMessage]:
    """What stands in a thread that the reader has opened, for a list in pages."""
    found: QuerySet[UnitMessage] = _of_thread(thread.person.pk, thread.unit_id, thread.side)
    return found


def has_stay(person_id: UUID, unit_id: UUID) -> bool:
    return Episode.objects.filter(people.of_person(person_id), unit=unit_id, closed_at=None).exists()


def unread(rows: Any, *, by_unit: bool) -> Any:
    """What the unit, or the other side, has not read yet."""
    return rows.filter(read_at=None, from_unit=not by_unit)


def first_unread(rows: Any) -> UUID | None:
    """The message from which the unit has not read on: one notice stands for all that follow."""
    found: UUID | None = unread(rows, by_unit=True).values_list("pk", flat=True).first()
    return found


def _of_thread(person_id: UUID, unit_id: UUID, side: str) -> Any:
    return UnitMessage.objects.filter(people.of_person(person_id), unit=unit_id, side=side)


def of_unit(actor: Actor, unit_id: UUID) -> list[dict[str, Any]]:
    """The threads of the actor's own unit with people it sees, those with something unread first."""
    if unit_id not in getattr(actor, "organisation_ids", ()) or not getattr(actor, "reads_records", False):
        raise NotFound
    rows = UnitMessage.objects.filter(unit=unit_id, person__in=people.everyone_visible(actor)).order_by()
    threads: Any = rows.values("person_id", "person__full_name", "side").annotate(
        latest=Max("written_at"), unread=Count("pk", filter=Q(read_at=None, from_unit=False))
    )
    return list(threads.order_by("-unread", "-latest")[:LISTED])


def answers_unread(person_ids: Sequence[UUID], side: dict[UUID, str]) -> dict[tuple[UUID, UUID], int]:
    """(person, unit) → answers that the person, or the family, has not read; one statement for a home page."""
    found: dict[tuple[UUID, UUID], int] = {}
    rows = UnitMessage.objects.filter(person__in=list(person_ids), from_unit=True, read_at=None)
    for person, unit, of in rows.values_list("person_id", "unit_id", "side"):
        if side.get(person) == of:
            found[person, unit] = found.get((person, unit), 0) + 1
    return found


def who_wrote(message: UnitMessage) -> list[UUID]:
    """The accounts that an answer is told to: everybody entrusted now, or the person's own."""
    if message.side == Side.FAMILY:
        return people.accounts_entrusted(message.person_id)
    rows = _of_thread(message.person_id, message.unit_id, message.side).filter(from_unit=False)
    return list(rows.exclude(account_id=None).values_list("account_id", flat=True).distinct())


def waiting_since(message: UnitMessage) -> UUID | None:
    """The first unread message of the thread in which this one stands."""
    return first_unread(_of_thread(message.person_id, message.unit_id, message.side))


def message(message_id: UUID) -> UnitMessage | None:
    """For reactions."""
    return UnitMessage.objects.select_related("person").filter(pk=message_id).first()
