"""A named clinician judges whether the transfer is right."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks
from yiyang.beds.commands.agreements import statements
from yiyang.beds.commands.steps import SayWhy, move
from yiyang.beds.models import Evaluation, Transfer
from yiyang.beds.models.transfers import TransferState as S
from yiyang.beds.rules import agreement as agreement_rules
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of


@command(Permission.EVALUATE_TRANSFER, within="by.organisation_id", about="transfer.person_id")
def evaluate_transfer(
    *,
    by: Actor,
    at: datetime,
    transfer: Transfer,
    outcome: str,
    statement: str,
    criteria: list[dict[str, Any]] | None = None,
    version: int | None = None,
) -> Transfer:
    """A named clinician judges by the criteria of the target kind whether this bed is the right one."""
    if not statement.strip():
        raise SayWhy(field="statement")
    transfer = locks.transfer(transfer, version)
    Evaluation.objects.create(
        transfer=transfer,
        outcome=outcome,
        criteria=criteria or [],
        statement=statement.strip(),
        clinician=by.label,
        at=at,
    )
    verb = "evaluate" if outcome == Evaluation.Outcome.FIT else "find_not_indicated"
    move(transfer, verb, at=at, by=by, reason=statement)
    agreed_before = agreement_rules.decision(statements(transfer)) == agreement_rules.Decision.AGREED
    if agreed_before and transfer.state == S.EVALUATED:
        move(transfer, "agree", at=at, by=by)
    record_of(transfer, "transfer.evaluated", by=by, at=at, outcome=outcome)
    return transfer
