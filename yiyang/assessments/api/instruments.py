"""Instruments: which are in use, what their files say, putting one into use."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.assessments import commands
from yiyang.assessments.api.shown import AN_ID
from yiyang.assessments.models import Instrument
from yiyang.assessments.queries import instruments as queries
from yiyang.kernel.api import (
    Answer,
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

routes = Routes("instruments")


class InstrumentListed(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(9), "code": "GBT42195", "version": "2022.1", "title": "老年人能力评估", "status": "sourced",
        "shipped": True, "self_report": False, "added_at": "2026-05-01T00:30:00Z", "retired_at": None,
    }  # fmt: skip

    id: Id
    code: str
    version: str
    title: str
    status: Annotated[str, OneOf(Instrument.Status)]
    shipped: bool
    self_report: Annotated[bool, Field(description="persons answer it themselves")]
    added_at: Instant
    retired_at: Instant | None


class InstrumentInFull(InstrumentListed):
    example: ClassVar[Example] = InstrumentListed.example | {"content": '[instrument]\ncode = "GBT42195"'}

    content: Annotated[str, Field(description="the file itself, in TOML")]


class AddInstrument(Told):
    example: ClassVar[Example] = {"text": '[instrument]\ncode = "SHORT"', "name": "short.toml"}

    text: Annotated[
        str,
        Field(
            max_length=900_000,
            min_length=1,
            description="the file, in TOML, or a FHIR R4 Questionnaire in JSON",
        ),
    ]
    name: Annotated[str, OneLine(120), Field(description="how it is called in faults")] = "instrument.toml"


class RetireInstrument(Told):
    example: ClassVar[Example] = {}


@routes.get("/instruments", shows=Page[InstrumentListed])
def instruments(request: Any, asked: Query[Paging]) -> Answer:
    """Every version of every instrument."""
    items, marker, _found = page(
        queries.open_to(request.actor),
        asked,
        by=("code", "-serial", "id"),
        show=lambda rows: [_listed(one) for one in rows],
    )
    return Answer(Page[InstrumentListed](items=items, next=marker))


@routes.get("/instruments/{instrument_id}", shows=InstrumentInFull)
def instrument(request: Any, instrument_id: Id) -> Answer:
    """One version, with its file: questions, points, levels, what moves them."""
    return _in_full(queries.version_for(request.actor, instrument_id))


@routes.post(
    "/instruments", shows=InstrumentInFull, status=201, matches="", permission=Permission.MANAGE_INSTRUMENTS
)
def add_instrument(request: Any, body: AddInstrument) -> Answer:
    """Put a file into use. A faulty one is refused with every fault in words."""
    made = commands.add_instrument(by=request.actor, at=now(), text=body.text, name=body.name)
    answer = _in_full(made)
    answer.location = f"/api/instruments/{made.pk}"
    return answer


@routes.post(
    "/instruments/{instrument_id}/retire",
    shows=InstrumentInFull,
    matches="",
    permission=Permission.MANAGE_INSTRUMENTS,
)
def retire_instrument(request: Any, instrument_id: Id, body: RetireInstrument) -> Answer:
    """Nobody begins with this version any more."""
    found = queries.version(instrument_id)
    return _in_full(commands.retire_instrument(by=request.actor, at=now(), instrument=found))


def _listed(one: Instrument) -> InstrumentListed:
    return InstrumentListed(**_same(one))


def _in_full(one: Instrument) -> Answer:
    return Answer(InstrumentInFull(**_same(one), content=one.content))


def _same(one: Instrument) -> dict[str, Any]:
    names = ("code", "version", "status", "shipped", "self_report", "added_at", "retired_at")
    return {"id": one.pk, "title": one.name, **{name: getattr(one, name) for name in names}}
