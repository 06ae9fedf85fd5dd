"""Who has a care bed and no family doctor: the list of the health centre of the area."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.kernel.api import Answer, Example, Id, Instant, Page, Paging, Shown, Told, page
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.api.belongings import Reason
from yiyang.people.api.persons import routes
from yiyang.people.api.shown import PERSON, ROW, PersonInList, in_list
from yiyang.people.models import CoverageTask


class CoverageTaskShown(Shown):
    example: ClassVar[Example] = {
        "id": ROW, "person": PersonInList.example, "organisation": ROW, "name": "江宁路社区卫生服务中心",
        "raised_at": "2026-05-01T00:30:00Z", "why": "INSTITUTION", "done_at": None, "outcome": "",
    }  # fmt: skip

    id: Id
    person: PersonInList
    organisation: Id
    name: Annotated[str, Field(description="of the health centre that is to offer a family doctor")]
    raised_at: Instant
    why: Annotated[str, Field(description="the kind of bed that was opened")]
    done_at: Instant | None
    outcome: str


class CoverageSettledShown(Shown):
    """The person is not shown: with the task ends the centre's view of them."""

    example: ClassVar[Example] = {
        "id": ROW, "person": PERSON, "done_at": "2026-05-02T00:30:00Z", "outcome": "本人已有外区家庭医生",
    }  # fmt: skip

    id: Id
    person: Id
    done_at: Instant
    outcome: str


class SettleCoverage(Told):
    example: ClassVar[Example] = {"outcome": "本人已有外区家庭医生"}

    outcome: Annotated[Reason, Field(description="declined, has a doctor elsewhere, moved away")]


@routes.get("/people-without-family-doctor", shows=Page[CoverageTaskShown], permission=Permission.COVER_AREA)
def coverage_tasks(request: Any, asked: Query[Paging]) -> Answer:
    """Whom your health centre is to offer a family doctor, the longest waiting first."""
    items, marker, found = page(
        queries.coverage_tasks(request.actor),
        asked,
        by=("raised_at", "id"),
        show=lambda found: [_shown(one) for one in found],
    )
    return Answer(Page[CoverageTaskShown](items=items, next=marker), persons={one.person_id for one in found})


@routes.post("/coverage-tasks/{coverage_task_id}/settle", shows=CoverageSettledShown, matches="")
def settle_coverage(request: Any, coverage_task_id: Id, body: SettleCoverage) -> Answer:
    """Settle it without a contract; signing one settles it by itself."""
    task = queries.coverage_task(request.actor, coverage_task_id)
    done = commands.settle_coverage(by=request.actor, at=now(), task=task, outcome=body.outcome)
    shows = CoverageSettledShown(
        id=done.pk, person=done.person_id, done_at=done.done_at, outcome=done.outcome
    )
    return Answer(shows, persons=[done.person_id])


def _shown(one: CoverageTask) -> CoverageTaskShown:
    same = {name: getattr(one, name) for name in ("raised_at", "why", "done_at", "outcome")}
    return CoverageTaskShown(
        id=one.pk,
        person=in_list(one.person),
        organisation=one.organisation_id,
        name=one.organisation.name,
        **same,
    )
