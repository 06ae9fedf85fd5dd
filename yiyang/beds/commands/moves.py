"""The move itself: the bed, the handover, departure, arrival; and the emergency, which never waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.access.queries import naming
from yiyang.beds.commands import rows
from yiyang.beds.commands.episodes import (
    SomeoneElse,
    depart_others,
    leave_others_to,
    open_episode,
    place_waiting,
    return_to_held_bed,
)
from yiyang.beds.commands.home_beds import finish_set_up
from yiyang.beds.commands.transfers import (
    _locked,
    _note,
    _open_to,
    _touch,
    handling,
    move,
    withdraw_offers,
)
from yiyang.beds.models import Bed, Episode, Handover, Occupancy, Transfer
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.occupancy import Place, State
from yiyang.beds.models.transfers import OfferState
from yiyang.beds.rules.effects import Event, event_of_admission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotFound, Refusal

if TYPE_CHECKING:
    from yiyang.people.models import Person


class NoBedGiven(Refusal):
    message = _("No bed is reserved for this person any more. Ask the admission office to give one.")


class NoHeldBed(Refusal):
    message = _("No care bed is kept for this person. Offer the transfer to a unit instead.")


class UnknownTime(Refusal):
    message = _(
        "This step is not one of: 120 called, ambulance there, ambulance left, hospital named, handed over."
    )
    status = 422


class NotAnEmergency(Refusal):
    message = _("This is possible only in an emergency. Change the urgency first if it has become one.")


ONE_TAP_TIMES = {
    "called_120": "called_120_at",
    "ambulance_arrived": "ambulance_arrived_at",
    "ambulance_left": "ambulance_left_at",
    "hospital_named": "hospital_named_at",
    "handed_over": "handed_over_at",
}


@command(
    Permission.ALLOCATE_BED,
    within=lambda transfer, **_: transfer.to_unit_id,
    about=lambda transfer, **_: transfer.person_id,
)
def allocate_bed(
    *, by: Actor, at: datetime, transfer: Transfer, bed: Bed | None = None, version: int | None = None
) -> Transfer:
    """The admission office gives a bed to a person whom its doctor has accepted; without one named, any free.

    The reservation lapses if nobody arrives. Source: Jing'an implementation opinions 2024, II(II)2.
    """
    transfer = _locked(transfer, version)
    person = rows.living(transfer.person)
    move(transfer, "allocate", at=at, by=by)
    rows.release_reservation(transfer, at=at, by=by, why="CHANGED")
    if bed is not None:
        bed = rows.lock_beds([bed.pk])[bed.pk]
        if (
            bed.unit_id != transfer.to_unit_id
            or bed.kind != transfer.target_kind
            or bed.lane != transfer.target_lane
        ):
            raise SomeoneElse(unit=naming.unit_name(transfer.to_unit_id))
        row = _reserve(transfer, bed, person, at=at, by=by)
    else:
        row = _reserve_any(transfer, person, at=at, by=by)
    transfer.act_by = row.expires_at
    transfer.save(update_fields=["act_by"])
    record(
        "transfer.allocated",
        by=by,
        at=at,
        subject=transfer,
        person=person,
        unit=transfer.to_unit_id,
        bed=row.bed_id,
        from_unit=transfer.from_unit_id,
        expires_at=row.expires_at,
    )
    return transfer


@command(
    Permission.ANSWER_OFFER,
    within=lambda transfer, **_: _held_unit(transfer),
    about=lambda transfer, **_: transfer.person_id,
)
def take_back(
    *, by: Actor, at: datetime, transfer: Transfer, lacking: str = "", version: int | None = None
) -> Transfer:
    """The care home takes its resident back into the bed that it kept: no offer and no contract is needed.

    It may say what it lacks to care for the person as they are now.
    """
    transfer = _locked(transfer, version)
    held = _held_row(transfer)
    if held is None:
        raise NoHeldBed
    transfer.to_unit_id, transfer.is_return = held.unit_id, True
    move(transfer, "take_back", at=at, by=by, reason=lacking)
    _open_to(transfer, held.unit_id, "FULL", at=at, by=by)
    record(
        "transfer.taken_back",
        by=by,
        at=at,
        subject=transfer,
        person=transfer.person_id,
        unit=held.unit_id,
        lacking=lacking,
        from_unit=transfer.from_unit_id,
    )
    return transfer


@command(
    Permission.OFFER_TRANSFER,
    within=lambda by, transfer, **_: handling(by, transfer),
    about=lambda transfer, **_: transfer.person_id,
)
def look_elsewhere(
    *, by: Actor, at: datetime, transfer: Transfer, reason: str, version: int | None = None
) -> Transfer:
    """The unit that accepted cannot keep its word, or nobody answers: give back the bed and offer again."""
    transfer = _locked(transfer, version)
    move(transfer, "reopen", at=at, by=by, reason=reason)
    transfer.offers.filter(state=OfferState.ACCEPTED).update(state=OfferState.WITHDRAWN)
    withdraw_offers(transfer, at=at)
    rows.release_reservation(transfer, at=at, by=by, why="REOPENED")
    transfer.to_unit_id = None
    _touch(transfer)
    record("transfer.reopened", by=by, at=at, subject=transfer, person=transfer.person_id, reason=reason)
    return transfer


@command(
    Permission.HAND_OVER,
    within=lambda by, transfer, **_: handling(by, transfer),
    about=lambda transfer, **_: transfer.person_id,
)
def hand_over(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    condition: str,
    nursing_needs: str = "",
    medicines: str = "",
    allergies: str = "",
    belongings: str = "",
    transport: str = "",
    accompanied_by: str = "",
    version: int | None = None,
) -> Transfer:
    """The sending team tells the receiving one what it must know; it can be completed until departure."""
    transfer = _locked(transfer, version)
    move(transfer, "hand_over", at=at, by=by)
    told = {
        "condition": condition,
        "nursing_needs": nursing_needs,
        "medicines": medicines,
        "allergies": allergies,
        "belongings": belongings,
        "transport": transport[:40],
        "accompanied_by": accompanied_by[:120],
        "given_at": at,
        "given_by": by.label,
    }
    Handover.objects.update_or_create(transfer=transfer, defaults=told)
    record(
        "transfer.handed_over",
        by=by,
        at=at,
        subject=transfer,
        person=transfer.person_id,
        unit=transfer.to_unit_id,
    )
    return transfer


@command(
    Permission.ARRIVE_TRANSFER,
    within=lambda transfer, **_: transfer.to_unit_id,
    about=lambda transfer, **_: transfer.person_id,
)
def confirm_handover_read(*, by: Actor, at: datetime, transfer: Transfer) -> Handover:
    """The receiving team has read the handover before the person arrives."""
    handover = Handover.objects.select_for_update(no_key=True).filter(transfer=transfer).first()
    if handover is None:
        raise NotFound
    handover.read_at, handover.read_by = at, by.label
    handover.save()
    record(
        "transfer.handover_read",
        by=by,
        at=at,
        subject=transfer,
        person=transfer.person_id,
        from_unit=transfer.from_unit_id,
    )
    return handover


@command(
    Permission.DEPART_TRANSFER,
    within=lambda by, transfer, **_: handling(by, transfer),
    about=lambda transfer, **_: transfer.person_id,
)
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
    transfer = _locked(transfer, version)
    person = rows.living(transfer.person)
    transfer.departed_at = at
    if transfer.emergency and transfer.ambulance_left_at is None:
        transfer.ambulance_left_at = at
    move(transfer, "depart", at=at, by=by)
    depart_others(person, _event(transfer), at=at, by=by, keep_bed=transfer.keep_bed, earliest=earliest)
    record(
        "transfer.departed",
        by=by,
        at=at,
        subject=transfer,
        person=person,
        unit=transfer.to_unit_id,
        from_unit=transfer.from_unit_id,
        earliest=earliest,
    )
    return transfer


@command(
    Permission.ARRIVE_TRANSFER,
    within=lambda transfer, **_: transfer.to_unit_id,
    about=lambda transfer, **_: transfer.person_id,
)
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
    transfer = _locked(transfer, version)
    person = rows.living(transfer.person)
    held = _held_row(transfer) if transfer.is_return and bed is None and not _reservations(transfer) else None
    if held is not None:
        return_to_held_bed(by=by, at=at, episode=Episode.objects.get(pk=held.episode_id))
        leave_others_to(person, transfer.target_kind, transfer.target_lane, at=at, by=by, but=held.episode_id)
        place_waiting(person, transfer.target_kind, at=at, by=by)
    else:
        given = bed.pk if bed is not None else _given_bed(transfer)
        target = rows.lock_beds([given])[given]
        if (
            target.unit_id != transfer.to_unit_id
            or target.kind != transfer.target_kind
            or target.lane != transfer.target_lane
        ):
            raise SomeoneElse(unit=naming.unit_name(transfer.to_unit_id))
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
    record(
        "transfer.completed",
        by=by,
        at=at,
        subject=transfer,
        person=person,
        unit=transfer.to_unit_id,
        from_unit=transfer.from_unit_id,
    )
    return transfer


@command(
    Permission.DEPART_TRANSFER,
    within=lambda by, transfer, **_: handling(by, transfer),
    about=lambda transfer, **_: transfer.person_id,
)
def note_emergency_time(
    *, by: Actor, at: datetime, transfer: Transfer, what: str, hospital: str = "", version: int | None = None
) -> Transfer:
    """One tap: 120 called, ambulance there, ambulance left, hospital named, handed over."""
    if what not in ONE_TAP_TIMES:
        raise UnknownTime
    transfer = _locked(transfer, version)
    if not transfer.emergency:
        raise NotAnEmergency
    setattr(transfer, ONE_TAP_TIMES[what], at)
    if hospital:
        transfer.destination_outside = hospital[:160]
    _touch(transfer)
    _note(transfer, what, transfer.state, at=at, by=by, reason=hospital)
    record(
        f"emergency.{what}",
        by=by,
        at=at,
        subject=transfer,
        person=transfer.person_id,
        from_unit=transfer.from_unit_id,
    )
    return transfer


@command(
    Permission.DEPART_TRANSFER,
    within=lambda by, transfer, **_: handling(by, transfer),
    about=lambda transfer, **_: transfer.person_id,
)
def enter_emergency_room(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    hospital: str,
    unit_id: Any = None,
    version: int | None = None,
) -> Transfer:
    """The person is in an emergency room or under observation (急诊/留观): a place without a bed of ours."""
    transfer = _locked(transfer, version)
    person = rows.living(transfer.person)
    move(transfer, "enter_emergency_room", at=at, by=by, reason=hospital)
    depart_others(person, Event.WARD_ADMISSION, at=at, by=by)
    rows.stay_outside(
        person,
        at=at,
        place=Place.EMERGENCY_ROOM,
        place_name=hospital[:120],
        unit_id=unit_id,
        transfer=transfer,
        by=by,
    )
    transfer.destination_outside = hospital[:160]
    _touch(transfer)
    if unit_id:
        _open_to(transfer, unit_id, "FULL", at=at, by=by)
    record("transfer.in_emergency_room", by=by, at=at, subject=transfer, person=person, unit=unit_id)
    return transfer


@command(
    Permission.DEPART_TRANSFER,
    within=lambda by, transfer, **_: handling(by, transfer),
    about=lambda transfer, **_: transfer.person_id,
)
def move_on(
    *, by: Actor, at: datetime, transfer: Transfer, hospital: str, version: int | None = None
) -> Transfer:
    """From one emergency room on to another hospital."""
    transfer = _locked(transfer, version)
    move(transfer, "move_on", at=at, by=by, reason=hospital)
    _leave_outside(transfer, at=at, by=by)
    transfer.destination_outside = hospital[:160]
    _touch(transfer)
    record("transfer.moved_on", by=by, at=at, subject=transfer, person=transfer.person_id)
    return transfer


@command(
    Permission.DEPART_TRANSFER,
    within=lambda by, transfer, **_: handling(by, transfer),
    about=lambda transfer, **_: transfer.person_id,
)
def send_back(
    *, by: Actor, at: datetime, transfer: Transfer, note: str = "", version: int | None = None
) -> Transfer:
    """Back the same night without admission: the held bed is theirs again, what was suspended goes on."""
    transfer = _locked(transfer, version)
    person = rows.living(transfer.person)
    move(transfer, "send_back", at=at, by=by, reason=note)
    _leave_outside(transfer, at=at, by=by)
    from yiyang.beds.commands.episodes import come_home

    come_home(person, at=at, by=by)
    transfer.arrived_at = at
    _touch(transfer)
    record(
        "transfer.sent_back", by=by, at=at, subject=transfer, person=person, from_unit=transfer.from_unit_id
    )
    return transfer


@command(
    Permission.DEPART_TRANSFER,
    within=lambda by, transfer, **_: handling(by, transfer),
    about=lambda transfer, **_: transfer.person_id,
)
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
    transfer = _locked(transfer, version)
    person = rows.living(transfer.person)
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
    _touch(transfer)
    record(
        "transfer.completed",
        by=by,
        at=at,
        subject=transfer,
        person=person,
        outside=True,
        from_unit=transfer.from_unit_id,
    )
    return transfer


@command(
    Permission.DEPART_TRANSFER,
    within=lambda by, transfer, **_: handling(by, transfer),
    about=lambda transfer, **_: transfer.person_id,
)
def fail_transfer(
    *, by: Actor, at: datetime, transfer: Transfer, reason: str, version: int | None = None
) -> Transfer:
    """The move came to nothing on the way; the person is where the sender says: back in the held bed, or home."""
    transfer = _locked(transfer, version)
    person = rows.living(transfer.person)
    move(transfer, "fail", at=at, by=by, reason=reason)
    _leave_outside(transfer, at=at, by=by)
    from yiyang.beds.commands.episodes import come_home

    come_home(person, at=at, by=by)
    record("transfer.failed", by=by, at=at, subject=transfer, person=person, reason=reason)
    return transfer


def _reserve(transfer: Transfer, bed: Bed, person: Person, *, at: datetime, by: Actor) -> Occupancy:
    hours = policy(f"beds.reservation_hours.{transfer.urgency}", on=at.date()).value
    claim_from = max(transfer.wanted_from, at)
    until = transfer.expected_until
    return rows.reserve(
        bed,
        person,
        transfer=transfer,
        at=at,
        claim_from=claim_from,
        until=until if until and until > claim_from else None,
        expires_at=claim_from + timedelta(hours=hours),
        by=by,
    )


def _reserve_any(transfer: Transfer, person: Person, *, at: datetime, by: Actor) -> Occupancy:
    """Any free bed of the unit: beds that another command holds locked are passed over, not waited for."""
    bed = rows.lock_any_free_bed(
        person,
        unit_id=transfer.to_unit_id,
        kind=transfer.target_kind,
        lane=transfer.target_lane,
        needs=transfer.needs,
    )
    return _reserve(transfer, bed, person, at=at, by=by)


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


def _held_row(transfer: Transfer) -> Occupancy | None:
    return (
        Occupancy.objects.filter(
            person_id=transfer.person_id,
            state=State.HELD,
            period__endswith=None,
            episode__kind=transfer.target_kind,
            episode__lane=Lane.RESIDENCE,
        )
        .select_related("unit")
        .first()
    )


def _held_unit(transfer: Transfer) -> Any:
    row = _held_row(transfer)
    if row is None:
        raise NoHeldBed
    return row.unit_id


def _event(transfer: Transfer) -> Event:
    return event_of_admission(transfer.target_kind, transfer.target_lane)


def _leave_outside(transfer: Transfer, *, at: datetime, by: Actor) -> None:
    for row in rows.open_rows(person_id=transfer.person_id, state=State.PRESENT, bed=None):
        rows.end(row, at=at, by=by, why="LEFT")
