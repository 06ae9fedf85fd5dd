"""A clinician answers otherwise than the criteria."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.assessments.rules.eligibility import Result
from yiyang.assessments.rules.eligibility.keeping import kept
from yiyang.beds.commands import locks
from yiyang.beds.commands.steps import SayWhy
from yiyang.beds.commands.waiting_priority import weigh_priority
from yiyang.beds.models import EligibilityAnswer, EligibilityOverride, Transfer
from yiyang.beds.queries import eligibility as queries
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import Refusal, Stale

if TYPE_CHECKING:
    from yiyang.people.models import Person

A = EligibilityAnswer


class NotYoursToJudge(Refusal):
    message = _("Your role does not judge about this kind of bed ({kind}). Those who do: {roles}.")
    status = 403


class SaysTheSame(Refusal):
    message = _("The criteria say the same already: {answer}. Nothing is overridden.")
    status = 422


@command(Permission.EVALUATE_TRANSFER, within="by.organisation_id", about="person.pk")
def override_eligibility(
    *, by: Actor, at: datetime, person: Person, kind: str, given: str, reason: str
) -> EligibilityOverride:
    """A named clinician answers otherwise than the criteria; it holds for the policy's days and is counted."""
    if not reason.strip():
        raise SayWhy(field="reason")
    person = locks.person(person.pk)
    refuse_unless_judging(by, kind, at)
    result = queries.result_for(person.pk, kind, at)
    if given == result.answer or given == A.JUDGEMENT:
        raise SaysTheSame(answer=A(result.answer).label, field="given")
    return overridden(by=by, at=at, person_id=person.pk, result=result, given=given, reason=reason)


def refuse_unless_judging(by: Actor, kind: str, at: datetime) -> None:
    criteria = queries.criteria_on(localdate(at))[kind]
    if not queries.may_judge(by, criteria):
        raise NotYoursToJudge(kind=BedKind(kind).label, roles=queries.roles_of(criteria))


def overridden(
    *, by: Actor, at: datetime, person_id: Any, result: Result, given: str, reason: str,
    transfer: Transfer | None = None,
) -> EligibilityOverride:  # fmt: skip
    """Keep the word against the criteria, with what they had said."""
    made = EligibilityOverride.objects.create(
        person_id=person_id,
        kind=result.kind,
        computed=result.answer,
        given=given,
        reason=reason.strip(),
        transfer=transfer,
        unit_id=by.organisation_id,
        clinician=by.label[:120],
        at=at,
        holds_until=queries.holds_until(at),
        result=kept(result),
    )
    record_of(
        made, "eligibility.overridden", by=by, at=at, kind=made.kind, computed=made.computed, given=made.given,
        reason=made.reason,
    )  # fmt: skip
    weigh_priority(made.person_id, at=at, by=by, kind=made.kind)
    return made


@command(Permission.EVALUATE_TRANSFER, within="by.organisation_id", about="override.person_id")
def withdraw_override(*, by: Actor, at: datetime, override: EligibilityOverride) -> EligibilityOverride:
    """The criteria count again."""
    found = EligibilityOverride.objects.select_for_update(no_key=True).get(pk=override.pk)
    if found.withdrawn_at is not None:
        raise Stale
    refuse_unless_judging(by, found.kind, at)
    found.withdrawn_at, found.withdrawn_by = at, by.label[:120]
    found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record_of(found, "eligibility.override_withdrawn", by=by, at=at, kind=found.kind)
    weigh_priority(found.person_id, at=at, by=by, kind=found.kind)
    return found
