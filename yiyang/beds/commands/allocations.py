"""The bed of a transfer: given, kept for its resident, or given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import bed_choice, locks, rows
from yiyang.beds.commands.steps import (
    SayWhy,
    handling,
    move,
    note,
    open_to,
    open_verbs,
    touch,
    withdraw_offers,
)
from yiyang.beds.models import Bed, Occupancy, Transfer
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.occupancy import State
from yiyang.beds.models.transfers import OfferState
from yiyang.beds.rules.handover_sheet import TUBES
from yiyang.beds.rules.transfers import WrongStep
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal

if TYPE_CHECKING:
    from yiyang.people.models import Person


class NoHeldBed(Refusal):
    message = _("No care bed is kept for this person. Offer the transfer to a unit instead.")


@command(Permission.ALLOCATE_BED, within="transfer.to_unit_id", about="transfer.person_id")
def allocate_bed(
    *, by: Actor, at: datetime, transfer: Transfer, bed: Bed | None = None, version: int | None = None
) -> Transfer:
    """The admission office gives a bed to a person whom its doctor has accepted; without one named, any free.

    The reservation lapses if nobody arrives. Source: Jing'an implementation opinions 2024, II(II)2.
    """
    transfer = locks.transfer(transfer, version)
    person = locks.living(transfer.person)
    move(transfer, "allocate", at=at, by=by)
    rows.release_reservation(transfer, at=at, by=by, why="CHANGED")
    if bed is not None:
        bed = locks.bed(bed.pk)
        bed_choice.check_promise(transfer, bed)
        row = _reserve(transfer, bed, person, at=at, by=by)
    else:
        row = _reserve_any(transfer, person, at=at, by=by)
    transfer.act_by = row.expires_at
    transfer.save(update_fields=["act_by"])
    record_of(
        transfer,
        "transfer.allocated",
        by=by,
        at=at,
        unit=transfer.to_unit_id,
        bed=row.bed_id,
        from_unit=transfer.from_unit_id,
        expires_at=row.expires_at,
    )
    return transfer


def held_for(transfer: Transfer) -> Occupancy | None:
    """The care bed that is kept for the person of this transfer."""
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


def _held_unit(transfer: Transfer, **_given: object) -> UUID | None:
    row = held_for(transfer)
    if row is None:
        raise NoHeldBed
    return row.unit_id


@command(Permission.ANSWER_OFFER, within=_held_unit, about="transfer.person_id")
def take_back(
    *, by: Actor, at: datetime, transfer: Transfer, lacking: str = "", version: int | None = None
) -> Transfer:
    """The care home takes its resident back into the bed that it kept: no offer and no contract is needed.

    It may say what it lacks to care for the person as they are now.
    """
    transfer = locks.transfer(transfer, version)
    held = held_for(transfer)
    if held is None:
        raise NoHeldBed
    transfer.to_unit_id, transfer.is_return = held.unit_id, True
    move(transfer, "take_back", at=at, by=by, reason=lacking)
    open_to(transfer, held.unit_id, "FULL", at=at, by=by)
    record_of(
        transfer,
        "transfer.taken_back",
        by=by,
        at=at,
        unit=held.unit_id,
        lacking=lacking,
        from_unit=transfer.from_unit_id,
    )
    return transfer


@command(Permission.ANSWER_OFFER, within=_held_unit, about="transfer.person_id")
def decline_return(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    lacking: str,
    tubes: Sequence[str] = (),
    version: int | None = None,
) -> Transfer:
    """The home cannot manage what its resident needs now, such as a tube. The bed stays kept.

    The ward learns what is lacking: it mends that, or asks another unit. The home may take the person back later.
    """
    if not lacking.strip():
        raise SayWhy
    transfer = locks.transfer(transfer, version)
    held = held_for(transfer)
    if held is None:
        raise NoHeldBed
    if "take_back" not in open_verbs(transfer):
        raise WrongStep(state=transfer.get_state_display(), verb=_("take back"), next="")
    named = [str(TUBES[one]) for one in tubes if one in TUBES]
    touch(transfer)
    note(
        transfer, "decline_return", transfer.state, at=at, by=by, reason=" · ".join([*named, lacking.strip()])
    )
    record_of(
        transfer,
        "transfer.return_declined",
        by=by,
        at=at,
        unit=held.unit_id,
        from_unit=transfer.from_unit_id,
        tubes=[one for one in tubes if one in TUBES],
    )
    return transfer


@command(Permission.OFFER_TRANSFER, within=handling, about="transfer.person_id")
def look_elsewhere(
    *, by: Actor, at: datetime, transfer: Transfer, reason: str, version: int | None = None
) -> Transfer:
    """The unit that accepted cannot keep its word, or nobody answers: give back the bed and offer again."""
    transfer = locks.transfer(transfer, version)
    move(transfer, "reopen", at=at, by=by, reason=reason)
    transfer.offers.filter(state=OfferState.ACCEPTED).update(state=OfferState.WITHDRAWN)
    withdraw_offers(transfer, at=at)
    rows.release_reservation(transfer, at=at, by=by, why="REOPENED")
    transfer.to_unit_id = None
    touch(transfer)
    record_of(transfer, "transfer.reopened", by=by, at=at, reason=reason)
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
    bed = bed_choice.any_free_bed(
        person,
        unit_id=transfer.to_unit_id,
        kind=transfer.target_kind,
        lane=transfer.target_lane,
        needs=transfer.needs,
    )
    return _reserve(transfer, bed, person, at=at, by=by)
