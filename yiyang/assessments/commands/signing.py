"""Signing: from then on an assessment stands as it is. Where two assess, the second signs what the first did."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate

from yiyang.access.permissions import Permission
from yiyang.assessments.commands import locks
from yiyang.assessments.commands.drafts import check_dispute, check_moment, names
from yiyang.assessments.commands.due import close_due, raise_next
from yiyang.assessments.commands.outcomes import settle_dispute
from yiyang.assessments.commands.refusals import (
    AnswersMissing,
    AnswersNotPossible,
    FormerIsVoid,
    NoLevelFollows,
    NotADraft,
    NotWaitingForSecond,
    ReadAgainBeforeSigning,
    SayWhyAmended,
    SecondSignatureBySame,
    SignedMeanwhile,
)
from yiyang.assessments.models import Assessment, State
from yiyang.assessments.rules.instruments import Instrument as Content
from yiyang.assessments.rules.months import months_later
from yiyang.assessments.rules.outcomes import Outcome
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.people.reach import in_full


@command(Permission.ASSESS, within=locks.owner, about=in_full(locks.about))
def sign_assessment(
    *,
    by: Actor,
    at: datetime,
    assessment: Assessment,
    revision: int | None = None,
    assessed_at: datetime | None = None,
    beside: bool = False,
) -> Assessment:
    """The assessor stands for all answers. Nothing may lack, nothing may be impossible.

    `revision` is that of the summary which was read; `beside` says that it is known that somebody else signed
    the same assessment since this one was begun.
    """
    found = locks.locked(assessment)
    if found.state != State.DRAFT:
        raise NotADraft(state=found.get_state_display(), who=found.signed_by, at=found.signed_at)
    if revision is not None and revision != found.revision:
        raise ReadAgainBeforeSigning
    content = locks.content_of(found.instrument)
    locks.check_who(by, content)
    check_dispute(by, found.dispute)
    check_moment(assessed_at or found.assessed_at, at)
    if not beside:
        _check_nobody_signed(found)
    found.assessed_at = assessed_at or found.assessed_at
    take_result(found, content, checked_outcome(found, content))
    found.signed_at, found.signed_by, found.signed_by_account = at, by.label[:120], by.account_id
    if content.assessors > 1:
        found.state = State.AWAITING_SECOND
        found.save()
        record_of(
            found, "assessment.first_signed", by=by, at=at, code=found.code, level=found.level,
            urgency=_most_urgent(found),
        )  # fmt: skip
        return found
    return _complete(found, by=by, at=at)


@command(Permission.ASSESS, within=lambda by, **_: by.organisation_id, about=in_full(locks.about))
def second_signature(
    *, by: Actor, at: datetime, assessment: Assessment, revision: int | None = None
) -> Assessment:
    """Another assessor stands for the same answers; only now does the result count."""
    found = _waiting(assessment)
    if found.signed_by_account is not None and found.signed_by_account == by.account_id:
        raise SecondSignatureBySame
    if revision is not None and revision != found.revision:
        raise ReadAgainBeforeSigning
    locks.check_who(by, locks.content_of(found.instrument))
    check_dispute(by, found.dispute)
    found.second_signed_at, found.second_signed_by = at, by.label[:120]
    found.second_signed_by_account = by.account_id
    return _complete(found, by=by, at=at)


@command(Permission.ASSESS, within=lambda by, **_: by.organisation_id, about=in_full(locks.about))
def give_back(*, by: Actor, at: datetime, assessment: Assessment, reason: str) -> Assessment:
    """One of the two does not agree: the first signature is taken back, the answers can be changed again."""
    found = _waiting(assessment)
    if not reason.strip():
        raise SayWhyAmended(field="reason")
    was = found.signed_by
    found.state, found.signed_at, found.signed_by, found.signed_by_account = State.DRAFT, None, "", None
    found.total, found.level, found.rank, found.valid_until = None, "", None, None
    found.subscores, found.alerts = {}, []
    found.save()
    record_of(
        found, "assessment.given_back", by=by, at=at, code=found.code, signed_by=was, reason=reason.strip()
    )
    return found


def checked_outcome(found: Assessment, content: Content) -> Outcome:
    """What follows from the answers, or what stands in the way of it, in words."""
    outcome = locks.outcome_of(found)
    if outcome.impossible:
        raise AnswersNotPossible(
            problem="; ".join(str(one.words) for one in outcome.impossible[:5]),
            codes=[one.item for one in outcome.impossible],
        )
    if outcome.missing:
        codes = list(outcome.missing)
        raise AnswersMissing(number=len(codes), items=names(content, codes), codes=codes)
    if content.bands and outcome.level is None:
        raise NoLevelFollows
    return outcome


def _waiting(assessment: Assessment) -> Assessment:
    found = locks.locked(assessment)
    if found.state != State.AWAITING_SECOND:
        raise NotWaitingForSecond(state=found.get_state_display())
    return found


def _check_nobody_signed(found: Assessment) -> None:
    """Two who assess the same person on one day, one of them without a signal, or two who correct one result:
    the second is told. So is who corrects what is void by now."""
    if found.amends is not None:
        former = locks.locked(found.amends)
        if former.state == State.VOID:
            raise FormerIsVoid(who=former.void_by, at=former.void_at, reason=former.void_reason)
    elif found.dispute_id:
        return
    other = Assessment.objects.filter(person=found.person_id).signed_since(found).first()
    if other is not None:
        raise SignedMeanwhile(who=other.signed_by, at=other.signed_at, other=str(other.pk))


def take_result(found: Assessment, content: Content, outcome: Outcome) -> None:
    """What lists, figures and other contexts ask for; the steps are worked out again where they are shown."""
    found.total = outcome.total
    found.level = outcome.level.level if outcome.level else ""
    found.rank = outcome.level.rank if outcome.level else None
    found.subscores = dict(outcome.subscores)
    found.alerts = [
        {"code": one.code, "urgency": one.urgency, "demand": one.demand.as_data()} for one in outcome.alerts
    ]
    day = localdate(found.assessed_at)
    found.valid_until = months_later(day, content.validity_months) if content.validity_months else None


def _complete(found: Assessment, *, by: Actor, at: datetime) -> Assessment:
    found.state = State.SIGNED
    former = locks.locked(found.amends) if found.amends is not None else None
    if former is not None and former.state == State.SIGNED:
        former.state = State.SUPERSEDED
        former.save(update_fields=["state"])
        record_of(former, "assessment.superseded", by=by, at=at, code=former.code, newer=found.pk)
    found.save()
    record_of(
        found, "assessment.signed", by=by, at=at, code=found.code, version=found.instrument.version,
        total=found.total, level=found.level, reason=found.reason, unit=found.organisation_id,
        alerts=[one["code"] for one in found.alerts], urgency=_most_urgent(found),
        first_account=found.signed_by_account,
    )  # fmt: skip
    settle_dispute(found, by=by, at=at)
    close_due(found, by=by, at=at)
    raise_next(found, by=by, at=at)
    return found


def _most_urgent(found: Assessment) -> str:
    urgencies = {one["urgency"] for one in found.alerts}
    return next((one for one in ("EMERGENCY", "URGENT", "ROUTINE") if one in urgencies), "")
