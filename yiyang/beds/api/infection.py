"""Precautions on a person, and outbreaks that close a unit or a ward to new arrivals."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from ninja import Query
from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.beds import commands
from yiyang.beds.api.shown import AN_ID, Act, Unit, happened, unit
from yiyang.beds.models import Outbreak, Precaution
from yiyang.beds.queries import handling as queries
from yiyang.beds.queries import requests
from yiyang.beds.queries import units as of_units
from yiyang.kernel.api import (
    Answer,
    Example,
    Flag,
    Id,
    Instant,
    Line,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Shown,
    named,
    page,
)
from yiyang.kernel.refusals import NotFound

routes = Routes("infection and companions")


class PrecautionShown(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(50), "person": AN_ID.format(1), "way": "CONTACT", "cause": "SCABIES",
        "note": "5 月 1 日皮肤科确诊", "begun_at": "2026-05-01T00:30:00Z", "begun_by": "李敏 · 护士长", "ended_at": None,
        "ended_by": "",
    }  # fmt: skip

    id: Id
    person: Id
    way: Annotated[str, OneOf(Precaution.Way)]
    cause: Annotated[str, OneOf(Precaution.Cause)]
    note: str
    begun_at: Instant
    begun_by: str
    ended_at: Instant | None
    ended_by: str


class BeginPrecaution(Act):
    example: ClassVar[Example] = {"way": "CONTACT", "cause": "SCABIES", "note": "5 月 1 日皮肤科确诊"}

    way: Annotated[str, OneOf(Precaution.Way)]
    cause: Annotated[str, OneOf(Precaution.Cause)]
    note: Annotated[Line, Field(description="what was found, and when")] = ""


class OutbreakShown(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(51), "unit": Unit.example, "ward": AN_ID.format(21), "ward_name": "三楼",
        "reason": "诺如病毒，4 人", "since": "2026-05-01T00:30:00Z", "declared_by": "李敏 · 护士长", "until": None,
        "ended_by": "",
    }  # fmt: skip

    id: Id
    unit: Unit
    ward: Annotated[Id | None, Field(description="null: the whole unit")]
    ward_name: str
    reason: str
    since: Instant
    declared_by: str
    until: Instant | None
    ended_by: str


class OutbreakFilter(Paging):
    unit: Id | None = None
    live: Annotated[Flag | None, Field(description="true: only those that last")] = None


class DeclareOutbreak(Act):
    example: ClassVar[Example] = {"unit": AN_ID.format(2), "ward": None, "reason": "诺如病毒，4 人"}

    unit: Id
    ward: Annotated[Id | None, Field(description="the whole unit, when left out")] = None
    reason: Annotated[str, OneLine(200, 1), Field(description="what has broken out, how many are ill")]


@routes.get("/people/{person_id}/precautions", shows=Page[PrecautionShown])
def precautions(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """The precautions in force, for who sends, receives, coordinates or keeps the person; 404 for all others."""
    person = requests.person(request.actor, person_id)
    refuse_unless_handling(request, person.pk)
    items, marker, _found = page(
        queries.precautions(request.actor, person.pk),
        asked,
        by=("begun_at", "id"),
        show=lambda found: [_precaution(one) for one in found],
    )
    return Answer(Page[PrecautionShown](items=items, next=marker), persons=[person.pk])


@routes.post("/people/{person_id}/precautions", shows=PrecautionShown, status=201)
def begin_precaution(request: Any, person_id: Id, body: BeginPrecaution) -> Answer:
    """A clinician says how those who handle the person protect themselves and others."""
    person = requests.person(request.actor, person_id)
    told = body.model_dump(exclude={"at"})
    made = commands.begin_precaution(by=request.actor, at=happened(body), person=person, **told)
    return Answer(_precaution(made), persons=[made.person_id])


@routes.post("/precautions/{precaution_id}/end", shows=PrecautionShown, matches="")
def end_precaution(request: Any, precaution_id: Id, body: Act) -> Answer:
    """The precaution is not needed any more."""
    found = queries.precaution(request.actor, precaution_id)
    done = commands.end_precaution(by=request.actor, at=happened(body), precaution=found)
    return Answer(_precaution(done), persons=[done.person_id])


@routes.get("/outbreaks", shows=Page[OutbreakShown], permission=Permission.SEE_BOARD)
def outbreaks(request: Any, asked: Query[OutbreakFilter]) -> Answer:
    """Outbreaks of your units and of those in your charge, the latest first."""
    rows = queries.outbreaks_of(request.actor)
    if asked.unit:
        rows = rows.filter(unit=asked.unit)
    if asked.live is not None:
        rows = rows.filter(until__isnull=asked.live)
    items, marker, _found = page(
        rows, asked, by=("-since", "-id"), show=lambda found: [_outbreak(one) for one in found]
    )
    return Answer(Page[OutbreakShown](items=items, next=marker))


@routes.post("/outbreaks", shows=OutbreakShown, status=201, matches="")
def declare_outbreak(request: Any, body: DeclareOutbreak) -> Answer:
    """Nobody new is offered to the unit, or to one ward, until it is over; returns decided by its doctor go on."""
    of = named("unit", lambda: of_units.unit(request.actor, body.unit))
    ward = named("ward", lambda: of.wards.filter(pk=body.ward).first()) if body.ward else None
    made = commands.declare_outbreak(
        by=request.actor, at=happened(body), unit_id=of.pk, ward=ward, reason=body.reason
    )
    return Answer(_outbreak(queries.outbreaks_of(request.actor).get(pk=made.pk)))


@routes.post("/outbreaks/{outbreak_id}/end", shows=OutbreakShown, matches="")
def end_outbreak(request: Any, outbreak_id: Id, body: Act) -> Answer:
    """The unit or ward takes new arrivals again."""
    found = queries.outbreak(request.actor, outbreak_id)
    done = commands.end_outbreak(by=request.actor, at=happened(body), outbreak=found)
    return Answer(_outbreak(done))


def refuse_unless_handling(request: Any, person_id: UUID) -> None:
    if not queries.handles(request.actor, person_id):
        raise NotFound


def _precaution(one: Precaution) -> PrecautionShown:
    same = {name: getattr(one, name) for name in PrecautionShown.model_fields if name not in ("id", "person")}
    return PrecautionShown(id=one.pk, person=one.person_id, **same)


def _outbreak(one: Outbreak) -> OutbreakShown:
    same = {name: getattr(one, name) for name in ("reason", "since", "declared_by", "until", "ended_by")}
    return OutbreakShown(
        id=one.pk,
        unit=unit(one.unit),
        ward=one.ward_id,
        ward_name=one.ward.name if one.ward else "",
        **same,
    )
