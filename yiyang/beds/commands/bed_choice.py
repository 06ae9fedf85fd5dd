"""Which bed may be given: free, of the unit and kind that were asked for, in a room that fits."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yiyang.access.queries import naming
from yiyang.beds.models import Bed, Occupancy, Room, Transfer
from yiyang.beds.models.occupancy import LIVE, Block, State
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now

if TYPE_CHECKING:
    from yiyang.people.models import Person


class SomeoneElse(Refusal):
    message = _("This bed belongs to another unit or is of another kind. Choose a bed of {unit}.")
    status = 422


class RoomOfOtherSex(Refusal):
    message = _(
        "Room {room} is shared with someone of the other sex and is not a couple's room. Choose another bed."
    )


class BedsMatchNothing(Refusal):
    message = _("None of these beds is free. Choose another unit, or join the waiting list.")


def check_promise(transfer: Transfer, bed: Bed) -> None:
    """The bed is one of the unit that accepted, of the kind that was asked for."""
    asked_for = (transfer.to_unit_id, transfer.target_kind, transfer.target_lane)
    if (bed.unit_id, bed.kind, bed.lane) != asked_for:
        raise SomeoneElse(unit=naming.unit_name(transfer.to_unit_id))


def any_free_bed(
    person: Person, *, unit_id: UUID | None, kind: str, lane: str, needs: list[str] | None = None
) -> Bed:
    """A free bed that fits the person, locked; beds that another command holds locked are passed over."""
    free = (
        Bed.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
        .filter(unit_id=unit_id, kind=kind, lane=lane, closed_at=None, features__contains=needs or [])
        .exclude(pk__in=taking().values("bed"))
        .order_by("extra", "label", "pk")
    )
    tried: list[UUID] = []
    while bed := free.exclude(pk__in=tried).first():
        # Another command may have taken the bed between this query's snapshot and its lock.
        if not taking().filter(bed=bed).exists() and room_fits(bed, person):
            return bed
        tried.append(bed.pk)
    raise BedsMatchNothing


def taking() -> QuerySet[Occupancy]:
    """What takes up beds now: not a reservation that has expired, nor a cleaning whose time is over."""
    return (
        Occupancy.objects.filter(state__in=LIVE, period__endswith=None, bed__isnull=False)
        .exclude(state=State.RESERVED, expires_at__lte=now())
        .exclude(state=State.BLOCKED, reason=Block.CLEANING, claim__endswith__lte=now())
    )


def check_room(bed: Bed, person: Person) -> None:
    """A shared room holds one sex, by those who are in it or promised it; a couple's room does not ask."""
    if not room_fits(bed, person):
        raise RoomOfOtherSex(room=Room.objects.get(pk=bed.room_id).label)


def room_fits(bed: Bed, person: Person) -> bool:
    """Whether the person may share the bed's room; the room is locked until the command ends."""
    if bed.room_id is None or person.sex not in ("MALE", "FEMALE"):
        return True
    room = Room.objects.select_for_update(no_key=True).get(pk=bed.room_id)
    if room.couple:
        return True
    others = (
        Occupancy.objects.filter(bed__room=room, period__endswith=None)
        .filter(Q(state__in=[State.PRESENT, State.HELD]) | Q(state=State.RESERVED, expires_at__gt=now()))
        .exclude(person=person)
    )
    return not others.filter(person__sex__in=["MALE", "FEMALE"]).exclude(person__sex=person.sex).exists()
