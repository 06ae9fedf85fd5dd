"""The one place that writes occupancy rows. Called inside commands, under the locks that they hold.

Locks are taken in one order everywhere: person, transfer, rooms and beds by id.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange, NumericRange
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.beds.models import Bed, Episode, Occupancy, Room, Transfer
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.occupancy import LIVE, REAL, Block, Place, State
from yiyang.beds.rules.effects import OUTSIDE, part
from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotFound, Refusal, Stale
from yiyang.kernel.time import now
from yiyang.people import queries as persons

if TYPE_CHECKING:
    from yiyang.people.models import Person


class PersonIsDead(Refusal):
    message = _("{name} died on {died_at}. Nothing more can be arranged; see the record.")


class BedOutOfService(Refusal):
    message = _("This bed has been taken out of service. Choose another bed.")


class RoomOfOtherSex(Refusal):
    message = _(
        "Room {room} is shared with someone of the other sex and is not a couple's room. Choose another bed."
    )


class EndsBeforeItBegins(Refusal):
    message = _("The end {until} lies before the beginning {since}. Correct one of them.")
    status = 422


class BeforeItBegan(Refusal):
    message = _(
        "{at} lies before {since}, when this began. Enter a later time, or correct the earlier entry."
    )
    status = 422


class BedsMatchNothing(Refusal):
    message = _("None of these beds is free. Choose another unit, or join the waiting list.")


class PersonHasOtherRecord(Refusal):
    message = _(
        "This record was merged into another. Open the record that it was merged into, and go on there."
    )


# Two hands that act at once read the clock before they wait for each other.
SKEW = timedelta(minutes=1)
SHORTEST = timedelta(microseconds=1)


def lock_person(person_id: UUID, *, alive: bool = True) -> Person:
    """The person's row, locked: no two commands move one person at once."""
    person = persons.lock_person(person_id)
    if person is None:
        raise NotFound
    return living(person) if alive else person


def living(person: Person) -> Person:
    """The person, of whom something can still be arranged; for one who is locked already."""
    if person.died_at is not None:
        raise PersonIsDead(name=person.full_name, died_at=person.died_at)
    if person.merged_into_id is not None:
        raise PersonHasOtherRecord
    return person


def lock_transfer(transfer: Transfer) -> Transfer:
    """The transfer with its person locked first; both as they are now. A transfer never changes its person."""
    person = lock_person(transfer.person_id, alive=False)
    locked = Transfer.objects.select_for_update(no_key=True).filter(pk=transfer.pk).first()
    if locked is None:
        raise NotFound
    locked.person = person
    return locked


def lock_episode(episode_id: UUID) -> Episode:
    """The episode with its person locked first."""
    person_id = Episode.objects.values_list("person_id", flat=True).filter(pk=episode_id).first()
    if person_id is None:
        raise NotFound
    lock_person(person_id, alive=False)
    return Episode.objects.select_for_update(no_key=True).get(pk=episode_id)


def lock_beds(bed_ids: Iterable[UUID]) -> dict[UUID, Bed]:
    """Beds, and the rooms they stand in, locked in the order of their ids."""
    wanted = sorted(set(bed_ids))
    rooms = Bed.objects.filter(pk__in=wanted, room__isnull=False).values("room_id")
    list(Room.objects.select_for_update(no_key=True).filter(pk__in=rooms).order_by("pk"))
    beds = {
        bed.pk: bed for bed in Bed.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    }
    if len(beds) != len(wanted):
        raise NotFound
    return beds


def take_turns(*over: object) -> None:
    """One command at a time counts what must stay below a limit: a licence's beds, a contract's quota."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [":".join(str(one) for one in over)]
        )


def lock_any_free_bed(
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


def check_version(held: Any, version: int | None) -> None:
    """Refuse to act on a page that someone else has overtaken."""
    if version is not None and held.version != version:
        raise Stale


def open_rows(**of: Any) -> list[Occupancy]:
    """The live rows of a person, bed or episode, oldest first."""
    return list(
        Occupancy.objects.filter(state__in=LIVE, period__endswith=None, **of).order_by("recorded_at", "pk")
    )


def live_row(bed: Bed) -> Occupancy | None:
    """Who or what really takes up the bed now; reservations do not."""
    return Occupancy.objects.filter(bed=bed, state__in=REAL, period__endswith=None).first()


def make_takeable(bed: Bed, by: Actor) -> None:
    """End what is over by itself: expired reservations and cleaning that is due to be done."""
    if bed.closed_at is not None:
        raise BedOutOfService
    at = now()
    for row in Occupancy.objects.filter(
        bed=bed, state__in=[State.RESERVED, State.BLOCKED], period__endswith=None
    ):
        if row.state == State.RESERVED and row.expires_at and row.expires_at <= at:
            release(row, at=at, by=by, why="EXPIRED")
        elif row.reason == Block.CLEANING and row.claim.upper and row.claim.upper <= at:
            end(row, at=max(row.claim.upper, row.period.lower), by=by, why="CLEAN")


def reserve(
    bed: Bed,
    person: Person,
    *,
    transfer: Transfer | None,
    at: datetime,
    claim_from: datetime,
    until: datetime | None,
    expires_at: datetime,
    by: Actor,
) -> Occupancy:
    """Promise a bed for a stay. The claim is the stay; the reservation lapses at `expires_at` if nobody comes."""
    make_takeable(bed, by)
    claim_from = max(claim_from, at)
    if until is not None and until <= claim_from:
        raise EndsBeforeItBegins(since=claim_from, until=until)
    check_room(bed, person)
    return _open(
        state=State.RESERVED,
        bed=bed,
        unit_id=bed.unit_id,
        person=person,
        transfer=transfer,
        claim=DateTimeTZRange(claim_from, until),
        period=DateTimeTZRange(at, None),
        part=_part(bed),
        expires_at=expires_at,
        opened_by=by.label,
    )


def occupy(
    bed: Bed,
    person: Person,
    episode: Episode,
    *,
    at: datetime,
    until: datetime | None = None,
    transfer: Transfer | None = None,
    by: Actor,
    reason: str = "",
) -> Occupancy:
    """The person is in the bed from `at`; expected until `until`."""
    make_takeable(bed, by)
    if until is not None and until <= at:
        until = None
    check_room(bed, person)
    return _open(
        state=State.PRESENT,
        bed=bed,
        unit_id=bed.unit_id,
        person=person,
        episode=episode,
        transfer=transfer,
        reason=reason,
        claim=DateTimeTZRange(at, until),
        period=DateTimeTZRange(at, None),
        part=_part(bed),
        opened_by=by.label,
    )


def stay_outside(
    person: Person,
    *,
    at: datetime,
    place: str,
    place_name: str,
    unit_id: UUID | None,
    transfer: Transfer | None,
    by: Actor,
) -> Occupancy:
    """The person is somewhere without a bed of ours: an emergency room, a hospital outside the network.

    A care place outside takes up what a care bed does: a service that comes to the person goes on there.
    """
    return _open(
        state=State.PRESENT,
        unit_id=unit_id,
        person=person,
        transfer=transfer,
        reason=place,
        place_name=place_name,
        claim=DateTimeTZRange(at, None),
        period=DateTimeTZRange(at, None),
        part=NumericRange(
            *(part(BedKind.INSTITUTION, Lane.RESIDENCE) if place == Place.OUTSIDE_CARE else OUTSIDE)
        ),
        opened_by=by.label,
    )


def hold(
    row: Occupancy, *, at: datetime, reason: str, until: datetime, by: Actor, earliest: datetime | None = None
) -> Occupancy:
    """Keep the bed for somebody who is elsewhere. It stays theirs until somebody decides otherwise."""
    claim = _carry_claim(row, at)
    at = end(row, at=at, by=by, why=f"AWAY_{reason}", earliest=earliest)
    return _open(
        state=State.HELD,
        bed_id=row.bed_id,
        unit_id=row.unit_id,
        person_id=row.person_id,
        episode_id=row.episode_id,
        reason=reason,
        claim=claim,
        period=DateTimeTZRange(at, None),
        part=row.part,
        held_until=until,
        fee_rule=str(policy("beds.hold_fee_rule", on=at.date()).value),
        opened_by=by.label,
    )


def resume(row: Occupancy, *, at: datetime, by: Actor) -> Occupancy:
    """The person is back in the bed that was held."""
    claim = _carry_claim(row, at)
    at = end(row, at=at, by=by, why="RETURNED")
    return _open(
        state=State.PRESENT,
        bed_id=row.bed_id,
        unit_id=row.unit_id,
        person_id=row.person_id,
        episode_id=row.episode_id,
        claim=claim,
        period=DateTimeTZRange(at, None),
        part=row.part,
        opened_by=by.label,
    )


def vacate(
    row: Occupancy, *, at: datetime, by: Actor, why: str, earliest: datetime | None = None
) -> datetime:
    """The bed is left. It is cleaned before the next one, unless the next one is already promised it.

    Returns the instant from which it is free.
    """
    bed = lock_beds([row.bed_id])[row.bed_id] if row.bed_id is not None else None
    at = end(row, at=at, by=by, why=why, earliest=earliest)
    if row.episode_id is not None:
        open_up_room(row.episode_id, at=at, by=by)
    if bed is None or row.state == State.VOID:
        return at
    minutes = policy(f"beds.cleaning_minutes.{bed.kind}", on=at.date()).value
    clean_at = at + timedelta(minutes=minutes)
    promised = (
        Occupancy.objects.filter(bed=bed, state=State.RESERVED, claim__startswith__lt=clean_at)
        .values_list("claim", flat=True)
        .order_by("claim")
        .first()
    )
    if promised is not None:
        clean_at = min(clean_at, promised.lower)
    if clean_at > max(at, now()):
        block(bed, at=at, until=clean_at, reason=Block.CLEANING, by=by)
    return at


def block(
    bed: Bed, *, at: datetime, until: datetime | None, reason: str, by: Actor, episode: Episode | None = None
) -> Occupancy:
    """Nobody may use the bed: cleaning, maintenance, closure, or a room taken as a whole."""
    return _open(
        state=State.BLOCKED,
        bed=bed,
        unit_id=bed.unit_id,
        episode=episode,
        reason=reason,
        claim=DateTimeTZRange(at, until),
        period=DateTimeTZRange(at, None),
        part=_part(bed),
        opened_by=by.label,
    )


def end(row: Occupancy, *, at: datetime, by: Actor, why: str, earliest: datetime | None = None) -> datetime:
    """Close a row at the instant when it really ended, and return that. What lasted no time was never so: VOID.

    Nobody leaves before having come: an earlier instant is refused, but for the skew of two hands at once.
    """
    if row.person_id is not None and at < row.period.lower - SKEW:
        raise BeforeItBegan(at=at, since=row.period.lower, field="at")
    at = max(at, row.period.lower)
    row.closed_by = by.label
    row.end_reason = why[:60]
    row.ended_earliest = earliest
    if at <= row.period.lower:
        row.state = State.VOID
    else:
        claimed_until = row.claim.upper if row.claim.upper and row.claim.upper < at else at
        if claimed_until > row.claim.lower:
            row.claim = DateTimeTZRange(row.claim.lower, claimed_until)
        row.period = DateTimeTZRange(row.period.lower, at)
    row.save()
    return at


def _carry_claim(row: Occupancy, at: datetime) -> DateTimeTZRange:
    """The promise that goes on when a row is closed and the next one opened for the same person and bed.

    Somebody else may be promised the bed from the end of it. Where it has run out (the occupant overstays), the
    next row takes over its second half, so that it claims nothing that was not claimed before.
    """
    since, until = row.claim.lower, row.claim.upper
    at = max(at, row.period.lower)
    if until is None or until > at:
        return DateTimeTZRange(at, until)
    middle = since + (until - since) / 2
    if not since < middle < until:
        return DateTimeTZRange(at, None)
    row.claim = DateTimeTZRange(since, middle)
    return DateTimeTZRange(middle, until)


def release(row: Occupancy, *, at: datetime, by: Actor, why: str) -> None:
    """End a reservation: used, expired or cancelled."""
    row.state = State.RELEASED
    row.end_reason = why
    row.closed_by = by.label
    row.period = DateTimeTZRange(row.period.lower, max(at, row.period.lower + timedelta(microseconds=1)))
    row.save()


def release_reservation(transfer: Transfer, *, at: datetime, by: Actor, why: str) -> None:
    """End the transfer's live reservation, if it has one."""
    for row in Occupancy.objects.filter(transfer=transfer, state=State.RESERVED):
        release(row, at=at, by=by, why=why)


def void(row: Occupancy, *, by: Actor, why: str) -> None:
    """The row should never have been: it leaves the constraints and stays readable."""
    row.state = State.VOID
    row.end_reason = why[:60]
    row.closed_by = by.label
    row.save(update_fields=["state", "end_reason", "closed_by"])


def rewrite(
    row: Occupancy, *, state: str, since: datetime, until: datetime | None, by: Actor, why: str
) -> Occupancy:
    """A corrected row in the place of one that became VOID; the old one stays linked and readable."""
    if until is not None and until <= since:
        raise EndsBeforeItBegins(since=since, until=until)
    promised = row.claim.upper if until is None else until
    claim = DateTimeTZRange(since, promised) if promised is None or promised > since else row.claim
    return _open(
        state=state,
        bed_id=row.bed_id,
        unit_id=row.unit_id,
        person_id=row.person_id,
        episode_id=row.episode_id,
        transfer_id=row.transfer_id,
        reason=row.reason,
        place_name=row.place_name,
        claim=claim,
        period=DateTimeTZRange(since, until),
        part=row.part,
        held_until=row.held_until,
        fee_rule=row.fee_rule,
        end_reason=why if until else "",
        closed_by=by.label if until else "",
        supersedes=row,
        opened_by=by.label,
    )


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


def open_up_room(episode_id: UUID, *, at: datetime, by: Actor) -> None:
    """The other beds of a room that this stay had taken as a whole are free again."""
    for row in open_rows(episode_id=episode_id, state=State.BLOCKED, reason=Block.WHOLE_ROOM):
        end(row, at=at, by=by, why="ROOM_FREE")


def _part(bed: Bed) -> NumericRange:
    return NumericRange(*part(bed.kind, bed.lane))


def _open(**columns: Any) -> Occupancy:
    return Occupancy.objects.create(recorded_at=now(), **columns)
