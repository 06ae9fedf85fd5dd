"""Stopping a transfer before departure."""

from __future__ import annotations

from datetime import datetime

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks
from yiyang.beds.commands.steps import SayWhy, handling, move
from yiyang.beds.models import Transfer
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of


@command(Permission.CANCEL_TRANSFER, within=handling, about="transfer.person_id")
def cancel_transfer(
    *, by: Actor, at: datetime, transfer: Transfer, reason: str, version: int | None = None
) -> Transfer:
    """Stop a transfer before departure; its offers and its reservation end with it."""
    if not reason.strip():
        raise SayWhy(field="reason")
    transfer = locks.transfer(transfer, version)
    verb = (
        "withdraw"
        if by.organisation_id not in (transfer.from_unit_id, transfer.requested_unit_id)
        else "cancel"
    )
    move(transfer, verb, at=at, by=by, reason=reason)
    record_of(transfer, "transfer.cancelled", by=by, at=at, reason=reason, to_unit=transfer.to_unit_id)
    return transfer
