"""Inventory: wards, rooms, beds; opening, closing, blocking them; a bed changes kind by a dated command."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.access.queries import approved_beds, naming
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.admissions import check_licence
from yiyang.beds.models import Bed, Occupancy, Room, Ward
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.occupancy import LIVE, Block, State
from yiyang.beds.rules.green_channel import default_lane
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal, refuses


class KindNotRunHere(Refusal):
    message = _("A {organisation} does not run {kind} beds: {allowed}. See the policy pack.")
    status = 422


class LicenceExhausted(Refusal):
    message = _(
        "The licence of {unit} approves {approved} beds of this kind and {open} are open. Open it as an extra bed, or change the licence."
    )


class LabelTaken(Refusal):
    message = _("A bed {label} is open in this unit already. Choose another label.")


class BedInUse(Refusal):
    message = _("Somebody is in this bed, or it is promised. Move them first, then close or change the bed.")


class RoomOfAnotherUnit(Refusal):
    message = _("Room {room} is not a room of {unit}. Choose one of its own rooms.")
    status = 422


class LaneDoesNotFit(Refusal):
    message = _(
        "A home medical bed stands at the person's home, not in a room, and only home medical and palliative"
        " beds come to the person. Choose another kind, or leave the room empty."
    )
    status = 422


class NotABlock(Refusal):
    message = _("A bed is blocked for cleaning, maintenance or closure. Choose one of these.")
    status = 422


class NotBlocked(Refusal):
    message = _("This bed is not blocked, so there is nothing to release.")


@refuses("bed_label_once_per_unit")
def _label_taken(given: dict[str, object]) -> Refusal:
    return LabelTaken(label=given.get("label", ""))


@refuses("ward_name_once_per_unit")
def _ward_taken(given: dict[str, object]) -> Refusal:
    return LabelTaken(label=given.get("name", ""))


@refuses("room_label_once_per_ward")
def _room_taken(given: dict[str, object]) -> Refusal:
    return LabelTaken(label=given.get("label", ""))


@refuses("bed_lane_fits_kind")
def _lane_does_not_fit(given: dict[str, object]) -> Refusal:
    return LaneDoesNotFit()


@refuses("bed_closes_after_it_opens")
def _closed_before_open(given: dict[str, object]) -> Refusal:
    bed = given.get("bed")
    return rows.EndsBeforeItBegins(
        since=bed.opened_at if isinstance(bed, Bed) else None, until=given.get("at")
    )


@command(Permission.MANAGE_BEDS, within="unit_id")
def add_ward(*, by: Actor, at: datetime, unit_id: UUID, name: str, floor: str = "") -> Ward:
    """Add a ward or floor to a unit."""
    ward = Ward.objects.create(unit_id=unit_id, name=name.strip(), floor=floor.strip())
    record("ward.added", by=by, at=at, subject=ward, unit=unit_id)
    return ward


@command(Permission.MANAGE_BEDS, within="ward.unit_id")
def add_room(*, by: Actor, at: datetime, ward: Ward, label: str, couple: bool = False) -> Room:
    """Add a room to a ward."""
    room = Room.objects.create(ward=ward, label=label.strip(), couple=couple)
    record("room.added", by=by, at=at, subject=room, unit=ward.unit_id)
    return room


@command(Permission.MANAGE_BEDS, within="unit_id")
def open_bed(
    *,
    by: Actor,
    at: datetime,
    unit_id: UUID,
    kind: str,
    label: str,
    room: Room | None = None,
    lane: str | None = None,
    features: Iterable[str] = (),
    extra: bool = False,
) -> Bed:
    """Put a bed into service. Beds beyond the licence are extra beds (加床), shown apart."""
    if room is not None and room.ward.unit_id != unit_id:
        raise RoomOfAnotherUnit(room=room.label, unit=naming.unit_name(unit_id))
    _check_runs(unit_id, kind, at)
    check_licence(unit_id, kind, at)
    if not extra:
        _check_approved(unit_id, kind, at)
    bed = Bed.objects.create(
        unit_id=unit_id,
        room=room,
        kind=kind,
        lane=lane or (Lane.RESIDENCE if room else default_lane(kind)),
        label=label.strip(),
        features=list(features),
        extra=extra,
        opened_at=at,
    )
    record("bed.opened", by=by, at=at, subject=bed, unit=unit_id, kind=kind)
    return bed


@command(Permission.MANAGE_BEDS, within="bed.unit_id")
def close_bed(*, by: Actor, at: datetime, bed: Bed, reason: str = "") -> Bed:
    """Take a bed out of service for good. Refused while somebody is in it or it is promised."""
    bed = _unused(bed, at, by)
    bed.closed_at = at
    _touch(bed)
    record("bed.closed", by=by, at=at, subject=bed, unit=bed.unit_id, reason=reason)
    return bed


@command(Permission.MANAGE_BEDS, within="bed.unit_id")
def change_bed_kind(*, by: Actor, at: datetime, bed: Bed, kind: str, reason: str = "") -> Bed:
    """From `at` on the place is a bed of another kind: the old bed is closed and its successor opened."""
    bed = _unused(bed, at, by)
    bed.closed_at = at
    _touch(bed)
    successor = open_bed(
        by=by,
        at=at,
        unit_id=bed.unit_id,
        kind=kind,
        label=bed.label,
        room=bed.room,
        features=bed.features,
        extra=bed.extra,
    )
    Bed.objects.filter(pk=successor.pk).update(successor_of=bed)
    record(
        "bed.kind_changed",
        by=by,
        at=at,
        subject=successor,
        unit=bed.unit_id,
        old=bed.kind,
        new=kind,
        reason=reason,
    )
    return successor


@command(Permission.MANAGE_BEDS, within="bed.unit_id")
def block_bed(*, by: Actor, at: datetime, bed: Bed, reason: str, until: datetime | None = None) -> Occupancy:
    """Nobody may use the bed for a while: maintenance, closure, cleaning."""
    if reason not in (Block.CLEANING, Block.MAINTENANCE, Block.CLOSED):
        raise NotABlock
    if until is not None and until <= at:
        raise rows.EndsBeforeItBegins(since=at, until=until, field="until")
    bed = locks.bed(bed.pk)
    rows.make_takeable(bed, by)
    row = rows.block(bed, at=at, until=until, reason=reason, by=by)
    _touch(bed)
    record("bed.blocked", by=by, at=at, subject=bed, unit=bed.unit_id, reason=reason, until=until)
    return row


@command(Permission.MANAGE_BEDS, within="bed.unit_id")
def release_bed(*, by: Actor, at: datetime, bed: Bed) -> Bed:
    """The bed is clean, mended or open again."""
    bed = locks.bed(bed.pk)
    row = rows.live_row(bed)
    if row is None or row.state != State.BLOCKED or row.reason == Block.WHOLE_ROOM:
        raise NotBlocked
    rows.end(row, at=at, by=by, why="RELEASED")
    _touch(bed)
    record("bed.released", by=by, at=at, subject=bed, unit=bed.unit_id, reason=row.reason)
    return bed


@command(Permission.MANAGE_BEDS, within="ward.unit_id")
def close_ward_to_offers(*, by: Actor, at: datetime, ward: Ward, closed: bool, reason: str = "") -> Ward:
    """During an outbreak a ward takes nobody new; returns decided by its doctor go on."""
    ward.closed_to_offers = closed
    ward.save(update_fields=["closed_to_offers"])
    record(
        "ward.closed_to_offers" if closed else "ward.opened_to_offers",
        by=by,
        at=at,
        subject=ward,
        unit=ward.unit_id,
        reason=reason,
    )
    return ward


def _touch(bed: Bed) -> None:
    bed.version += 1
    bed.save()


def _unused(bed: Bed, at: datetime, by: Actor) -> Bed:
    bed = locks.bed(bed.pk)
    rows.make_takeable(bed, by)
    later = Q(period__endswith=None) | Q(period__endswith__gt=at, person__isnull=False)
    for row in Occupancy.objects.filter(later, bed=bed, state__in=LIVE):
        if row.state != State.BLOCKED:
            raise BedInUse
        rows.end(row, at=at, by=by, why="BED_CLOSED")
    return bed


def _check_runs(unit_id: UUID, kind: str, at: datetime) -> None:
    runs = policy(f"beds.runs.{kind}", on=at.date()).value
    organisation = naming.organisation_kind(unit_id)
    if organisation not in runs:
        raise KindNotRunHere(organisation=organisation, kind=BedKind(kind).label, allowed=", ".join(runs))


def _check_approved(unit_id: UUID, kind: str, at: datetime) -> None:
    locks.take_turns("licence", unit_id, kind)
    approved = approved_beds(unit_id, kind, at)
    in_service = Bed.objects.filter(unit_id=unit_id, kind=kind, closed_at=None, extra=False).count()
    if approved is not None and in_service >= approved:
        raise LicenceExhausted(unit=naming.unit_name(unit_id), approved=approved, open=in_service)
