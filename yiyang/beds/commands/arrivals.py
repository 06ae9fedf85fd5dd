"""Departure and arrival, in the network and outside; and the move that came to nothing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.beds.commands import bed_choice, locks, rows
from yiyang.beds.commands.admissions import open_episode
from yiyang.beds.commands.allocations import held_for
from yiyang.beds.commands.effects import come_home, depart_others, leave_others_to
from yiyang.beds.commands.holds import return_to_held_bed
from yiyang.beds.commands.home_beds import finish_set_up
from yiyang.beds.commands.steps import handling, move, touch
from yiyang.beds.commands.waiting import place_waiting
from yiyang.beds.models import Bed, Episode, Occupancy, Transfer
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.occupancy import Place, State
from yiyang.beds.rules.effects import event_of_admission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import Refusal


class NoBedGiven(Refusal):
    message = _("No bed is reserved for this person any more. Ask the admission office to give one.")


@command(Permission.DEPART_TRANSFER, within=handling, about="transfer.person_id")
def depart(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    earliest: datetime | None = None,
    version: int | None = None,
) -> Transfer:
    """The person leaves. From here on they are nowhere until somebody confirms the arrival.

    A care bed is held, a ward bed is freed, a home medical bed is suspended. An emergency departs at once,
    without any acceptance, to a destination that may still be unknown.
    """
    transfer = locks.transfer(transfer, version)
    person = locks.living(transfer.person)
    transfer.departed_at = at
    if transfer.emergency and transfer.ambulance_left_at is None:
        transfer.ambulance_left_at = at
    move(transfer, "depart", at=at, by=by)
    leaving = event_of_admission(transfer.target_kind, transfer.target_lane)
    depart_others(person, leaving, at=at, by=by, keep_bed=transfer.keep_bed, earliest=earliest)
    record_of(
        transfer,
        "transfer.departed",
        by=by,
        at=at,
        unit=transfer.to_unit_id,
        from_unit=transfer.from_unit_id,
        earliest=earliest,
    )
    return transfer


@command(Permission.ARRIVE_TRANSFER, within="transfer.to_unit_id", about="transfer.person_id")
def arrive(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    bed: Bed | None = None,
    responsible: str = "",
    version: int | None = None,
) -> Transfer:
    """The person is in the bed. The old bed's fate follows the table of effects; the transfer is complete.

    After the reservation has lapsed the person is still let in as long as the bed is free.
    """
    transfer = locks.transfer(transfer, version)
    person = locks.living(transfer.person)
    held = held_for(transfer) if transfer.is_return and bed is None and not _reservations(transfer) else None
    if held is not None:
        return_to_held_bed(by=by, at=at, episode=Episode.objects.get(pk=held.episode_id))
        leave_others_to(person, transfer.target_kind, transfer.target_lane, at=at, by=by, but=held.episode_id)
        place_waiting(person, transfer.target_kind, at=at, by=by)
    else:
        target = locks.bed(bed.pk if bed is not None else _given_bed(transfer))
        bed_choice.check_promise(transfer, target)
        rows.release_reservation(transfer, at=at, by=by, why="USED")
        episode = open_episode(
            person,
            target,
            at=at,
            by=by,
            reason=transfer.reason,
            responsible=responsible,
            expected_until=transfer.expected_until,
            transfer=transfer,
        )
        if target.kind == BedKind.HOME_MEDICAL:
            finish_set_up(transfer, episode)
    transfer.arrived_at = at
    move(transfer, "arrive", at=at, by=by)
    record_of(
        transfer,
        "transfer.completed",
        by=by,
        at=at,
        unit=transfer.to_unit_id,
        from_unit=transfer.from_unit_id,
    )
    return transfer


@command(Permission.DEPART_TRANSFER, within=handling, about="transfer.person_id")
def arrive_outside(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    place_name: str,
    care: bool = False,
    version: int | None = None,
) -> Transfer:
    """Arrival at a destination outside the network: recorded, without a bed of ours."""
    transfer = locks.transfer(transfer, version)
    person = locks.living(transfer.person)
    if transfer.target_lane == Lane.RESIDENCE:
        leave_others_to(
            person, BedKind.INSTITUTION if care else BedKind.HOSPITAL, Lane.RESIDENCE, at=at, by=by
        )
        rows.stay_outside(
            person,
            at=at,
            place=Place.OUTSIDE_CARE if care else Place.OUTSIDE_HOSPITAL,
            place_name=place_name[:120],
            unit_id=None,
            transfer=transfer,
            by=by,
        )
    move(transfer, "arrive", at=at, by=by, reason=place_name)
    transfer.arrived_at, transfer.destination_outside = at, place_name[:160]
    touch(transfer)
    record_of(transfer, "transfer.completed", by=by, at=at, outside=True, from_unit=transfer.from_unit_id)
    return transfer


@command(Permission.DEPART_TRANSFER, within=handling, about="transfer.person_id")
def fail_transfer(
    *, by: Actor, at: datetime, transfer: Transfer, reason: str, version: int | None = None
) -> Transfer:
    """The move came to nothing on the way; the person is where the sender says: back in the held bed, or home."""
    transfer = locks.transfer(transfer, version)
    person = locks.living(transfer.person)
    move(transfer, "fail", at=at, by=by, reason=reason)
    leave_outside(transfer, at=at, by=by)
    come_home(person, at=at, by=by)
    record_of(transfer, "transfer.failed", by=by, at=at, reason=reason)
    return transfer


def _given_bed(transfer: Transfer) -> UUID:
    """The bed reserved for the transfer; one whose reservation lapsed serves as long as it is free."""
    row = (
        Occupancy.objects.filter(transfer=transfer, person_id=transfer.person_id)
        .filter(state__in=[State.RESERVED, State.RELEASED])
        .exclude(end_reason__in=["CHANGED", "REOPENED", "SUSPENDED", "CANCELLED"])
        .order_by("-recorded_at")
        .first()
    )
    if row is None or row.bed_id is None:
        raise NoBedGiven
    return row.bed_id


def _reservations(transfer: Transfer) -> bool:
    return Occupancy.objects.filter(transfer=transfer, state=State.RESERVED).exists()


def leave_outside(transfer: Transfer, *, at: datetime, by: Actor) -> None:
    for row in rows.open_rows(person_id=transfer.person_id, state=State.PRESENT, bed=None):
        rows.end(row, at=at, by=by, why="LEFT")
