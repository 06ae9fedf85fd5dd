"""Who stays with whom in a unit (陪护)."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access import queries as access
from yiyang.beds import commands
from yiyang.beds.api.infection import refuse_unless_handling, routes
from yiyang.beds.api.shown import AN_ID, Act, Unit, happened, unit
from yiyang.beds.models import Companion
from yiyang.beds.queries import handling as queries
from yiyang.beds.queries import requests
from yiyang.kernel.api import Answer, Example, Id, Instant, OneLine, OneOf, Page, Paging, Shown, page


class CompanionShown(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(52), "person": AN_ID.format(1), "unit": Unit.example, "place": "301-2", "name": "王芳",
        "kind": "FAMILY", "phone": "13900000000", "since": "2026-05-01T00:30:00Z", "added_by": "李敏 · 护士长",
        "until": None, "ended_by": "",
    }  # fmt: skip

    id: Id
    person: Id
    unit: Unit
    place: str
    name: str
    kind: Annotated[str, OneOf(Companion.Kind)]
    phone: str
    since: Instant
    added_by: str
    until: Instant | None
    ended_by: str


class AddCompanion(Act):
    example: ClassVar[Example] = {"name": "王芳", "kind": "FAMILY", "phone": "13900000000", "place": "301-2"}

    name: Annotated[str, OneLine(120, 1)]
    kind: Annotated[str, OneOf(Companion.Kind)]
    phone: Annotated[str, OneLine(40, 1)]
    place: Annotated[str, OneLine(80), Field(description="ward, room or bed")] = ""


@routes.get("/people/{person_id}/companions", shows=Page[CompanionShown])
def companions(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """Who stays with the person now, for who sends, receives, coordinates or keeps the person."""
    person = requests.person(request.actor, person_id)
    refuse_unless_handling(request, person.pk)
    rows = queries.companions(request.actor, person.pk)
    items, marker, _found = page(rows, asked, by=("since", "id"), show=_all)
    return Answer(Page[CompanionShown](items=items, next=marker), persons=[person.pk])


@routes.get("/organisations/{organisation_id}/companions", shows=Page[CompanionShown])
def companions_in(request: Any, organisation_id: Id, asked: Query[Paging]) -> Answer:
    """Who stays with somebody in your unit now."""
    of = access.internal_organisation(request.actor, organisation_id)
    rows = queries.companions_in(request.actor, of.pk).select_related("unit")
    items, marker, found = page(rows, asked, by=("since", "id"), show=_all)
    return Answer(Page[CompanionShown](items=items, next=marker), persons={one.person_id for one in found})


@routes.post("/people/{person_id}/companions", shows=CompanionShown, status=201)
def add_companion(request: Any, person_id: Id, body: AddCompanion) -> Answer:
    """Somebody stays with the person in your unit."""
    person = requests.person(request.actor, person_id)
    told = body.model_dump(exclude={"at"})
    made = commands.add_companion(by=request.actor, at=happened(body), person=person, **told)
    return Answer(_shown(made), persons=[made.person_id])


@routes.post("/companions/{companion_id}/end", shows=CompanionShown, matches="")
def end_companion(request: Any, companion_id: Id, body: Act) -> Answer:
    """The companion has gone home."""
    found = queries.companion(request.actor, companion_id)
    done = commands.end_companion(by=request.actor, at=happened(body), companion=found)
    return Answer(_shown(done), persons=[done.person_id])


def _all(found: list[Companion]) -> list[CompanionShown]:
    return [_shown(one) for one in found]


def _shown(one: Companion) -> CompanionShown:
    apart = ("id", "person", "unit")
    same = {name: getattr(one, name) for name in CompanionShown.model_fields if name not in apart}
    return CompanionShown(id=one.pk, person=one.person_id, unit=unit(one.unit), **same)
