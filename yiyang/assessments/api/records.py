"""Assessments: those of a person, beginning one, answering it, reading its result, scoring it on a newer version."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import BaseModel, Field

from yiyang.access.permissions import Permission
from yiyang.assessments import commands
from yiyang.assessments.api.shown import (
    AN_ID,
    REASONS,
    Answers,
    AssessmentListed,
    AssessmentShown,
    in_full,
    listed,
)
from yiyang.assessments.queries import another_version
from yiyang.assessments.queries import assessments as queries
from yiyang.kernel.api import (
    Answer,
    Code,
    Example,
    Id,
    Instant,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Shown,
    Told,
    page,
)
from yiyang.kernel.time import now
from yiyang.people import queries as people

routes = Routes("assessments")


class BeginAssessment(Told):
    example: ClassVar[Example] = {"code": "GBT42195", "reason": "FIRST", "key": "tablet-7-20260501-0830"}

    code: Annotated[str, OneLine(40, 1), Field(description="of the instrument; its newest version is taken")]
    reason: Annotated[str, OneOf(REASONS)]
    note: Annotated[str, OneLine(400)] = ""
    assessed_at: Annotated[Instant | None, Field(description="when it took place; now, when left out")] = None
    key: Annotated[str, OneLine(80), Field(description="the same key never begins two")] = ""


class AnswerAssessment(Told):
    example: ClassVar[Example] = {
        "answers": {"B.1.1": "4", "A.2.5": 61.5},
        "revision": 3,
        "device": "tablet-7",
    }

    answers: Answers
    revision: Annotated[int, Field(ge=0, le=1_000_000, description="that you saw")]
    device: Annotated[
        str, OneLine(40), Field(description="a name of your own; its own changes are no conflict")
    ] = ""


class ScoredShown(Shown):
    example: ClassVar[Example] = {
        "version": "2022.1", "missing": [], "impossible": [], "total": 72, "level": "1", "level_title": "1级 轻度失能",
        "steps": ["72 分属于“1级 轻度失能”（66–89）"],
    }  # fmt: skip

    version: str
    missing: list[str]
    impossible: list[str]
    total: float | None
    level: str
    level_title: str
    steps: list[str]


class RescoredShown(Shown):
    example: ClassVar[Example] = {
        "assessment": AN_ID.format(1), "as_given": ScoredShown.example, "as_newer": ScoredShown.example, "same": True,
    }  # fmt: skip

    assessment: Id
    as_given: Annotated[ScoredShown, Field(description="on the version that the answers were given on")]
    as_newer: Annotated[ScoredShown, Field(description="the same answers on the other version")]
    same: bool


class RescoringAsked(BaseModel):
    version: Annotated[Code, Field(description="of the same instrument; the newest, when left out")] = ""


@routes.get("/people/{person_id}/assessments", shows=Page[AssessmentListed])
def assessments_of_person(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """All of a person, drafts and void ones too, the newest first."""
    person = people.person_in_full(request.actor, person_id)
    items, marker, found = page(
        queries.rows_of_person(request.actor, person.pk), asked, by=("-assessed_at", "-id"), show=listed
    )
    return Answer(Page[AssessmentListed](items=items, next=marker), persons={one.person_id for one in found})


@routes.post(
    "/people/{person_id}/assessments",
    shows=AssessmentShown,
    status=201,
    matches="",
    permission=Permission.ASSESS,
)
def begin_assessment(request: Any, person_id: Id, body: BeginAssessment) -> Answer:
    """Begin, or go on with what the own unit has begun of the same instrument."""
    person = people.person_in_full(request.actor, person_id)
    made = commands.begin_assessment(by=request.actor, at=now(), person=person, **body.model_dump())
    answer = in_full(request.actor, made)
    answer.location = f"/api/assessments/{made.pk}"
    return answer


@routes.get("/assessments/{assessment_id}", shows=AssessmentShown)
def assessment(request: Any, assessment_id: Id) -> Answer:
    """The answers, what follows from them and why, who signed."""
    return in_full(request.actor, queries.readable(request.actor, assessment_id))


@routes.post(
    "/assessments/{assessment_id}/answer", shows=AssessmentShown, matches="", permission=Permission.ASSESS
)
def answer_assessment(request: Any, assessment_id: Id, body: AnswerAssessment) -> Answer:
    """Keep answers of a draft. What somebody else answered otherwise since your revision is 409, with both."""
    found = queries.assessment(request.actor, assessment_id)
    return in_full(
        request.actor, commands.answer(by=request.actor, at=now(), assessment=found, **body.model_dump())
    )


@routes.get("/assessments/{assessment_id}/rescored", shows=RescoredShown, permission=Permission.ASSESS)
def rescored(request: Any, assessment_id: Id, asked: Query[RescoringAsked]) -> Answer:
    """The same answers on another version, side by side; nothing is changed."""
    found = queries.assessment(request.actor, assessment_id)
    pair = another_version.side_by_side(found, asked.version)
    shows = RescoredShown(
        assessment=found.pk,
        as_given=ScoredShown(**pair.given),
        as_newer=ScoredShown(**pair.newer),
        same=pair.same,
    )
    return Answer(shows, persons=[found.person_id])
