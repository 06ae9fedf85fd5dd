"""Documents and tests before entry: what a unit asks for, and what is there for a transfer."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from ninja import Query
from pydantic import Field

from yiyang.access import queries as access
from yiyang.access.permissions import Permission
from yiyang.beds import commands
from yiyang.beds.api.shown import AN_ID, Act, happened
from yiyang.beds.api.skin import named_transfer
from yiyang.beds.api.transfers import routes
from yiyang.beds.models import EntryRequirement
from yiyang.beds.queries import entry as queries
from yiyang.beds.queries import units as of_units
from yiyang.kernel.api import (
    Answer,
    Day,
    Example,
    Id,
    Instant,
    Line,
    Number,
    OneLine,
    OneOf,
    Page,
    Paging,
    Shown,
    Told,
    named,
    page,
)
from yiyang.kernel.time import now

Age = Annotated[int, Number(1, 3650)]


class EntryRequirementShown(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(53), "unit": AN_ID.format(2), "name": "胸片", "days": 7, "since": "2026-01-01T00:30:00Z",
        "until": None,
    }  # fmt: skip

    id: Id
    unit: Id
    name: str
    days: Annotated[int | None, Field(description="at most this old; null: its age does not matter")]
    since: Instant
    until: Instant | None


class EntryItemShown(Shown):
    """SHOWN, TOO_OLD or MISSING; LATER: waived because it is an emergency, and asked for afterwards."""

    example: ClassVar[Example] = {
        "requirement": EntryRequirementShown.example, "state": "SHOWN", "issued_on": "2026-04-28", "note": "未见异常",
        "shown_at": "2026-05-01T00:30:00Z", "shown_by": "李敏 · 护士长",
    }  # fmt: skip

    requirement: EntryRequirementShown
    state: Annotated[str, OneOf(["SHOWN", "TOO_OLD", "MISSING", "LATER"])]
    issued_on: Day | None
    note: str
    shown_at: Instant | None
    shown_by: str


class EntryChecklist(Shown):
    example: ClassVar[Example] = {"transfer": AN_ID.format(10), "items": [EntryItemShown.example]}

    transfer: Id
    items: Annotated[list[EntryItemShown], Field(description="empty until a unit has accepted")]


class RequirementFilter(Paging):
    unit: Annotated[Id | None, Field(description="yours, when left out")] = None


class AskForDocument(Told):
    example: ClassVar[Example] = {"unit": AN_ID.format(2), "name": "胸片", "days": 7}

    unit: Id
    name: Annotated[str, OneLine(120, 1)]
    days: Annotated[Age | None, Field(description="at most this old; null: its age does not matter")] = None


class StopAskingFor(Told):
    example: ClassVar[Example] = {}


class ShowDocument(Act):
    example: ClassVar[Example] = {
        "requirement": AN_ID.format(53),
        "issued_on": "2026-04-28",
        "note": "未见异常",
    }

    requirement: Annotated[Id, Field(description="of the unit that receives")]
    issued_on: Day
    note: Annotated[Line, Field(description="the result, in a few words")] = ""


@routes.get("/entry-requirements", shows=Page[EntryRequirementShown], permission=Permission.SEE_BOARD)
def entry_requirements(request: Any, asked: Query[RequirementFilter]) -> Answer:
    """What a unit asks for before somebody new comes in."""
    wanted = asked.unit or request.actor.organisation_id
    of = access.organisation(request.actor, wanted)
    items, marker, _found = page(
        queries.requirements(of.pk),
        asked,
        by=("name", "id"),
        show=lambda found: [_asked(one) for one in found],
    )
    return Answer(Page[EntryRequirementShown](items=items, next=marker))


@routes.post("/entry-requirements", shows=EntryRequirementShown, status=201, matches="")
def ask_for_document(request: Any, body: AskForDocument) -> Answer:
    """From now on the unit asks for this before somebody new comes in."""
    of = named("unit", lambda: of_units.unit(request.actor, body.unit))
    told = body.model_dump(exclude={"unit"})
    made = commands.ask_for_document(by=request.actor, at=now(), unit_id=of.pk, **told)
    return Answer(_asked(made))


@routes.post("/entry-requirements/{entry_requirement_id}/stop", shows=EntryRequirementShown, matches="")
def stop_asking_for(request: Any, entry_requirement_id: Id, body: StopAskingFor) -> Answer:
    """The unit does not ask for it any more; what was shown stays."""
    found = queries.requirement(request.actor, entry_requirement_id)
    return Answer(_asked(commands.stop_asking_for(by=request.actor, at=now(), requirement=found)))


@routes.get("/transfers/{transfer_id}/entry-documents", shows=EntryChecklist)
def entry_documents(request: Any, transfer_id: Id) -> Answer:
    """What the receiving unit asks for, and what of it is there."""
    return _answer(request, transfer_id)


@routes.post("/transfers/{transfer_id}/entry-documents", shows=EntryChecklist)
def show_document(request: Any, transfer_id: Id, body: ShowDocument) -> Answer:
    """The sending side has the document; one that is too old is shown to be so."""
    found = named_transfer(request, transfer_id)
    requirement = named("requirement", lambda: _of_receiver(found.to_unit_id, body.requirement))
    told = body.model_dump(exclude={"at", "requirement"})
    commands.show_document(
        by=request.actor, at=happened(body), transfer=found, requirement=requirement, **told
    )
    return _answer(request, transfer_id)


def _of_receiver(unit_id: UUID | None, requirement_id: UUID) -> EntryRequirement | None:
    return queries.requirements(unit_id).filter(pk=requirement_id).first() if unit_id else None


def _answer(request: Any, transfer_id: UUID) -> Answer:
    found = named_transfer(request, transfer_id)
    shows = EntryChecklist(transfer=found.pk, items=[_item(one) for one in queries.checklist(found)])
    return Answer(shows, version=found.version, persons=[found.person_id])


def _item(one: queries.Item) -> EntryItemShown:
    document = one.document
    return EntryItemShown(
        requirement=_asked(one.requirement),
        state=one.state,
        issued_on=document.issued_on if document else None,
        note=document.note if document else "",
        shown_at=document.shown_at if document else None,
        shown_by=document.shown_by if document else "",
    )


def _asked(one: EntryRequirement) -> EntryRequirementShown:
    same = {name: getattr(one, name) for name in ("name", "days", "since", "until")}
    return EntryRequirementShown(id=one.pk, unit=one.unit_id, **same)
