"""Signing, amending, voiding; results that are questioned."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.assessments import commands
from yiyang.assessments.api.records import routes
from yiyang.assessments.api.shown import AN_ID, AssessmentShown, in_full
from yiyang.assessments.models import Dispute, Reason
from yiyang.assessments.queries import assessments as queries
from yiyang.kernel.api import Answer, Day, Example, Id, Instant, OneLine, OneOf, Shown, Told
from yiyang.kernel.api.problems import ValuesRefused
from yiyang.kernel.time import now

Why = Annotated[str, OneLine(400, 1)]
Revision = Annotated[
    int | None, Field(ge=0, le=1_000_000, description="of the answers that were read; 409 when they changed")
]
P = Permission


class SignAssessment(Told):
    example: ClassVar[Example] = {"revision": 4, "assessed_at": "2026-05-01T08:30:00+08:00"}

    revision: Revision = None
    assessed_at: Annotated[
        Instant | None, Field(description="when it took place, if that is to be corrected")
    ] = None
    beside: Annotated[
        bool, Field(description="somebody signed the same meanwhile, and yours stands beside it")
    ] = False


class SecondSignature(Told):
    example: ClassVar[Example] = {"revision": 4}

    revision: Revision = None


class SayWhyAssessment(Told):
    example: ClassVar[Example] = {"reason": "选项填错"}

    reason: Why


class AnswerAlert(Told):
    example: ClassVar[Example] = {"done": "已陪护在旁，值班医生张敏10分钟内到"}

    done: Annotated[str, OneLine(400, 1)]


class RaiseDispute(Told):
    example: ClassVar[Example] = {"grounds": "母亲能自己上下楼", "by_whom": "FAMILY"}

    grounds: Annotated[str, OneLine(1000, 1)]
    by_whom: Annotated[
        str, OneOf([*Dispute.ByWhom.values, ""]), Field(description="staff must say; else it is you")
    ] = ""


class BeginReassessment(Told):
    example: ClassVar[Example] = {}


class DisputeShown(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(5), "person": AN_ID.format(2), "assessment": AN_ID.format(1), "state": "OPEN",
        "by_whom": "FAMILY", "grounds": "母亲能自己上下楼", "asked_at": "2026-05-02T00:30:00Z", "asked_by": "李敏 · 护士",
        "decide_by": "2026-06-01", "outcome": None, "result": "", "withdrawn_reason": "",
    }  # fmt: skip

    id: Id
    person: Id
    assessment: Id
    state: Annotated[str, OneOf(Dispute.State)]
    by_whom: Annotated[str, OneOf(Dispute.ByWhom)]
    grounds: str
    asked_at: Instant
    asked_by: str
    decide_by: Day
    outcome: Annotated[Id | None, Field(description="the assessment by others")]
    result: Annotated[str, OneOf([*Dispute.Result.values, ""])]
    withdrawn_reason: str


@routes.post("/assessments/{assessment_id}/sign", shows=AssessmentShown, matches="", permission=P.ASSESS)
def sign_assessment(request: Any, assessment_id: Id, body: SignAssessment) -> Answer:
    """Stand for all answers. A question that is open, or an impossible answer, is 422 with its words."""
    found = queries.assessment(request.actor, assessment_id)
    return in_full(
        request.actor,
        commands.sign_assessment(by=request.actor, at=now(), assessment=found, **body.model_dump()),
    )


@routes.post(
    "/assessments/{assessment_id}/second-signature", shows=AssessmentShown, matches="", permission=P.ASSESS
)
def second_signature(request: Any, assessment_id: Id, body: SecondSignature) -> Answer:
    """Another assessor stands for the same answers, where the instrument asks for two."""
    found = queries.assessment(request.actor, assessment_id)
    return in_full(
        request.actor,
        commands.second_signature(by=request.actor, at=now(), assessment=found, **body.model_dump()),
    )


@routes.post("/assessments/{assessment_id}/give-back", shows=AssessmentShown, matches="", permission=P.ASSESS)
def give_back_assessment(request: Any, assessment_id: Id, body: SayWhyAssessment) -> Answer:
    """The second does not agree: the first signature is taken back."""
    found = queries.assessment(request.actor, assessment_id)
    return in_full(
        request.actor, commands.give_back(by=request.actor, at=now(), assessment=found, reason=body.reason)
    )


@routes.post(
    "/assessments/{assessment_id}/amend", shows=AssessmentShown, status=201, matches="", permission=P.ASSESS
)
def amend_assessment(request: Any, assessment_id: Id, body: SayWhyAssessment) -> Answer:
    """A new version, a draft with the same answers; the signed one counts until it is signed."""
    found = queries.assessment(request.actor, assessment_id)
    made = commands.amend_assessment(by=request.actor, at=now(), assessment=found, reason=body.reason)
    answer = in_full(request.actor, made)
    answer.location = f"/api/assessments/{made.pk}"
    return answer


@routes.post("/assessments/{assessment_id}/void", shows=AssessmentShown, matches="", permission=P.ASSESS)
def void_assessment(request: Any, assessment_id: Id, body: SayWhyAssessment) -> Answer:
    """It counts no more, and stays readable with the reason."""
    found = queries.assessment(request.actor, assessment_id)
    return in_full(
        request.actor,
        commands.void_assessment(by=request.actor, at=now(), assessment=found, reason=body.reason),
    )


@routes.post(
    "/assessments/{assessment_id}/answer-alert", shows=AssessmentShown, matches="", permission=P.TAKE_DUTY
)
def answer_alert(request: Any, assessment_id: Id, body: AnswerAlert) -> Answer:
    """An answer demanded a step at once: what was done. Until then the one on duty, the deputy, the manager and the
    coordinator are told in turn."""
    found = queries.assessment(request.actor, assessment_id)
    commands.answer_alert(by=request.actor, at=now(), assessment=found, done=body.done)
    return in_full(request.actor, found)


@routes.post(
    "/assessments/{assessment_id}/dispute",
    shows=DisputeShown,
    status=201,
    matches="",
    permission=P.DISPUTE_ASSESSMENT,
)
def raise_dispute(request: Any, assessment_id: Id, body: RaiseDispute) -> Answer:
    """Person or family ask that others assess again, within the policy's days."""
    found = queries.readable(request.actor, assessment_id)
    own = "PERSON" if request.actor.role == "ELDER" else "FAMILY"
    by_whom = body.by_whom if request.actor.organisation_id else own
    if not by_whom:
        raise ValuesRefused(("body", ["by_whom"], "missing"))
    made = commands.raise_dispute(
        by=request.actor, at=now(), assessment=found, by_whom=by_whom, grounds=body.grounds
    )
    return _dispute(made)


@routes.get("/disputes/{dispute_id}", shows=DisputeShown)
def dispute(request: Any, dispute_id: Id) -> Answer:
    """What was asked, by when it is to be decided, what came of it."""
    return _dispute(queries.dispute(request.actor, dispute_id))


@routes.post(
    "/disputes/{dispute_id}/begin", shows=AssessmentShown, status=201, matches="", permission=P.ASSESS
)
def begin_reassessment(request: Any, dispute_id: Id, body: BeginReassessment) -> Answer:
    """Assessors who did not do the first one begin anew."""
    found = queries.dispute(request.actor, dispute_id)
    made = commands.begin_assessment(
        by=request.actor,
        at=now(),
        person=found.person,
        code=found.assessment.code,
        reason=Reason.DISPUTE,
        dispute=found,
    )
    answer = in_full(request.actor, made)
    answer.location = f"/api/assessments/{made.pk}"
    return answer


@routes.post(
    "/disputes/{dispute_id}/withdraw", shows=DisputeShown, matches="", permission=P.DISPUTE_ASSESSMENT
)
def withdraw_dispute(request: Any, dispute_id: Id, body: SayWhyAssessment) -> Answer:
    """The result stands after all."""
    found = queries.dispute(request.actor, dispute_id)
    return _dispute(commands.withdraw_dispute(by=request.actor, at=now(), dispute=found, reason=body.reason))


def _dispute(found: Dispute) -> Answer:
    names = ("state", "by_whom", "grounds", "asked_at", "asked_by", "decide_by", "result", "withdrawn_reason")
    shows = DisputeShown(
        id=found.pk, person=found.person_id, assessment=found.assessment_id, outcome=found.outcome_id,
        **{name: getattr(found, name) for name in names},
    )  # fmt: skip
    return Answer(shows, persons=[found.person_id])
