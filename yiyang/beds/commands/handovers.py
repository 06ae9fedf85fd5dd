"""The handover: what the receiving team must know, and that it has read it."""

from __future__ import annotations

from datetime import datetime

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks
from yiyang.beds.commands.steps import handling, move
from yiyang.beds.models import Handover, Transfer
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import NotFound


@command(Permission.HAND_OVER, within=handling, about="transfer.person_id")
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
    transfer = locks.transfer(transfer, version)
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
    record_of(transfer, "transfer.handed_over", by=by, at=at, unit=transfer.to_unit_id)
    return transfer


@command(Permission.ARRIVE_TRANSFER, within="transfer.to_unit_id", about="transfer.person_id")
def confirm_handover_read(*, by: Actor, at: datetime, transfer: Transfer) -> Handover:
    """The receiving team has read the handover before the person arrives."""
    locks.transfer(transfer)
    handover = Handover.objects.select_for_update(no_key=True).filter(transfer=transfer).first()
    if handover is None:
        raise NotFound
    handover.read_at, handover.read_by = at, by.label
    handover.save()
    record_of(transfer, "transfer.handover_read", by=by, at=at, from_unit=transfer.from_unit_id)
    return handover
