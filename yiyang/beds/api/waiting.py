"""The JSON API of the waiting list."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, ClassVar
from uuid import UUID

from ninja import Query

from yiyang.access import queries as access
from yiyang.access.bed_kinds import BedKind
from yiyang.beds import commands, queries
from yiyang.beds.api.shown import AN_ID, Act, Unit, Who, happened, unit, who
from yiyang.beds.models import WaitingEntry
from yiyang.beds.models.waiting import Channel, WaitingState
from yiyang.kernel.api import (
    Answer,
    Example,
    Id,
    Instant,
    Line,
    Name,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Shown,
    named,
    page,
)
from yiyang.people import queries as people

routes = Routes("waiting list")
ENTRY = AN_ID.format(40)


class EntryShown(Shown):
    example: ClassVar[Example] = {
        "id": ENTRY, "person": Who.example, "kind": "INSTITUTION", "channel": "PRIORITY",
        "channel_reason": "健康好转", "channel_approved_by": "赵敏 · 区协调员",
        "list_owner": {"id": AN_ID.format(4), "name": "区五床联动协调中心"}, "wanted_unit": None,
        "transfer": None, "joined_at": "2026-05-01T00:30:00Z", "state": "WAITING", "offered_bed": None,
        "offered_at": None, "offer_expires_at": None, "passed_over": 0, "ended_at": None, "end_reason": "",
        "version": 1,
    }  # fmt: skip

    id: Id
    person: Who
    kind: Annotated[str, OneOf(BedKind)]
    channel: Annotated[str, OneOf(Channel)]
    channel_reason: str
    channel_approved_by: str
    list_owner: Unit
    wanted_unit: Unit | None
    transfer: Id | None
    joined_at: Instant
    state: Annotated[str, OneOf(WaitingState)]
    offered_bed: Id | None
    offered_at: Instant | None
    offer_expires_at: Instant | None
    passed_over: int
    ended_at: Instant | None
    end_reason: str
    version: int


class EntryInFull(EntryShown):
    """`place` counts all who wait for this kind in the district; null once the waiting has ended."""

    example: ClassVar[Example] = EntryShown.example | {"place": 4, "place_in_channel": 2}

    place: int | None
    place_in_channel: int | None


class WaitingFilter(Paging):
    kind: Annotated[str, OneOf(BedKind)] | None = None
    channel: Annotated[str, OneOf(Channel)] | None = None
    state: Annotated[str, OneOf(WaitingState)] | None = None
    person: Id | None = None


class JoinWaitingList(Act):
    example: ClassVar[Example] = {
        "person": AN_ID.format(1), "kind": "INSTITUTION", "list_owner": AN_ID.format(4),
    }  # fmt: skip

    person: Id
    kind: Annotated[str, OneOf(BedKind)]
    list_owner: Id
    transfer: Id | None = None
    wanted_unit: Id | None = None
    channel: Annotated[str, OneOf(Channel)] = "ORDINARY"
    channel_reason: Line = ""
    channel_approved_by: Name = ""


class ChangeChannel(Act):
    example: ClassVar[Example] = {"channel": "SPECIAL", "reason": "特困供养"}

    channel: Annotated[str, OneOf(Channel)]
    reason: Annotated[str, OneLine(200, 1)]


class OfferPlace(Act):
    example: ClassVar[Example] = {"bed": AN_ID.format(20)}

    bed: Id
    out_of_order_reason: Line = ""


class AnswerPlace(Act):
    example: ClassVar[Example] = {"takes": True, "reason": ""}

    takes: bool
    reason: Line = ""


class GiveUpWaiting(Act):
    example: ClassVar[Example] = {"reason": "家中已安排照护"}

    reason: Annotated[str, OneLine(200, 1)]


@routes.get("/waiting", shows=Page[EntryShown])
def waiting_list(request: Any, asked: Query[WaitingFilter]) -> Answer:
    """Who waits, in lists that your units keep or entered people into; the longest waiting first."""
    rows = queries.waiting_entries(request.actor)
    for name in ("kind", "channel", "state", "person"):
        if getattr(asked, name):
            rows = rows.filter(**{name: getattr(asked, name)})
    open_persons: set[UUID] = set()

    def show(found: list[WaitingEntry]) -> list[EntryShown]:
        open_persons.update(queries.open_to(request.actor, (one.person_id for one in found)))
        return [_shown(one, open_persons) for one in found]

    items, marker, _rows = page(rows, asked, by=("joined_at", "id"), show=show)
    return Answer(Page[EntryShown](items=items, next=marker), persons=open_persons)


@routes.post("/waiting", shows=EntryShown, status=201, matches="")
def join_waiting_list(request: Any, body: JoinWaitingList) -> Answer:
    """Enter a person in a district's waiting list for a kind of bed."""
    person = named("person", lambda: people.person(request.actor, body.person))
    named("list_owner", lambda: access.organisation(request.actor, body.list_owner))
    transfer = None
    if body.wanted_unit:
        named("wanted_unit", lambda: access.organisation(request.actor, body.wanted_unit))
    if body.transfer:
        transfer = named(
            "transfer",
            lambda: queries.transfers(request.actor).get_of_person(body.transfer, person.pk),
        )
    told = body.model_dump(exclude={"at", "person", "transfer"})
    entry = commands.join_waiting_list(
        by=request.actor, at=happened(body), person=person, transfer=transfer, **told
    )
    return _answer(request, entry, location=True)


@routes.get("/waiting/{waiting_entry_id}", shows=EntryInFull)
def read_waiting_entry(request: Any, waiting_entry_id: Id) -> Answer:
    """One entry, with its place in the whole list and in its channel."""
    entry = queries.waiting_entry(request.actor, waiting_entry_id)
    open_persons = queries.open_to(request.actor, [entry.person_id])
    place, in_channel = queries.place_of(entry) or (None, None)
    shows = EntryInFull(**_shown(entry, open_persons).model_dump(), place=place, place_in_channel=in_channel)
    return Answer(shows, version=entry.version, persons=open_persons)


@routes.post("/waiting/{waiting_entry_id}/change-channel", shows=EntryShown)
def change_channel(request: Any, waiting_entry_id: Id, body: ChangeChannel) -> Answer:
    """Approve another channel, with the reason; the time of joining stays."""
    return _act(request, waiting_entry_id, body, commands.change_channel)


@routes.post("/waiting/{waiting_entry_id}/offer-place", shows=EntryShown)
def offer_place(request: Any, waiting_entry_id: Id, body: OfferPlace) -> Answer:
    """Offer a bed to the first who waits; passing over somebody needs a reason. The bed is kept meanwhile."""
    bed = named("bed", lambda: queries.bed(request.actor, body.bed))
    return _act(request, waiting_entry_id, body, commands.offer_place, bed=bed)


@routes.post("/waiting/{waiting_entry_id}/answer-place", shows=EntryShown)
def answer_place(request: Any, waiting_entry_id: Id, body: AnswerPlace) -> Answer:
    """The person takes the offered place, or not: then the waiting goes on."""
    return _act(request, waiting_entry_id, body, commands.answer_place)


@routes.post("/waiting/{waiting_entry_id}/give-up", shows=EntryShown)
def give_up_waiting(request: Any, waiting_entry_id: Id, body: GiveUpWaiting) -> Answer:
    """The person no longer wants to wait."""
    return _act(request, waiting_entry_id, body, commands.give_up_waiting)


def _act(request: Any, entry_id: UUID, body: Act, command: Any, **resolved: Any) -> Answer:
    entry = queries.waiting_entry(request.actor, entry_id)
    told = body.model_dump(exclude={"at", *resolved}) | resolved
    done = command(by=request.actor, at=happened(body), entry=entry, **told)
    return _answer(request, done)


def _answer(request: Any, entry: WaitingEntry, *, location: bool = False) -> Answer:
    fresh = queries.waiting_entry(request.actor, entry.pk)
    open_persons = queries.open_to(request.actor, [fresh.person_id])
    return Answer(
        _shown(fresh, open_persons),
        version=fresh.version,
        persons=open_persons,
        location=f"/api/waiting/{fresh.pk}" if location else "",
    )


def _shown(entry: WaitingEntry, open_persons: Collection[UUID]) -> EntryShown:
    other = ("person", "list_owner", "wanted_unit", "transfer", "offered_bed")
    same = {name: getattr(entry, name) for name in EntryShown.model_fields if name not in other}
    return EntryShown(
        person=who(entry.person, open_persons),
        list_owner=unit(entry.list_owner),
        wanted_unit=unit(entry.wanted_unit),
        transfer=entry.transfer_id,
        offered_bed=entry.offered_bed_id,
        **same,
    )
