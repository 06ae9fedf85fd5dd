"""The waiting list: joining, channels, leaving it again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.queries import naming
from yiyang.beds.commands import locks, rows
from yiyang.beds.models import Occupancy, Transfer, WaitingEntry
from yiyang.beds.models.occupancy import State
from yiyang.beds.models.waiting import Channel, WaitingState
from yiyang.beds.queries.green_channel import green_channel
from yiyang.beds.queries.waiting_priority import why_first
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record, record_of
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.kernel.versions import compare
from yiyang.people import commands as people
from yiyang.people.queries import may_decide_for

if TYPE_CHECKING:
    from yiyang.people.models import Person


class AlreadyWaiting(Refusal):
    message = _("{name} is already waiting for a bed of this kind. Open that entry instead.")


class NotWaiting(Refusal):
    message = _("This entry has ended: {state}. Enter the person again if they want to wait.")


class ChannelNeedsReason(Refusal):
    message = _("A special or priority place needs a reason and the name of who approved it.")
    status = 422


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

    A transfer for which the green channel is open waits in the priority channel; so does whom the criteria of the
    kind, with a clinician's word against them, let come first.
    Source: Jing'an implementation opinions 2024, bed transfer ("with priority").
    """
    person = locks.person(person.pk)
    if transfer is not None and channel == Channel.ORDINARY and (why := by_green_channel(transfer, at)):
        channel, channel_reason = Channel.PRIORITY, why
        channel_approved_by = channel_approved_by or by.label
    first = why_first(person.pk, kind, at) if channel == Channel.ORDINARY else ""
    if first:
        channel, channel_reason, channel_approved_by = Channel.PRIORITY, first, by.label
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
        by_criteria=bool(first),
        joined_at=at,
    )
    _open_to_coordinator(entry, by=by, at=at)
    record("waiting.joined", by=by, at=at, subject=entry, person=person, kind=kind, channel=channel)
    return entry


def give_priority(transfer: Transfer, *, at: datetime, by: Actor) -> None:
    """The green channel was opened while somebody waits: from now on in the priority channel."""
    why = by_green_channel(transfer, at)
    waiting = _without_priority(transfer).select_for_update(no_key=True)
    for entry in waiting if why else []:
        entry.channel, entry.channel_reason, entry.channel_approved_by = Channel.PRIORITY, why, by.label[:120]
        save_entry(entry)
        record_of(entry, "waiting.channel_changed", by=by, at=at, channel=entry.channel, reason=why)


def waits_without_priority(transfer: Transfer) -> bool:
    return _without_priority(transfer).exists()


def _without_priority(transfer: Transfer) -> QuerySet[WaitingEntry]:
    return WaitingEntry.objects.filter(
        transfer=transfer, channel=Channel.ORDINARY, state__in=["WAITING", "OFFERED"]
    )


def by_green_channel(transfer: Transfer, at: datetime) -> str:
    """Why a transfer waits with priority; empty when it does not."""
    green = green_channel(transfer, at)
    return f"{transfer.get_trigger_display()} · {green.label}"[:200] if green.opened else ""


@command(Permission.MANAGE_WAITING_LIST, within="entry.list_owner_id", about="entry.person_id")
def change_channel(
    *, by: Actor, at: datetime, entry: WaitingEntry, channel: str, reason: str, version: int | None = None
) -> WaitingEntry:
    """Approve another channel for somebody who waits, with the reason; the time of joining stays."""
    entry = lock_entry(entry, version)
    if channel != Channel.ORDINARY and not reason:
        raise ChannelNeedsReason
    entry.channel, entry.channel_reason, entry.channel_approved_by = channel, reason[:200], by.label
    entry.by_criteria = False
    save_entry(entry)
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


class NotYoursToDecide(Refusal):
    message = _(
        "You are not entrusted with deciding this. The person decides, or whom they entrusted with it."
    )
    status = 403


@command(Permission.ANSWER_PLACE, within="entry.list_owner_id", about="entry.person_id")
def give_up_waiting(
    *, by: Actor, at: datetime, entry: WaitingEntry, reason: str, version: int | None = None
) -> WaitingEntry:
    """The person no longer wants to wait."""
    only_who_decides(by, entry)
    locks.person(entry.person_id, alive=False)
    entry = lock_entry(entry, version)
    free_offered(entry, at=at, by=by)
    end_waiting(entry, WaitingState.GIVEN_UP, at=at, by=by, reason=reason)
    record("waiting.given_up", by=by, at=at, subject=entry, person=entry.person_id, reason=reason)
    return entry


def only_who_decides(by: Actor, entry: WaitingEntry) -> None:
    """At home the person answers, or a guardian, or a relative who is entrusted with deciding."""
    at_home = by.organisation_id is None and by.role != "SYSTEM"
    if at_home and not may_decide_for(by, entry.person_id):
        raise NotYoursToDecide


def place_waiting(person: Person, kind: str, *, at: datetime, by: Actor) -> None:
    """Whoever has a bed of the kind no longer waits for one; a place that was offered is free again."""
    for entry in WaitingEntry.objects.select_for_update(no_key=True).filter(
        person=person, kind=kind, state__in=["WAITING", "OFFERED"]
    ):
        free_offered(entry, at=at, by=by)
        end_waiting(entry, WaitingState.PLACED, at=at, by=by, reason="ARRIVED")


def end_waiting(entry: WaitingEntry, state: str, *, at: datetime, by: Actor, reason: str) -> None:
    """The entry leaves the list, and its coordinator no longer sees the person for its sake."""
    entry.state, entry.ended_at, entry.end_reason = state, max(at, entry.joined_at), reason[:200]
    save_entry(entry)
    people.close_relationship(by=by, at=at, person_id=entry.person_id, source_id=entry.pk)


def _open_to_coordinator(entry: WaitingEntry, *, by: Actor, at: datetime) -> None:
    """Who ranks those who wait must know who they are; a unit that keeps a list of its own knows its people."""
    if naming.organisation_kind(entry.list_owner_id) != "COORDINATION_CENTRE":
        return
    people.open_relationship(
        by=by,
        at=at,
        person_id=entry.person_id,
        organisation_id=entry.list_owner_id,
        basis="WAITING",
        scope="BASIC",
        source_kind="WaitingEntry",
        source_id=entry.pk,
    )


def free_offered(entry: WaitingEntry, *, at: datetime, by: Actor) -> None:
    """The bed that was kept for somebody who waits is no longer promised."""
    for row in Occupancy.objects.filter(
        bed_id=entry.offered_bed_id, person_id=entry.person_id, state=State.RESERVED, transfer=None
    ):
        rows.release(row, at=at, by=by, why="NOT_TAKEN")


def lock_entry(entry: WaitingEntry, version: int | None) -> WaitingEntry:
    entry = WaitingEntry.objects.select_for_update(no_key=True).get(pk=entry.pk)
    compare(entry, version)
    if entry.state not in (WaitingState.WAITING, WaitingState.OFFERED):
        raise NotWaiting(state=entry.get_state_display())
    return entry


def save_entry(entry: WaitingEntry) -> None:
    entry.version += 1
    entry.save()
