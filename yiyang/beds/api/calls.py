"""“I phoned” about a transfer, a stay or an offered place."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.access import queries as access
from yiyang.beds import commands, queries
from yiyang.beds.api import episodes, waiting
from yiyang.beds.api.shown import AN_ID
from yiyang.beds.api.transfers import TransferShown, _answer, routes
from yiyang.duty.rules.results import CallResult
from yiyang.kernel.api import Answer, Example, Id, Name, OneLine, OneOf, Text, Told, named
from yiyang.kernel.time import now


class PhoneAboutTransfer(Told):
    example: ClassVar[Example] = {"unit": AN_ID.format(2), "result": "REACHED", "text": "十分钟内答复"}

    unit: Annotated[Id, Field(description="the unit concerned that was phoned")]
    result: Annotated[str, OneOf(CallResult)]
    to_name: Name = ""
    telephone: Annotated[str, OneLine(40)] = ""
    text: Annotated[Text, Field(max_length=300)] = ""


@routes.post("/transfers/{transfer_id}/phone", shows=TransferShown, matches="")
def phone_about_transfer(request: Any, transfer_id: Id, body: PhoneAboutTransfer) -> Answer:
    """Record that you phoned a unit concerned; one who was reached gets time before the next is told."""
    transfer = queries.transfer(request.actor, transfer_id)
    unit = named("unit", lambda: access.organisation(request.actor, body.unit))
    commands.phone_about_transfer(
        by=request.actor, at=now(), transfer=transfer, unit_id=unit.pk, **body.model_dump(exclude={"unit"})
    )
    return _answer(request, transfer)


class PhoneAboutStay(Told):
    example: ClassVar[Example] = {"result": "REACHED", "to_name": "王强", "text": "半小时内送回"}

    result: Annotated[str, OneOf(CallResult)]
    to_name: Name = ""
    telephone: Annotated[str, OneLine(40)] = ""
    text: Annotated[Text, Field(max_length=300)] = ""


@episodes.routes.post("/episodes/{episode_id}/phone", shows=episodes.EpisodeShown, matches="")
def phone_about_stay(request: Any, episode_id: Id, body: PhoneAboutStay) -> Answer:
    """Record that you phoned about a leave or a held bed: its unit the companion, others the unit."""
    episode = queries.episode(request.actor, episode_id)
    commands.phone_about_stay(by=request.actor, at=now(), episode=episode, **body.model_dump())
    return episodes._answer(request, episode_id)


class PhoneAboutPlace(PhoneAboutStay):
    example: ClassVar[Example] = {"result": "LEFT_MESSAGE", "to_name": "王芳", "text": "与兄弟商量后回复"}


@waiting.routes.post("/waiting/{waiting_entry_id}/phone", shows=waiting.EntryShown, matches="")
def phone_about_place(request: Any, waiting_entry_id: Id, body: PhoneAboutPlace) -> Answer:
    """Record that you phoned the person or the family about the place that is offered."""
    entry = queries.waiting_entry(request.actor, waiting_entry_id)
    commands.phone_about_place(by=request.actor, at=now(), entry=entry, **body.model_dump())
    return waiting._answer(request, entry)
