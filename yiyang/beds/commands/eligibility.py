"""A clinician answers otherwise than the criteria; a district puts other criteria in force."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.assessments.rules.eligibility import CriteriaFault, Result
from yiyang.assessments.rules.eligibility.keeping import kept
from yiyang.beds.commands import locks
from yiyang.beds.commands.steps import SayWhy
from yiyang.beds.commands.waiting_priority import weigh_priority
from yiyang.beds.models import EligibilityAnswer, EligibilityOverride, EligibilityRules, Transfer
from yiyang.beds.queries import eligibility as queries
from yiyang.beds.queries import eligibility_change as changes
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record, record_of
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


class CriteriaNotUsable(Refusal):
    message = _("These criteria cannot be used. {faults}")
    status = 422


class SignedForThePast(Refusal):
    message = _("Criteria come into force today or later, not on {day}.")
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


# The criteria themselves


@command(Permission.SIGN_CRITERIA, within="by.organisation_id")
def propose_criteria(
    *, by: Actor, at: datetime, content: str, valid_from: date, reason: str
) -> EligibilityRules:
    """Other criteria are laid down to be looked at: nothing changes until they are signed."""
    if not reason.strip():
        raise SayWhy(field="reason")
    try:
        faults = queries.unfit(content)
    except CriteriaFault as fault:
        faults = fault.faults
    if faults:
        raise CriteriaNotUsable(faults="; ".join(faults), field="file")
    if valid_from < localdate(at):
        raise SignedForThePast(day=valid_from, field="valid_from")
    made = EligibilityRules.objects.create(
        content=content,
        digest=hashlib.sha256(content.encode()).hexdigest(),
        valid_from=valid_from,
        reason=reason.strip(),
        proposed_at=at,
        proposed_by=by.label[:120],
        unit_id=by.organisation_id,
    )
    record("criteria.proposed", by=by, at=at, subject=made, valid_from=valid_from, digest=made.digest)
    return made


@command(Permission.SIGN_CRITERIA, within="rules.unit_id")
def sign_criteria(*, by: Actor, at: datetime, rules: EligibilityRules) -> EligibilityRules:
    """They come into force on their day; how many they touch is kept with the signature."""
    found = EligibilityRules.objects.select_for_update(no_key=True).get(pk=rules.pk)
    if found.signed_at is not None or found.withdrawn_at is not None:
        raise Stale
    if found.valid_from < localdate(at):
        raise SignedForThePast(day=found.valid_from)
    found.touched = changes.touched_by(found, at).counts()
    found.signed_at, found.signed_by = at, by.label[:120]
    found.save(update_fields=["touched", "signed_at", "signed_by"])
    record(
        "criteria.signed", by=by, at=at, subject=found, valid_from=found.valid_from, digest=found.digest,
        touched=found.touched,
    )  # fmt: skip
    return found


@command(Permission.SIGN_CRITERIA, within="rules.unit_id")
def withdraw_criteria(*, by: Actor, at: datetime, rules: EligibilityRules) -> EligibilityRules:
    """A proposal that is not signed is taken back."""
    found = EligibilityRules.objects.select_for_update(no_key=True).get(pk=rules.pk)
    if found.signed_at is not None or found.withdrawn_at is not None:
        raise Stale
    found.withdrawn_at, found.withdrawn_by = at, by.label[:120]
    found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record("criteria.withdrawn", by=by, at=at, subject=found)
    return found
