"""The steps of a transfer: the only place where its state changes, and what each step brings with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, Value
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yiyang.beds.commands import rows
from yiyang.beds.commands.emergencies import waived
from yiyang.beds.models import Bed, Transfer, TransferStep
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.transfers import ENDED, OPEN_OFFERS, OfferState, Urgency
from yiyang.beds.models.transfers import TransferState as S
from yiyang.beds.rules import transfers as rules
from yiyang.duty import queries as duty
from yiyang.duty.rules.hours import add_minutes
from yiyang.kernel.actors import Actor, doer
from yiyang.kernel.facts import record_of
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotAllowed, Refusal
from yiyang.kernel.time import now
from yiyang.people import commands as people


class SayWhy(Refusal):
    message = _("Say why in a sentence, so that the next one can understand the decision.")
    status = 422


class TransferSuspended(Refusal):
    message = _("This transfer waits while an emergency goes first. Take it up again, or cancel it.")


WHILE_SUSPENDED = {"cancel", "withdraw", "expire", "refuse", "die"}
CAME_TO_NOTHING = [state for state in ENDED if state not in (S.COMPLETED, S.DIED)]


def move(transfer: Transfer, verb: str, *, at: datetime, by: Actor, reason: str = "") -> None:
    """Take one step: the only place where a transfer's state changes. Ending one ends its offers and bed."""
    before = transfer.state
    if transfer.suspended_at is not None and verb not in WHILE_SUSPENDED:
        raise TransferSuspended
    transfer.state = rules.step(before, verb, **_nature(transfer))
    if transfer.state != before:
        transfer.state_since = at
        transfer.act_by = deadline(transfer.urgency, at, turn_of(transfer))
    if transfer.state in ENDED:
        finish(transfer, at=at, by=by)
    touch(transfer)
    note(transfer, verb, before, at=at, by=by, reason=reason)
    if transfer.state in CAME_TO_NOTHING:
        _take_up_suspended(transfer, at=at, by=by)


def finish(transfer: Transfer, *, at: datetime, by: Actor) -> None:
    """What ends together with a transfer: open offers, the reservation, the receiving unit's view."""
    transfer.ended_at, transfer.act_by = at, None
    withdraw_offers(transfer, at=at)
    rows.release_reservation(transfer, at=at, by=by, why=transfer.state)
    people.close_relationship(by=by, at=at, person_id=transfer.person_id, source_id=transfer.pk)


def withdraw_offers(transfer: Transfer, *, at: datetime, but: UUID | None = None) -> None:
    """Nobody else needs to answer any more."""
    offers = transfer.offers.filter(state__in=OPEN_OFFERS)
    if but is not None:
        offers = offers.exclude(pk=but)
    # When a unit has said something already, the time of its own answer stays.
    offers.update(state=OfferState.WITHDRAWN, answered_at=Coalesce("answered_at", Value(at)))


def end_for_death(transfer: Transfer, *, at: datetime, by: Actor) -> None:
    """The person died before the transfer ended."""
    move(transfer, "die", at=max(at, transfer.requested_at), by=by)
    record_of(transfer, "transfer.died", by=by, at=at)


def settle_by_admission(transfer: Transfer, bed: Bed, *, at: datetime, by: Actor) -> None:
    """The person was admitted directly: the transfer that asked for it is done, any other is void."""
    before = transfer.state
    wanted = transfer.target_kind == bed.kind and transfer.to_unit_id in (None, bed.unit_id)
    transfer.state = S.COMPLETED if wanted else S.CANCELLED
    transfer.state_since = at
    transfer.to_unit_id = bed.unit_id if wanted else transfer.to_unit_id
    transfer.arrived_at = at if wanted else None
    finish(transfer, at=at, by=by)
    touch(transfer)
    note(transfer, "settle", before, at=at, by=by, reason="admitted directly")
    record_of(
        transfer,
        "transfer.completed" if wanted else "transfer.cancelled",
        by=by,
        at=at,
        reason="admitted directly",
    )


def lift_suspension(transfer: Transfer, *, at: datetime, by: Actor) -> None:
    transfer.suspended_at, transfer.suspended_for = None, None
    transfer.act_by = deadline(transfer.urgency, at, turn_of(transfer))
    touch(transfer)
    note(transfer, "resume", transfer.state, at=at, by=by)
    record_of(transfer, "transfer.resumed", by=by, at=at)


def _take_up_suspended(emergency: Transfer, *, at: datetime, by: Actor) -> None:
    """The emergency came to nothing: what it had suspended goes on, unless something else is under way."""
    same_lane = Transfer.objects.live().filter(
        person_id=emergency.person_id, target_lane=emergency.target_lane
    )
    for other in same_lane.select_for_update(no_key=True).filter(suspended_for=emergency):
        if not same_lane.filter(suspended_at=None).exists():
            lift_suspension(other, at=at, by=by)


def open_verbs(transfer: Transfer) -> set[str]:
    """What can be done to this transfer now."""
    if transfer.suspended_at is not None:
        return {"resume"} | (WHILE_SUSPENDED & rules.verbs(transfer.state, **_nature(transfer)))
    return rules.verbs(transfer.state, **_nature(transfer))


def deadline(urgency: str, at: datetime, unit_id: UUID | None = None) -> datetime:
    """By when the next one must act."""
    minutes = policy(f"beds.offer_minutes.{urgency}", on=localdate(at)).value
    return after(minutes, urgency, at, unit_id)


def after(minutes: int, urgency: str, at: datetime, unit_id: UUID | None) -> datetime:
    """Routine matters wait for duty hours of the unit that should act; urgent ones count by the clock."""
    if urgency == Urgency.ROUTINE:
        return add_minutes(duty.hours_of(unit_id, localdate(at)), at, minutes)
    return at + timedelta(minutes=minutes)


def turn_of(transfer: Transfer) -> UUID | None:
    """The unit whose turn it is: the receiver once its doctor has accepted or the person is on the way."""
    if transfer.state in (S.ACCEPTED, S.DEPARTED) and transfer.to_unit_id is not None:
        return transfer.to_unit_id
    return transfer.from_unit_id or transfer.requested_unit_id or transfer.coordinator_id


def handling(by: Actor, transfer: Transfer, **_given: object) -> UUID | None:
    """The organisation under which somebody of the sending side or the coordinator acts on a transfer."""
    mine = set(getattr(by, "organisation_ids", ()))
    for unit in (transfer.from_unit_id, transfer.requested_unit_id, transfer.coordinator_id):
        if unit in mine:
            return unit
    if by.role == "SYSTEM":
        return transfer.coordinator_id
    raise NotAllowed


def touch(transfer: Transfer) -> None:
    transfer.version += 1
    transfer.save()


def note(transfer: Transfer, verb: str, before: str, *, at: datetime, by: Actor, reason: str = "") -> None:
    """Write the step down, after the one before: also where the machine's clock was set back in between."""
    before_it = TransferStep.objects.filter(transfer=transfer).aggregate(last=Max("recorded_at"))["last"]
    TransferStep.objects.create(
        transfer=transfer,
        verb=verb,
        from_state=before,
        to_state=transfer.state,
        at=at,
        recorded_at=max(now(), before_it + timedelta(microseconds=1)) if before_it else now(),
        by_account=doer(by).account_id,
        by_label=by.label,
        by_organisation=doer(by).organisation_id,
        reason=reason,
    )


def open_to(transfer: Transfer, unit_id: UUID, scope: str, *, at: datetime, by: Actor) -> None:
    people.open_relationship(
        by=by,
        at=at,
        person_id=transfer.person_id,
        organisation_id=unit_id,
        basis="TRANSFER",
        scope=scope,
        source_kind="Transfer",
        source_id=transfer.pk,
    )


def _nature(transfer: Transfer) -> dict[str, Any]:
    return {
        "urgency": transfer.urgency,
        "overlay": transfer.target_lane == Lane.OVERLAY,
        "waived": waived(transfer),
    }
