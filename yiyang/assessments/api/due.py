"""What is to be assessed by when."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.assessments import commands
from yiyang.assessments.api.records import routes
from yiyang.assessments.api.shown import AN_ID, REASONS
from yiyang.assessments.models import Due, LeftOpen, Reason
from yiyang.assessments.queries import due as queries
from yiyang.assessments.queries import left_open
from yiyang.kernel.api import Answer, Day, Example, Id, OneLine, OneOf, Page, Paging, Shown, Told, page
from yiyang.kernel.time import now
from yiyang.people import queries as people


class DueShown(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(7), "person": AN_ID.format(2), "full_name": "王秀英", "instrument": "GBT42195",
        "reason": "ROUTINE", "due_on": "2027-05-01", "unit": AN_ID.format(3), "assessor": "李敏 · 护士",
    }  # fmt: skip

    id: Id
    person: Id
    full_name: str
    instrument: str
    reason: Annotated[str, OneOf(Reason)]
    due_on: Day
    unit: Id | None
    assessor: Annotated[str, Field(description="who did the last one")]


class LeftOpenShown(Shown):
    """`person` is null where the record is not open to you."""

    example: ClassVar[Example] = {
        "kind": "DRAFT", "id": AN_ID.format(7), "instrument": "GBT42195", "unit": AN_ID.format(3),
        "to_be_done_by": "2026-05-01", "days_late": 6, "person": AN_ID.format(2), "told": ["ASSESSOR", "LEAD"],
    }  # fmt: skip

    kind: Annotated[str, OneOf(LeftOpen.Kind)]
    id: Annotated[Id, Field(description="of the assessment, the questioned result or what is due")]
    instrument: str
    unit: Id | None
    to_be_done_by: Day
    days_late: int
    person: Id | None
    told: list[Annotated[str, OneOf(LeftOpen.Rung)]]


class LeftOpenRows(Shown):
    example: ClassVar[Example] = {"items": [LeftOpenShown.example]}

    items: list[LeftOpenShown]


class DueAsked(Paging):
    until: Annotated[Day | None, Field(description="due by this day")] = None


class AskForAssessment(Told):
    example: ClassVar[Example] = {"code": "GBT42195", "reason": "IMMEDIATE", "due_on": "2026-05-08"}

    code: Annotated[str, OneLine(40, 1)]
    reason: Annotated[str, OneOf(REASONS)]
    due_on: Day


@routes.get("/assessments-due", shows=Page[DueShown], permission=Permission.ASSESS)
def assessments_due(request: Any, asked: Query[DueAsked]) -> Answer:
    """Everything open of persons whose record is open to you, the soonest first."""
    items, marker, found = page(
        queries.rows(request.actor, until=asked.until), asked, by=("due_on", "id"),
        show=lambda rows: [_due(one) for one in rows],
    )  # fmt: skip
    return Answer(Page[DueShown](items=items, next=marker), persons={one.person_id for one in found})


@routes.get(
    "/assessments-left-open", shows=LeftOpenRows, permission=(Permission.SEE_FIGURES, Permission.ASSESS)
)
def assessments_left_open(request: Any) -> Answer:
    """What your units, or those of your district, have left open too long, and who was told of it."""
    found = left_open.of_units(request.actor, request.actor.reach)
    rows = [
        LeftOpenShown(
            kind=one.kind, id=one.row.pk, instrument=one.code, unit=one.row.organisation_id, to_be_done_by=one.day,
            days_late=one.late_by, person=one.row.person_id if one.named else None,
            told=[step.rung for step in one.rungs],
        )
        for one in found
    ]  # fmt: skip
    return Answer(LeftOpenRows(items=rows), persons={one.row.person_id for one in found if one.named})


@routes.post(
    "/people/{person_id}/ask-for-assessment",
    shows=DueShown,
    status=201,
    matches="",
    permission=Permission.ASSESS,
)
def ask_for_assessment(request: Any, person_id: Id, body: AskForAssessment) -> Answer:
    """Put an assessment into the worklist of your unit; what is due sooner already stays."""
    person = people.person_in_full(request.actor, person_id)
    made = commands.ask_for_assessment(by=request.actor, at=now(), person=person, **body.model_dump())
    return Answer(_due(made), persons=[made.person_id])


def _due(one: Due) -> DueShown:
    return DueShown(
        id=one.pk, person=one.person_id, full_name=one.person.full_name, instrument=one.code, reason=one.reason,
        due_on=one.due_on, unit=one.organisation_id, assessor=one.assessor,
    )  # fmt: skip
