"""What persons answer themselves."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.assessments import commands
from yiyang.assessments.api.records import AnswerAssessment, routes
from yiyang.assessments.api.shown import AssessmentShown, in_full
from yiyang.assessments.queries import assessments as queries
from yiyang.kernel.api import Answer, Example, Id, OneLine, Told
from yiyang.kernel.time import now
from yiyang.people import queries as people

P = Permission


class BeginSelfReport(Told):
    example: ClassVar[Example] = {"code": "PHQ9"}

    code: Annotated[str, OneLine(40, 1), Field(description="of an instrument that persons answer themselves")]


class HandIn(Told):
    example: ClassVar[Example] = {}


@routes.post(
    "/people/{person_id}/self-reports",
    shows=AssessmentShown,
    status=201,
    matches="",
    permission=P.ANSWER_SELF_REPORT,
)
def begin_self_report(request: Any, person_id: Id, body: BeginSelfReport) -> Answer:
    """Begin, or go on; it goes to the unit that cares for the person, else to the family doctor's."""
    person = people.person_in_full(request.actor, person_id)
    made = commands.begin_self_report(by=request.actor, at=now(), person=person, code=body.code)
    answer = in_full(request.actor, made)
    answer.location = f"/api/assessments/{made.pk}"
    return answer


@routes.post(
    "/self-reports/{assessment_id}/answer", shows=AssessmentShown, matches="", permission=P.ANSWER_SELF_REPORT
)
def answer_self_report(request: Any, assessment_id: Id, body: AnswerAssessment) -> Answer:
    """Keep the person's own answers."""
    found = queries.assessment(request.actor, assessment_id)
    kept = commands.answer_self_report(by=request.actor, at=now(), assessment=found, **body.model_dump())
    return in_full(request.actor, kept)


@routes.post(
    "/self-reports/{assessment_id}/hand-in",
    shows=AssessmentShown,
    matches="",
    permission=P.ANSWER_SELF_REPORT,
)
def hand_in_self_report(request: Any, assessment_id: Id, body: HandIn) -> Answer:
    """All is answered: staff read it with the person, and sign."""
    found = queries.assessment(request.actor, assessment_id)
    sent = commands.hand_in_self_report(by=request.actor, at=now(), assessment=found)
    return in_full(request.actor, sent)
