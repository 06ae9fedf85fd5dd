"""Help at a counter or by telephone (代办): begin to act for somebody, end it, read what was done.

Requests that carry the id of an assistance in the header `Acting-For` are the elder's or the relative's own, until it
ends; it is bound to the token that began it.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access.acting import token_mark
from yiyang.access.permissions import Permission
from yiyang.kernel.api import (
    Answer,
    Example,
    Id,
    Instant,
    OneLine,
    OneOf,
    Page,
    Paging,
    Shown,
    Told,
    named,
    page,
)
from yiyang.kernel.api.papers import Base64, PaperListed, listed, read_paper
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.api.shown import PERSON, ROW
from yiyang.people.api.sight import routes
from yiyang.people.models import Assistance
from yiyang.people.rules.assistance import Channel, Checked


class AssistanceShown(Shown):
    example: ClassVar[Example] = {
        "id": ROW, "number": "5F2B6C1D", "person": PERSON, "delegation": None, "name": "王秀英",
        "channel": "COUNTER", "identity_check": "ID_CARD", "note": "", "organisation": ROW,
        "assistant": "范惠芳 · 养老顾问", "started_at": "2026-05-01T00:30:00Z",
        "until": "2026-05-01T01:00:00Z", "ended_at": None, "papers": [PaperListed.example],
    }  # fmt: skip

    id: Id
    number: Annotated[str, Field(description="as it stands on the slip")]
    person: Id
    delegation: Annotated[Id | None, Field(description="null: for the person themself")]
    name: Annotated[str, Field(description="for whom")]
    channel: Annotated[str, OneOf(Channel)]
    identity_check: Annotated[str, OneOf(Checked)]
    note: str
    organisation: Id
    assistant: str
    started_at: Instant
    until: Instant
    ended_at: Instant | None
    papers: list[PaperListed]


class ActShown(Shown):
    example: ClassVar[Example] = {"at": "2026-05-01T00:35:00Z", "name": "transfer.requested"}

    at: Instant
    name: Annotated[str, Field(description="of the fact")]


class AssistanceInFull(AssistanceShown):
    example: ClassVar[Example] = AssistanceShown.example | {"acts": [ActShown.example]}

    acts: Annotated[list[ActShown], Field(description="what was done meanwhile, the first first")]


class StartAssistance(Told):
    example: ClassVar[Example] = {"channel": "COUNTER", "identity_check": "ID_CARD", "note": "申请床位"}

    channel: Annotated[str, OneOf(Channel)]
    identity_check: Annotated[str, OneOf(Checked)]
    delegation: Annotated[Id | None, Field(description="of the relative or guardian; null: the person")] = (
        None
    )
    note: Annotated[str, OneLine(200)] = ""
    paper: Base64 | None = None


class EndAssistance(Told):
    example: ClassVar[Example] = {}


@routes.get("/people/{person_id}/assistances", shows=Page[AssistanceShown])
def assistances(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """When somebody was served for this person, the latest first."""
    items, marker, found = page(
        queries.assistances(request.actor, person_id).prefetch_related("papers"),
        asked,
        by=("-started_at", "-id"),
        show=lambda found: [AssistanceShown(**_assistance(one)) for one in found],
    )
    return Answer(Page[AssistanceShown](items=items, next=marker), persons={one.person_id for one in found})


@routes.post(
    "/people/{person_id}/assistances",
    shows=AssistanceShown,
    status=201,
    matches="",
    permission=Permission.ASSIST,
)
def start_assistance(request: Any, person_id: Id, body: StartAssistance) -> Answer:
    """Begin to act for the person, or for one relative or guardian who is entrusted now."""
    person = queries.person(request.actor, person_id)
    entrusted = body.delegation
    begun = commands.start_assistance(
        by=request.actor, at=now(), person=person, bound_to=token_mark(request.actor),
        delegation=named("delegation", lambda: queries.delegation_to_serve(person.pk, entrusted)) if entrusted else None,
        paper=read_paper(body.paper), **body.model_dump(exclude={"delegation", "paper"}),
    )  # fmt: skip
    location = f"/api/assistances/{begun.pk}"
    return Answer(AssistanceShown(**_assistance(begun)), persons=[begun.person_id], location=location)


@routes.get("/assistances/{assistance_id}", shows=AssistanceInFull)
def assistance(request: Any, assistance_id: Id) -> Answer:
    """One time of acting for somebody, and what was done meanwhile."""
    found = queries.assistance(request.actor, assistance_id)
    acts = [ActShown(at=one.at, name=one.name) for one in queries.acts(found)]
    return Answer(AssistanceInFull(**_assistance(found), acts=acts), persons=[found.person_id])


@routes.post("/assistances/{assistance_id}/end", shows=AssistanceShown, matches="")
def end_assistance(request: Any, assistance_id: Id, body: EndAssistance) -> Answer:
    """The person was served. Sent without `Acting-For`."""
    begun = queries.own_assistance(request.actor, assistance_id)
    ended = commands.end_assistance(by=request.actor, at=now(), assistance=begun)
    return Answer(AssistanceShown(**_assistance(ended)), persons=[ended.person_id])


def _assistance(one: Assistance) -> dict[str, Any]:
    apart = ("id", "person", "delegation", "organisation", "papers")
    same = {name: getattr(one, name) for name in AssistanceShown.model_fields if name not in apart}
    return {
        **same, "id": one.pk, "person": one.person_id, "delegation": one.delegation_id,
        "organisation": one.organisation_id, "papers": [listed(paper) for paper in one.papers.all()],
    }  # fmt: skip
