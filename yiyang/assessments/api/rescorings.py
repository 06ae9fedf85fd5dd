"""All that stands scored by another version: asking for it, how far it is, what came of it."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.assessments import commands
from yiyang.assessments.api.instruments import routes
from yiyang.assessments.api.shown import AN_ID
from yiyang.assessments.models import Rescored, Rescoring
from yiyang.assessments.queries import instruments, rescorings
from yiyang.assessments.rules.eligibility import Answer as Fitting
from yiyang.kernel.api import Answer, Example, Id, Instant, OneOf, Page, Paging, Shown, Told, page
from yiyang.kernel.time import now

FITS = {one[0]: str(one) for one in Fitting}


class RescoringListed(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(11), "instrument": AN_ID.format(9), "code": "GBT42195", "version": "2022.2",
        "started_at": "2026-05-01T00:30:00Z", "started_by": "周工 · 系统管理员", "finished_at": None, "stood": 48210,
        "done": 20000,
    }  # fmt: skip

    id: Id
    instrument: Id
    code: str
    version: str
    started_at: Instant
    started_by: str
    finished_at: Instant | None
    stood: Annotated[int, Field(description="how many assessments stood when it began")]
    done: int


class Flow(Shown):
    example: ClassVar[Example] = {"level_before": "1", "level": "2", "number": 312}

    level_before: str
    level: Annotated[str, Field(description="empty: an answer is missing that this version asks for")]
    number: int


class FitFlow(Shown):
    example: ClassVar[Example] = {
        "kind": "INSTITUTION", "before": "NOT_ELIGIBLE", "after": "ELIGIBLE", "number": 27,
    }  # fmt: skip

    kind: Annotated[str, OneOf(BedKind)]
    before: Annotated[str, OneOf([str(one) for one in Fitting])]
    after: Annotated[str, OneOf([str(one) for one in Fitting])]
    number: int


class RescoringShown(RescoringListed):
    example: ClassVar[Example] = RescoringListed.example | {
        "worse": 312, "better": 4, "without_level": 0, "versions": {"2022.1": 20000}, "flows": [Flow.example],
        "fits": [FitFlow.example],
    }  # fmt: skip

    worse: int
    better: int
    without_level: int
    versions: Annotated[dict[str, int], Field(description="on which the answers were given")]
    flows: list[Flow]
    fits: Annotated[list[FitFlow], Field(description="persons for whom a kind of bed would fit otherwise")]


class MovedShown(Shown):
    example: ClassVar[Example] = {
        "assessment": AN_ID.format(1), "person": AN_ID.format(2), "level_before": "1", "level": "2",
        "total_before": 70, "total": 70,
    }  # fmt: skip

    assessment: Id
    person: Id
    level_before: str
    level: str
    total_before: float | None
    total: float | None


class StartRescoring(Told):
    example: ClassVar[Example] = {}


@routes.post(
    "/instruments/{instrument_id}/rescore",
    shows=RescoringShown,
    status=201,
    matches="",
    permission=Permission.MANAGE_INSTRUMENTS,
)
def start_rescoring(request: Any, instrument_id: Id, body: StartRescoring) -> Answer:
    """Score all that stands by this version; the worker does it. A run that was broken off goes on."""
    made = commands.start_rescoring(by=request.actor, at=now(), instrument=instruments.version(instrument_id))
    answer = _in_full(rescorings.run(request.actor, made.pk))
    answer.location = f"/api/rescorings/{made.pk}"
    return answer


@routes.get("/rescorings", shows=Page[RescoringListed])
def rescoring_runs(request: Any, asked: Query[Paging]) -> Answer:
    """Every run of the own district, the newest first."""
    items, marker, _found = page(
        rescorings.runs(request.actor), asked, by=("-started_at", "-id"),
        show=lambda rows: [RescoringListed(**_same(one)) for one in rows],
    )  # fmt: skip
    return Answer(Page[RescoringListed](items=items, next=marker))


@routes.get("/rescorings/{rescoring_id}", shows=RescoringShown)
def rescoring(request: Any, rescoring_id: Id) -> Answer:
    """How far it is, how many levels change and which way, and for how many another bed would fit."""
    return _in_full(rescorings.run(request.actor, rescoring_id))


@routes.get("/rescorings/{rescoring_id}/moved", shows=Page[MovedShown])
def rescoring_moved(request: Any, rescoring_id: Id, asked: Query[Paging]) -> Answer:
    """Whose level changes, of persons whose record is open to you."""
    found = rescorings.moved(request.actor, rescorings.run(request.actor, rescoring_id))
    items, marker, rows = page(
        found, asked, by=("assessment_id",), show=lambda some: [_moved(one) for one in some]
    )
    return Answer(
        Page[MovedShown](items=items, next=marker), persons={one.assessment.person_id for one in rows}
    )


def _in_full(run: Rescoring) -> Answer:
    came = rescorings.outcome(run)
    shows = RescoringShown(
        **_same(run),
        worse=came.worse,
        better=came.better,
        without_level=came.without,
        versions=dict(came.versions),
        flows=[
            Flow(level_before=line.level, level=level, number=number)
            for line in came.lines
            for level, number in line.cells
            if number
        ],
        fits=[
            FitFlow(kind=one.kind, before=FITS[one.before], after=FITS[one.after], number=one.number)
            for one in came.fits
        ],
    )
    return Answer(shows)


def _same(run: Any) -> dict[str, Any]:
    names = ("started_at", "started_by", "finished_at", "stood", "done")
    version = {
        "code": run.instrument.code,
        "version": run.instrument.version,
        "instrument": run.instrument_id,
    }
    return {"id": run.pk, **version, **{name: getattr(run, name) for name in names}}


def _moved(one: Rescored) -> MovedShown:
    same = {name: getattr(one, name) for name in ("level_before", "level", "total_before", "total")}
    return MovedShown(assessment=one.assessment_id, person=one.assessment.person_id, **same)
