"""A named clinician judges whether the transfer is right."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localdate

from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.access.permissions import Permission
from yiyang.assessments.commands import raise_due_for
from yiyang.assessments.rules.eligibility import Answer
from yiyang.assessments.rules.eligibility.keeping import kept
from yiyang.beds.commands import locks
from yiyang.beds.commands.agreements import statements
from yiyang.beds.commands.eligibility import overridden, refuse_unless_judging, withdraw_override
from yiyang.beds.commands.steps import SayWhy, move
from yiyang.beds.models import EligibilityOverride, Evaluation, Transfer
from yiyang.beds.models.transfers import TransferState as S
from yiyang.beds.models.transfers import Urgency
from yiyang.beds.queries import eligibility
from yiyang.beds.rules import agreement as agreement_rules
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import Stale

WORDS_OF: dict[str, Answer] = {
    Evaluation.Outcome.FIT: Answer.ELIGIBLE,
    Evaluation.Outcome.NOT_FIT: Answer.NOT_ELIGIBLE,
}
OPPOSITE: dict[Answer | None, Answer] = {
    Answer.ELIGIBLE: Answer.NOT_ELIGIBLE,
    Answer.NOT_ELIGIBLE: Answer.ELIGIBLE,
}


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
    """A named clinician judges by the criteria of the target kind whether this bed is the right one.

    What the criteria give is kept beside it. What is unknown, or lacks an assessment, is the clinician's to judge;
    a word against a plain answer of the criteria is an override, and counted. One that stands already counts here
    too: it is not said twice, and a newer word ends it.
    """
    if not statement.strip():
        raise SayWhy(field="statement")
    transfer = locks.transfer(transfer, version)
    refuse_unless_judging(by, transfer.target_kind, at)
    judged = eligibility.judged_of(criteria or [])
    result = eligibility.result_for(transfer.person_id, transfer.target_kind, at, judged)
    stands = eligibility.overrides_of(transfer.person_id, at).get(transfer.target_kind)
    Evaluation.objects.create(
        transfer=transfer,
        outcome=outcome,
        criteria=criteria or [],
        statement=statement.strip(),
        clinician=by.label,
        at=at,
        eligibility=kept(result) | {"override": _kept_word(stands)},
    )
    given = WORDS_OF[outcome]
    if stands is not None and stands.given != given:
        withdraw_override(by=by, at=at, override=stands)
    if given == OPPOSITE.get(result.answer) and (stands is None or stands.given != given):
        overridden(
            by=by, at=at, person_id=transfer.person_id, result=result, given=given, reason=statement,
            transfer=transfer,
        )  # fmt: skip
    verb = "evaluate" if outcome == Evaluation.Outcome.FIT else "find_not_indicated"
    move(transfer, verb, at=at, by=by, reason=statement)
    agreed_before = agreement_rules.decision(statements(transfer)) == agreement_rules.Decision.AGREED
    if agreed_before and transfer.state == S.EVALUATED:
        move(transfer, "agree", at=at, by=by)
    record_of(
        transfer, "transfer.evaluated", by=by, at=at, outcome=outcome, eligibility=str(result.answer),
        overridden=stands.given if stands else "",
        to_assess=list(result.to_assess), urgency=transfer.urgency,
    )  # fmt: skip
    return transfer


def _kept_word(stands: EligibilityOverride | None) -> dict[str, Any] | None:
    """The clinician's word that counted when this was judged."""
    if stands is None:
        return None
    return {
        "id": str(stands.pk), "given": stands.given, "clinician": stands.clinician, "reason": stands.reason,
        "at": stands.at.isoformat(),
    }  # fmt: skip


@command(SYSTEM_ONLY, within=ANYWHERE)
def await_assessment(*, by: Actor, at: datetime, transfer: Transfer) -> list[str]:
    """An emergency went before its evidence was there: what is missing is due within the policy's days."""
    found = locks.transfer(transfer, None)
    missing = eligibility.result_for(found.person_id, found.target_kind, at).to_assess
    if not missing or found.urgency != Urgency.EMERGENCY:
        raise Stale
    due_on = localdate(at) + timedelta(days=eligibility.days_to_assess(at))
    unit = found.from_unit_id or found.requested_unit_id or found.coordinator_id
    for code in missing:
        raise_due_for(
            by=by, at=at, person_id=found.person_id, code=code, organisation_id=unit, reason="TRANSFER", due_on=due_on
        )  # fmt: skip
    record_of(found, "transfer.assessment_awaited", by=by, at=at, instruments=list(missing), due_on=due_on)
    return list(missing)
