"""Places offered to those who wait: in their order, kept meanwhile, taken or not."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.bed_choice import SomeoneElse
from yiyang.beds.commands.offers import ClosedToOffers, closed_to_offers, refuse_when_overridden
from yiyang.beds.commands.waiting import (
    NotWaiting,
    end_waiting,
    free_offered,
    lock_entry,
    only_who_decides,
    save_entry,
)
from yiyang.beds.models import Bed, WaitingEntry
from yiyang.beds.models.waiting import WaitingState
from yiyang.beds.queries.eligibility import standing
from yiyang.beds.queries.waiting import waiting_in_order
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import minutes_late
from yiyang.people import commands as people


class NotTheFirst(Refusal):
    message = _(
        "{name} is before this person in the order. Offer the bed to the first, or write down why not."
    )


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
    """Offer a bed to the first who waits; passing over somebody needs a reason. The bed is kept meanwhile.

    Whoever does not qualify, by the criteria or a clinician's word, is passed over without one, and that is recorded.
    """
    person = locks.person(entry.person_id)
    entry = lock_entry(entry, version)
    refuse_when_overridden(entry.person_id, entry.kind, at)
    bed = locks.bed(bed.pk)
    if bed.kind != entry.kind:
        raise SomeoneElse(unit=bed.unit.name)
    if closed_to_offers(bed.unit_id, bed.kind) or (bed.room is not None and bed.room.ward.closed_to_offers):
        raise ClosedToOffers(unit=bed.unit.name)
    before, unqualified = _first_before(entry, bed, at)
    if before is not None and not out_of_order_reason:
        raise NotTheFirst(name=before.person.full_name if by.sees(before.person_id) else _("somebody else"))
    free_offered(entry, at=at, by=by)
    hours = policy("beds.waiting_offer_hours", on=at.date()).value
    entry.offer_expires_at = at + timedelta(hours=hours)
    rows.reserve(
        bed, person, transfer=None, at=at, claim_from=at, until=None, expires_at=entry.offer_expires_at, by=by
    )
    entry.state, entry.offered_bed, entry.offered_at = WaitingState.OFFERED, bed, at
    save_entry(entry)
    record(
        "waiting.offered",
        by=by,
        at=at,
        subject=entry,
        person=person,
        bed=bed.pk,
        unit=bed.unit_id,
        out_of_order_reason=out_of_order_reason,
        do_not_qualify=[str(pk) for pk in unqualified],
    )
    return entry


class PlaceLapsed(Refusal):
    message = _("The place was kept until {until}. Offer a place again, or let the person wait on.")


@command(Permission.ANSWER_PLACE, within="entry.list_owner_id", about="entry.person_id")
def answer_place(
    *, by: Actor, at: datetime, entry: WaitingEntry, takes: bool, reason: str = "", version: int | None = None
) -> WaitingEntry:
    """The person takes the offered place, or not: then the bed is free again and the waiting goes on."""
    only_who_decides(by, entry)
    locks.person(entry.person_id)
    entry = lock_entry(entry, version)
    if entry.state != WaitingState.OFFERED:
        raise NotWaiting(state=entry.get_state_display())
    if takes and entry.offer_expires_at <= at:
        raise PlaceLapsed(until=entry.offer_expires_at)
    if takes:
        end_waiting(entry, WaitingState.PLACED, at=at, by=by, reason=reason)
        _open_to_unit(entry, at=at, by=by)
    else:
        _wait_on(entry, at=at, by=by)
        save_entry(entry)
    record(
        "waiting.placed" if takes else "waiting.declined_place",
        by=by,
        at=at,
        subject=entry,
        person=entry.person_id,
        reason=reason,
    )
    return entry


@command(Permission.MANAGE_WAITING_LIST, within="entry.list_owner_id")
def lapse_places(*, by: Actor, at: datetime, entry: WaitingEntry) -> WaitingEntry:
    """An offered place was not answered in time: the bed is free again, the person keeps waiting."""
    locks.person(entry.person_id, alive=False)
    entry = lock_entry(entry, None)
    if entry.state != WaitingState.OFFERED or not entry.offer_expires_at or entry.offer_expires_at > at:
        raise NotWaiting(state=entry.get_state_display())
    late = minutes_late(entry.offer_expires_at, at)
    _wait_on(entry, at=at, by=by)
    save_entry(entry)
    record("waiting.place_lapsed", by=by, at=at, subject=entry, person=entry.person_id, minutes_late=late)
    return entry


def _open_to_unit(entry: WaitingEntry, *, at: datetime, by: Actor) -> None:
    """Who will take the person in can read the record before the arrival, for as long as the bed is kept."""
    people.open_relationship(
        by=by,
        at=at,
        person_id=entry.person_id,
        organisation_id=entry.offered_bed.unit_id,
        basis="WAITING",
        ends_at=entry.offer_expires_at,
        source_kind="WaitingEntry",
        source_id=entry.pk,
    )


def _wait_on(entry: WaitingEntry, *, at: datetime, by: Actor) -> None:
    """The place was not taken: the bed is free again, and the person keeps waiting."""
    free_offered(entry, at=at, by=by)
    entry.state, entry.passed_over = WaitingState.WAITING, entry.passed_over + 1
    entry.offered_bed, entry.offered_at, entry.offer_expires_at = None, None, None


def _first_before(entry: WaitingEntry, bed: Bed, at: datetime) -> tuple[WaitingEntry | None, list[UUID]]:
    """Who is before and could take the bed; and the entries before that one whose persons do not qualify."""
    unqualified: list[UUID] = []
    for other in waiting_in_order(entry.kind, entry.list_owner_id):
        if other.pk == entry.pk:
            break
        wants_it = other.wanted_unit_id in (None, bed.unit_id)
        if other.state == WaitingState.WAITING and wants_it and not other.suspended:
            if not standing(other.person_id, other.kind, at).refused:
                return other, unqualified
            unqualified.append(other.pk)
    return None, unqualified
