"""It becomes more or less urgent: an emergency suspends what else is under way, and it is taken up again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.steps import (
    TransferSuspended,
    deadline,
    lift_suspension,
    move,
    note,
    touch,
    turn_of,
    withdraw_offers,
)
from yiyang.beds.commands.waiting import give_priority
from yiyang.beds.models import Transfer
from yiyang.beds.models.transfers import OfferState, Urgency
from yiyang.beds.models.transfers import TransferState as S
from yiyang.beds.rules import transfers as rules
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import Refusal


class NotSuspended(Refusal):
    message = _("This transfer is not suspended.")


@command(Permission.REQUEST_TRANSFER, within="by.organisation_id", about="transfer.person_id")
def change_urgency(
    *, by: Actor, at: datetime, transfer: Transfer, urgency: str, reason: str, version: int | None = None
) -> Transfer:
    """It has become more, or less, urgent. An emergency suspends what else is under way."""
    transfer = locks.transfer(transfer, version)
    if not transfer.live:
        raise rules.WrongStep(
            state=transfer.get_state_display(), verb=_("change the urgency"), next=_("nothing more")
        )
    if transfer.suspended_at is not None:
        raise TransferSuspended
    if urgency == Urgency.EMERGENCY:
        suspended = suspend_others(transfer, at=at, by=by)
        Transfer.objects.filter(pk__in=suspended).update(suspended_for=transfer)
    transfer.urgency = urgency
    transfer.act_by = deadline(urgency, at, turn_of(transfer))
    touch(transfer)
    note(transfer, "change_urgency", transfer.state, at=at, by=by, reason=reason)
    record_of(
        transfer,
        "transfer.urgency_changed",
        by=by,
        at=at,
        urgency=urgency,
        coordinator=transfer.coordinator_id,
    )
    give_priority(transfer, at=at, by=by)
    return transfer


@command(Permission.REQUEST_TRANSFER, within="by.organisation_id", about="transfer.person_id")
def resume_transfer(*, by: Actor, at: datetime, transfer: Transfer, version: int | None = None) -> Transfer:
    """Take up again a transfer that an emergency had suspended; its place in the waiting list was kept."""
    transfer = locks.transfer(transfer, version)
    if transfer.suspended_at is None or not transfer.live:
        raise NotSuspended
    lift_suspension(transfer, at=at, by=by)
    return transfer


def suspend_others(transfer: Transfer, *, at: datetime, by: Actor) -> list[UUID]:
    """An emergency goes first: what else is under way waits, keeping its place in the waiting list."""
    suspended = []
    others = (
        Transfer.objects.select_for_update(no_key=True)
        .live()
        .filter(person_id=transfer.person_id, target_lane=transfer.target_lane, suspended_at=None)
    )
    for other in others.exclude(pk=transfer.pk).exclude(urgency=Urgency.EMERGENCY):
        if other.state in rules.ON_THE_WAY:
            move(other, "fail", at=at, by=by, reason=str(_("an emergency goes first")))
            record_of(other, "transfer.failed", by=by, at=at)
            continue
        before = other.state
        if other.state in (S.OFFERED, S.ACCEPTED, S.ALLOCATED, S.HANDED_OVER):
            withdraw_offers(other, at=at)
            other.offers.filter(state=OfferState.ACCEPTED).update(state=OfferState.WITHDRAWN)
            rows.release_reservation(other, at=at, by=by, why="SUSPENDED")
            other.state, other.to_unit_id = S.AGREED, None
        other.suspended_at, other.act_by = at, None
        suspended.append(other.pk)
        touch(other)
        note(other, "suspend", before, at=at, by=by, reason=str(_("an emergency goes first")))
        record_of(other, "transfer.suspended", by=by, at=at)
    return suspended
