"""What becomes of a signed assessment: amended, void, questioned and assessed again by others."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localdate

from yiyang.access.permissions import Permission
from yiyang.assessments.commands import locks
from yiyang.assessments.commands.due import raise_due
from yiyang.assessments.commands.refusals import (
    DisputedAlready,
    DisputedTooLate,
    DisputeEnded,
    NotSigned,
    SayWhatIsWrong,
    SayWhyAmended,
    VoidAlready,
)
from yiyang.assessments.models import Assessment, Dispute, Reason, State
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.policy import policy
from yiyang.people.reach import in_full


@command(Permission.ASSESS, within=locks.owner, about=in_full(locks.about))
def amend_assessment(*, by: Actor, at: datetime, assessment: Assessment, reason: str) -> Assessment:
    """A new version that names the reason; the former stays readable, and counts until the new one is signed."""
    if not reason.strip():
        raise SayWhyAmended(field="reason")
    found = locks.locked(assessment)
    if found.state != State.SIGNED:
        raise NotSigned(state=found.get_state_display())
    under_way = found.amendments.filter(state__in=(State.DRAFT, State.AWAITING_SECOND)).first()
    if under_way is not None:
        record_of(under_way, "assessment.resumed", by=by, at=at, code=under_way.code)
        return under_way
    made = Assessment.objects.create(
        person=found.person, instrument=found.instrument, code=found.code, organisation_id=found.organisation_id,
        reason=found.reason, note=found.note, begun_at=at, begun_by=by.label[:120],
        begun_by_account=by.account_id, assessed_at=found.assessed_at, answers=dict(found.answers), amends=found,
        amendment_reason=reason.strip()[:400], dispute=found.dispute,
    )  # fmt: skip
    record_of(
        made,
        "assessment.amended",
        by=by,
        at=at,
        code=made.code,
        former=found.pk,
        reason=made.amendment_reason,
    )
    return made


@command(Permission.ASSESS, within=locks.owner, about=in_full(locks.about))
def void_assessment(*, by: Actor, at: datetime, assessment: Assessment, reason: str) -> Assessment:
    """It was of somebody else, or should never have been: it counts no more, and stays readable with the reason."""
    if not reason.strip():
        raise SayWhyAmended(field="reason")
    found = locks.locked(assessment)
    if found.state in (State.VOID, State.SUPERSEDED):
        raise VoidAlready
    counted, former = found.state == State.SIGNED, found.amends
    found.state, found.void_at, found.void_by = State.VOID, at, by.label[:120]
    found.void_reason = reason.strip()[:400]
    found.save()
    record_of(found, "assessment.voided", by=by, at=at, code=found.code, reason=found.void_reason)
    beside = former is not None and former.amendments.filter(state=State.SIGNED).exists()
    if counted and former is not None and former.state == State.SUPERSEDED and not beside:
        former.state = State.SIGNED
        former.save(update_fields=["state"])
        record_of(former, "assessment.reinstated", by=by, at=at, code=former.code)
    elif counted and not beside:
        raise_due(
            person_id=found.person_id, code=found.code, organisation_id=found.organisation_id,
            reason=Reason.OTHER, due_on=localdate(at), by=by, at=at,
        )  # fmt: skip
    return found


@command(Permission.DISPUTE_ASSESSMENT, within=lambda by, **_: by.organisation_id, about=in_full(locks.about))
def raise_dispute(*, by: Actor, at: datetime, assessment: Assessment, by_whom: str, grounds: str) -> Dispute:
    """The person or the family do not agree with a result: others assess again, within the policy's days."""
    if not grounds.strip():
        raise SayWhatIsWrong(field="grounds")
    found = locks.locked(assessment)
    if found.state != State.SIGNED:
        raise NotSigned(state=found.get_state_display())
    if found.disputes.exclude(state=Dispute.State.WITHDRAWN).exists():
        raise DisputedAlready
    today = localdate(at)
    until = localdate(found.second_signed_at or found.signed_at) + timedelta(days=_days("dispute", at))
    if today > until:
        raise DisputedTooLate(until=until)
    made = Dispute.objects.create(
        person=found.person, assessment=found, organisation_id=found.organisation_id,
        by_whom=Dispute.ByWhom(by_whom), grounds=grounds.strip()[:1000], asked_at=at, asked_by=by.label[:120],
        decide_by=today + timedelta(days=_days("decide", at)),
    )  # fmt: skip
    record_of(
        made, "dispute.raised", by=by, at=at, assessment=found.pk, code=found.code, unit=found.organisation_id
    )
    raise_due(
        person_id=found.person_id, code=found.code, organisation_id=found.organisation_id,
        reason=Reason.DISPUTE, due_on=made.decide_by, by=by, at=at,
    )  # fmt: skip
    return made


@command(
    Permission.DISPUTE_ASSESSMENT,
    within=lambda by, **_: by.organisation_id,
    about=in_full(lambda dispute, **_: dispute.person_id),
)
def withdraw_dispute(*, by: Actor, at: datetime, dispute: Dispute, reason: str) -> Dispute:
    """Whoever asked is content now; the result stands."""
    if not reason.strip():
        raise SayWhyAmended(field="reason")
    found = Dispute.objects.select_for_update(no_key=True).get(pk=dispute.pk)
    if found.state != Dispute.State.OPEN:
        raise DisputeEnded(state=found.get_state_display())
    found.state, found.ended_at, found.withdrawn_reason = Dispute.State.WITHDRAWN, at, reason.strip()[:400]
    found.save()
    record_of(found, "dispute.withdrawn", by=by, at=at, reason=found.withdrawn_reason)
    return found


def settle_dispute(found: Assessment, *, by: Actor, at: datetime) -> None:
    """The re-assessment is signed: its result stands beside the first, and counts from now on."""
    if found.dispute_id is None:
        return
    dispute = Dispute.objects.select_for_update(no_key=True).get(pk=found.dispute_id)
    same = (found.level, found.total) == (dispute.assessment.level, dispute.assessment.total)
    result = (
        Dispute.Result.SAME
        if (found.level and found.level == dispute.assessment.level) or same
        else Dispute.Result.CHANGED
    )
    dispute.state, dispute.ended_at, dispute.outcome, dispute.result = (
        Dispute.State.DECIDED,
        at,
        found,
        result,
    )
    dispute.save()
    record_of(dispute, "dispute.decided", by=by, at=at, result=result, outcome=found.pk, code=found.code)


def _days(what: str, at: datetime) -> int:
    return int(policy(f"assessments.{what}_days", on=localdate(at)).value)
