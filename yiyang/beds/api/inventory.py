"""The JSON API of wards, rooms and beds."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any, ClassVar
from uuid import UUID

from ninja import Query
from pydantic import Field

from yiyang.access import queries as access
from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.beds import commands, queries
from yiyang.beds.api.shown import AN_ID, Act, Unit, Who, happened, unit, who
from yiyang.beds.models import Bed, Ward
from yiyang.beds.models.inventory import Feature, Lane
from yiyang.beds.models.occupancy import Block, State
from yiyang.beds.queries.figures import STATES
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
from yiyang.kernel.api.problems import ValuesRefused
from yiyang.kernel.time import now

routes = Routes("beds")
Features = Annotated[list[Annotated[str, OneOf(Feature)]], Field(max_length=10)]
BED_STATES = [*STATES, "OUT_OF_SERVICE"]
SEE = Permission.SEE_BOARD


class BedShown(Shown):
    """`state` is what takes up the bed now; `person` is null where the record is not open to you."""

    example: ClassVar[Example] = {
        "id": AN_ID.format(20), "unit": Unit.example, "kind": "HOSPITAL", "lane": "RESIDENCE",
        "label": "301-2", "ward": "老年科", "room": "301", "features": ["OXYGEN"], "extra": False,
        "opened_at": "2024-01-01T00:00:00Z", "closed_at": None, "state": "PRESENT",
        "since": "2026-04-20T02:00:00Z", "until": None, "person": Who.example, "version": 1,
    }  # fmt: skip

    id: Id
    unit: Unit
    kind: Annotated[str, OneOf(BedKind)]
    lane: Annotated[str, OneOf(Lane)]
    label: str
    ward: str
    room: str
    features: list[str]
    extra: bool
    opened_at: Instant
    closed_at: Instant | None
    state: Annotated[str, OneOf(BED_STATES)]
    since: Instant | None
    until: Annotated[Instant | None, Field(description="the expected end")]
    person: Who | None
    version: int


class WardShown(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(21), "unit": Unit.example, "name": "老年科", "floor": "3",
        "closed_to_offers": False,
    }  # fmt: skip

    id: Id
    unit: Unit
    name: str
    floor: str
    closed_to_offers: bool


class RoomShown(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(22), "ward": AN_ID.format(21), "label": "301", "couple": False,
    }  # fmt: skip

    id: Id
    ward: Id
    label: str
    couple: bool


class BedFilter(Paging):
    kind: Annotated[str, OneOf(BedKind)] | None = None
    unit: Id | None = None
    area: Annotated[str, OneLine(12), Field(description="the code's beginning")] = ""
    feature: Annotated[str, OneOf(Feature)] | None = None
    in_service: Annotated[Flag | None, Field(description="false: those closed for good")] = None
    free_from: Annotated[Instant | None, Field(description="only beds on which nothing is promised")] = None
    free_until: Annotated[Instant | None, Field(description="with free_from; open, when left out")] = None


class UnitFilter(Paging):
    unit: Id | None = None


class RoomFilter(Paging):
    ward: Id | None = None


class AddWard(Act):
    example: ClassVar[Example] = {"unit": AN_ID.format(2), "name": "老年科", "floor": "3"}

    unit: Id
    name: Annotated[str, OneLine(80, 1)]
    floor: Annotated[str, OneLine(20)] = ""


class AddRoom(Act):
    example: ClassVar[Example] = {"ward": AN_ID.format(21), "label": "301", "couple": False}

    ward: Id
    label: Annotated[str, OneLine(40, 1)]
    couple: bool = False


class CloseWardToOffers(Act):
    example: ClassVar[Example] = {"closed": True, "reason": "流感暴发"}

    closed: bool
    reason: Line = ""


class OpenBed(Act):
    example: ClassVar[Example] = {
        "unit": AN_ID.format(2), "kind": "HOSPITAL", "label": "301-2", "room": AN_ID.format(22),
        "features": ["OXYGEN"],
    }  # fmt: skip

    unit: Id
    kind: Annotated[str, OneOf(BedKind)]
    label: Annotated[str, OneLine(40, 1)]
    room: Id | None = None
    lane: Annotated[str, OneOf(Lane)] | None = None
    features: Features = []
    extra: bool = False


class WhyBed(Act):
    example: ClassVar[Example] = {"reason": "病区改造"}

    reason: Line = ""


class ChangeBedKind(WhyBed):
    example: ClassVar[Example] = {"kind": "PALLIATIVE", "reason": "设置安宁疗护床位"}

    kind: Annotated[str, OneOf(BedKind)]


class BlockBed(Act):
    example: ClassVar[Example] = {"reason": "MAINTENANCE", "until": "2026-05-02T18:00:00+08:00"}

    reason: Annotated[str, OneOf([Block.CLEANING, Block.MAINTENANCE, Block.CLOSED])]
    until: Instant | None = None


@routes.get("/beds", shows=Page[BedShown], permission=SEE)
def beds(request: Any, asked: Query[BedFilter]) -> Answer:
    """Beds of your units, or of the area in your charge, with what takes them up now."""
    rows = queries.beds(request.actor)
    if asked.free_from or asked.free_until:
        since = asked.free_from or now()
        if asked.free_until and asked.free_until <= since:
            raise ValuesRefused(("query", ["free_until"], "ends_before"))
        rows = queries.free_between(rows, since, asked.free_until)
    if asked.in_service is not None:
        rows = rows.filter(closed_at__isnull=asked.in_service)
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.unit:
        rows = rows.filter(unit=asked.unit)
    if asked.area:
        rows = rows.filter(unit__area__code__startswith=asked.area)
    if asked.feature:
        rows = rows.filter(features__contains=[asked.feature])
    open_persons: set[UUID] = set()

    def show(found: list[Bed]) -> list[BedShown]:
        open_persons.update(_open_persons(request, found))
        return [_bed(one, open_persons) for one in found]

    items, marker, _rows = page(queries.with_rows_now(rows), asked, by=("label", "id"), show=show)
    return Answer(Page[BedShown](items=items, next=marker), persons=open_persons)


@routes.post("/beds", shows=BedShown, status=201, matches="")
def open_bed(request: Any, body: OpenBed) -> Answer:
    """Put a bed into service. Beds beyond the licence are extra beds, shown apart."""
    where = named("unit", lambda: access.organisation(request.actor, body.unit))
    room = named("room", lambda: queries.room(request.actor, body.room)) if body.room else None
    if room is not None and room.ward.unit_id != where.pk:
        raise ValuesRefused(("body", ["room"], "unknown_reference"))
    told = body.model_dump(exclude={"at", "unit", "room"})
    bed = commands.open_bed(by=request.actor, at=happened(body), unit_id=where.pk, room=room, **told)
    return _answer(request, bed.pk, location=True)


@routes.get("/beds/{bed_id}", shows=BedShown, permission=SEE)
def read_bed(request: Any, bed_id: Id) -> Answer:
    """One bed, with what takes it up now."""
    return _answer(request, bed_id)


@routes.post("/beds/{bed_id}/close", shows=BedShown)
def close_bed(request: Any, bed_id: Id, body: WhyBed) -> Answer:
    """Take a bed out of service for good."""
    return _act(request, bed_id, body, commands.close_bed)


@routes.post("/beds/{bed_id}/change-kind", shows=BedShown)
def change_bed_kind(request: Any, bed_id: Id, body: ChangeBedKind) -> Answer:
    """From now on the place is a bed of another kind; answers with the successor."""
    return _act(request, bed_id, body, commands.change_bed_kind)


@routes.post("/beds/{bed_id}/block", shows=BedShown)
def block_bed(request: Any, bed_id: Id, body: BlockBed) -> Answer:
    """Nobody may use the bed for a while: cleaning, maintenance, closure."""
    bed = queries.bed(request.actor, bed_id)
    at = happened(body)
    if body.until and body.until <= at:
        raise ValuesRefused(("body", ["until"], "ends_before"))
    commands.block_bed(by=request.actor, at=at, bed=bed, reason=body.reason, until=body.until)
    return _answer(request, bed_id)


@routes.post("/beds/{bed_id}/release", shows=BedShown)
def release_bed(request: Any, bed_id: Id, body: Act) -> Answer:
    """The bed is clean, mended or open again."""
    return _act(request, bed_id, body, commands.release_bed)


@routes.get("/wards", shows=Page[WardShown], permission=SEE)
def wards(request: Any, asked: Query[UnitFilter]) -> Answer:
    """Wards of your units, or of the area in your charge."""
    rows = queries.wards(request.actor)
    if asked.unit:
        rows = rows.filter(unit=asked.unit)
    items, marker, _rows = page(
        rows, asked, by=("name", "id"), show=lambda found: [_ward(one) for one in found]
    )
    return Answer(Page[WardShown](items=items, next=marker))


@routes.post("/wards", shows=WardShown, status=201, matches="")
def add_ward(request: Any, body: AddWard) -> Answer:
    """Add a ward or floor to a unit."""
    where = named("unit", lambda: access.organisation(request.actor, body.unit))
    ward = commands.add_ward(
        by=request.actor, at=happened(body), unit_id=where.pk, name=body.name, floor=body.floor
    )
    return Answer(_ward(ward))


@routes.post("/wards/{ward_id}/close-to-offers", shows=WardShown, matches="")
def close_ward_to_offers(request: Any, ward_id: Id, body: CloseWardToOffers) -> Answer:
    """During an outbreak a ward takes nobody new; `closed` false opens it again."""
    ward = queries.ward(request.actor, ward_id)
    closed = commands.close_ward_to_offers(
        by=request.actor, at=happened(body), ward=ward, closed=body.closed, reason=body.reason
    )
    return Answer(_ward(closed))


@routes.get("/rooms", shows=Page[RoomShown], permission=SEE)
def rooms(request: Any, asked: Query[RoomFilter]) -> Answer:
    """Rooms of your units, or of the area in your charge."""
    rows = queries.rooms(request.actor)
    if asked.ward:
        rows = rows.filter(ward=asked.ward)
    items, marker, _rows = page(
        rows, asked, by=("label", "id"), show=lambda found: [_room(one) for one in found]
    )
    return Answer(Page[RoomShown](items=items, next=marker))


@routes.post("/rooms", shows=RoomShown, status=201, matches="")
def add_room(request: Any, body: AddRoom) -> Answer:
    """Add a room to a ward."""
    ward = named("ward", lambda: queries.ward(request.actor, body.ward))
    room = commands.add_room(
        by=request.actor, at=happened(body), ward=ward, label=body.label, couple=body.couple
    )
    return Answer(_room(room))


def _act(request: Any, bed_id: UUID, body: Act, command: Any) -> Answer:
    bed = queries.bed(request.actor, bed_id)
    done = command(by=request.actor, at=happened(body), bed=bed, **body.model_dump(exclude={"at"}))
    return _answer(request, done.pk)


def _answer(request: Any, bed_id: UUID, *, location: bool = False) -> Answer:
    bed = queries.bed(request.actor, bed_id, with_rows=True)
    open_persons = _open_persons(request, [bed])
    return Answer(
        _bed(bed, open_persons),
        version=bed.version,
        persons=open_persons,
        location=f"/api/beds/{bed.pk}" if location else "",
    )


def _open_persons(request: Any, found: list[Bed]) -> set[UUID]:
    ids = {row.person_id for bed in found for row in bed.rows_now if row.person_id}  # type: ignore[attr-defined]
    return queries.open_to(request.actor, ids)


ORDER = {State.PRESENT: 0, State.HELD: 1, State.BLOCKED: 2, State.RESERVED: 3}


def _bed(bed: Bed, open_persons: Collection[UUID]) -> BedShown:
    rows = sorted(bed.rows_now, key=lambda row: ORDER[row.state])  # type: ignore[attr-defined]
    row = rows[0] if rows else None
    room = bed.room
    person = row.person if row is not None and row.person_id in open_persons else None
    return BedShown(
        id=bed.pk,
        unit=unit(bed.unit),
        kind=bed.kind,
        lane=bed.lane,
        label=bed.label,
        ward=room.ward.name if room else "",
        room=room.label if room else "",
        features=bed.features,
        extra=bed.extra,
        opened_at=bed.opened_at,
        closed_at=bed.closed_at,
        state=_state(bed, row),
        since=row.period.lower if row else None,
        until=row.claim.upper if row else None,
        person=who(person, open_persons) if person else None,
        version=bed.version,
    )


def _state(bed: Bed, row: Any) -> str:
    if bed.closed_at is not None:
        return "OUT_OF_SERVICE"
    if row is None:
        return "FREE"
    if row.state != State.BLOCKED:
        return str(row.state)
    return "CLOSED" if row.reason == Block.WHOLE_ROOM else str(row.reason)


def _ward(one: Ward) -> WardShown:
    return WardShown(
        id=one.pk,
        unit=unit(one.unit),
        name=one.name,
        floor=one.floor,
        closed_to_offers=one.closed_to_offers,
    )


def _room(one: Any) -> RoomShown:
    return RoomShown(id=one.pk, ward=one.ward_id, label=one.label, couple=one.couple)
