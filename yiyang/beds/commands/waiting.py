"""The waiting list: joining, channels, offers of a place, giving up."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.bed_choice import SomeoneElse
from yiyang.beds.models import Bed, Occupancy, Transfer, WaitingEntry
from yiyang.beds.models.occupancy import State
from yiyang.beds.models.waiting import Channel, WaitingState
from yiyang.beds.rules.green_channel import has_priority
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.kernel.time import minutes_late

if TYPE_CHECKING:
    from yiyang.people.models import Person


class AlreadyWaiting(Refusal):
    message = _("{name} is already waiting for a bed of this kind. Open that entry instead.")


class NotWaiting(Refusal):
    message = _("This entry has ended: {state}. Enter the person again if they want to wait.")


class ChannelNeedsReason(Refusal):
    message = _("A special or priority place needs a reason and the name of who approved it.")
    status = 422


class NotTheFirst(Refusal):
    message = _(
        "{name} is before this person in the order. Offer the bed to the first, or write down why not."
    )


@refuses("waiting_once_per_kind")
def _waiting(given: dict[str, Any]) -> Refusal:
    person = given.get("person")
    return AlreadyWaiting(name=person.full_name if person else _("This person"))


@command(Permission.MANAGE_WAITING_LIST, within="by.organisation_id", about="person.pk")
def join_waiting_list(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    kind: str,
    list_owner: UUID,
    transfer: Transfer | None = None,
    wanted_unit: UUID | None = None,
    channel: str = Channel.ORDINARY,
    channel_reason: str = "",
    channel_approved_by: str = "",
) -> WaitingEntry:
    """Enter a person in the district's waiting list for a kind of bed.

    A transfer under one of the four green-channel triggers waits in the priority channel.
    Source: Jing'an implementation opinions 2024, bed transfer ("with priority").
    """
    person = locks.person(person.pk)
    if transfer is not None and has_priority(transfer.trigger) and channel == Channel.ORDINARY:
        channel, channel_reason = Channel.PRIORITY, str(transfer.get_trigger_display())
        channel_approved_by = channel_approved_by or by.label
    if channel != Channel.ORDINARY and not (channel_reason and channel_approved_by):
        raise ChannelNeedsReason
    entry = WaitingEntry.objects.create(
        person=person,
        kind=kind,
        transfer=transfer,
        wanted_unit_id=wanted_unit,
        list_owner_id=list_owner,
        requested_unit_id=by.organisation_id,
        channel=channel,
        channel_reason=channel_reason[:200],
        channel_approved_by=channel_approved_by[:120],
        joined_at=at,
    )
    record("waiting.joined", by=by, at=at, subject=entry, person=person, kind=kind, channel=channel)
    return entry


@command(Permission.MANAGE_WAITING_LIST, within="entry.list_owner_id", about="entry.person_id")
def change_channel(
    *, by: Actor, at: datetime, entry: WaitingEntry, channel: str, reason: str, version: int | None = None
) -> WaitingEntry:
    """Approve another channel for somebody who waits, with the reason; the time of joining stays."""
    entry = _lock(entry, version)
    if channel != Channel.ORDINARY and not reason:
        raise ChannelNeedsReason
    entry.channel, entry.channel_reason, entry.channel_approved_by = channel, reason[:200], by.label
    _save(entry)
    record(
        "waiting.channel_changed",
        by=by,
        at=at,
        subject=entry,
        person=entry.person_id,
        channel=channel,
        reason=reason,
    )
    return entry


@command(Permission.MANAGE_WAITING_LIST, within="entry.list_owner_id", about="entry.person_id")
def offer_place(
    *,
    by: Actor,
    at: datetime,
    entry: WaitingEntry,
    bed: Bed,
    out_of_order_reason: str = "",
    version: int | None = None,
) -> WaitingEntry:
    """Offer a bed to the first who waits; passing over somebody needs a reason. The bed is kept meanwhile."""
    person = locks.person(entry.person_id)
    entry = _lock(entry, version)
    bed = locks.bed(bed.pk)
    if bed.kind != entry.kind:
        raise SomeoneElse(unit=bed.unit.name)
    before = _first_before(entry, bed)
    if before is not None and not out_of_order_reason:
        raise NotTheFirst(name=before.person.full_name if by.sees(before.person_id) else _("somebody else"))
    free_offered(entry, at=at, by=by)
    hours = policy("beds.waiting_offer_hours", on=at.date()).value
    entry.offer_expires_at = at + timedelta(hours=hours)
    rows.reserve(
        bed, person, transfer=None, at=at, claim_from=at, until=None, expires_at=entry.offer_expires_at, by=by
    )
    entry.state, entry.offered_bed, entry.offered_at = WaitingState.OFFERED, bed, at
    _save(entry)
    record(
        "waiting.offered",
        by=by,
        at=at,
        subject=entry,
        person=person,
        bed=bed.pk,
        unit=bed.unit_id,
        out_of_order_reason=out_of_order_reason,
    )
    return entry


@command(Permission.MANAGE_WAITING_LIST, within="entry.list_owner_id", about="entry.person_id")
def answer_place(
    *, by: Actor, at: datetime, entry: WaitingEntry, takes: bool, reason: str = "", version: int | None = None
) -> WaitingEntry:
    """The person takes the offered place, or not: then the bed is free again and the waiting goes on."""
    locks.person(entry.person_id)
    entry = _lock(entry, version)
    if entry.state != WaitingState.OFFERED:
        raise NotWaiting(state=entry.get_state_display())
    if takes:
        entry.state, entry.ended_at, entry.end_reason = WaitingState.PLACED, at, reason[:200]
    else:
        _wait_on(entry, at=at, by=by)
    _save(entry)
    record(
        "waiting.placed" if takes else "waiting.declined_place",
        by=by,
        at=at,
        subject=entry,
        person=entry.person_id,
        reason=reason,
    )
    return entry


@command(Permission.MANAGE_WAITING_LIST, within="entry.list_owner_id", about="entry.person_id")
def give_up_waiting(
    *, by: Actor, at: datetime, entry: WaitingEntry, reason: str, version: int | None = None
) -> WaitingEntry:
    """The person no longer wants to wait."""
    locks.person(entry.person_id, alive=False)
    entry = _lock(entry, version)
    free_offered(entry, at=at, by=by)
    entry.state, entry.ended_at, entry.end_reason = WaitingState.GIVEN_UP, at, reason[:200]
    _save(entry)
    record("waiting.given_up", by=by, at=at, subject=entry, person=entry.person_id, reason=reason)
    return entry


@command(Permission.MANAGE_WAITING_LIST, within="entry.list_owner_id")
def lapse_places(*, by: Actor, at: datetime, entry: WaitingEntry) -> WaitingEntry:
    """An offered place was not answered in time: the bed is free again, the person keeps waiting."""
    locks.person(entry.person_id, alive=False)
    entry = _lock(entry, None)
    if entry.state != WaitingState.OFFERED or not entry.offer_expires_at or entry.offer_expires_at > at:
        raise NotWaiting(state=entry.get_state_display())
    late = minutes_late(entry.offer_expires_at, at)
    _wait_on(entry, at=at, by=by)
    _save(entry)
    record("waiting.place_lapsed", by=by, at=at, subject=entry, person=entry.person_id, minutes_late=late)
    return entry


def place_waiting(person: Person, kind: str, *, at: datetime, by: Actor) -> None:
    """Whoever has a bed of the kind no longer waits for one; a place that was offered is free again."""
    for entry in WaitingEntry.objects.select_for_update(no_key=True).filter(
        person=person, kind=kind, state__in=["WAITING", "OFFERED"]
    ):
        free_offered(entry, at=at, by=by)
        entry.state, entry.ended_at, entry.end_reason = "PLACED", at, "ARRIVED"
        entry.version += 1
        entry.save()


def free_offered(entry: WaitingEntry, *, at: datetime, by: Actor) -> None:
    """The bed that was kept for somebody who waits is no longer promised."""
    for row in Occupancy.objects.filter(
        bed_id=entry.offered_bed_id, person_id=entry.person_id, state=State.RESERVED, transfer=None
    ):
        rows.release(row, at=at, by=by, why="NOT_TAKEN")


def _lock(entry: WaitingEntry, version: int | None) -> WaitingEntry:
    entry = WaitingEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    locks.check_version(entry, version)
    if entry.state not in (WaitingState.WAITING, WaitingState.OFFERED):
        raise NotWaiting(state=entry.get_state_display())
    return entry


def _wait_on(entry: WaitingEntry, *, at: datetime, by: Actor) -> None:
    """The place was not taken: the bed is free again, and the person keeps waiting."""
    free_offered(entry, at=at, by=by)
    entry.state, entry.passed_over = WaitingState.WAITING, entry.passed_over + 1
    entry.offered_bed, entry.offered_at, entry.offer_expires_at = None, None, None


def _save(entry: WaitingEntry) -> None:
    entry.version += 1
    entry.save()


def _first_before(entry: WaitingEntry, bed: Bed) -> WaitingEntry | None:
    from yiyang.beds.queries.waiting import waiting_in_order

    for other in waiting_in_order(entry.kind, entry.list_owner_id):
        if other.pk == entry.pk:
            return None
        wants_it = other.wanted_unit_id in (None, bed.unit_id)
        if other.state == WaitingState.WAITING and wants_it and not other.suspended:
            return other
    return None
