"""The JSON API of the board's figures, counted from the rows when asked."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import BaseModel, Field

from yiyang.access.bed_kinds import BedKind
from yiyang.access.organisation_kinds import OrganisationKind
from yiyang.access.permissions import Permission
from yiyang.beds.api.shown import Unit
from yiyang.beds.queries import figures
from yiyang.kernel.api import Answer, Example, Id, Instant, Number, OneLine, OneOf, Routes, Shown
from yiyang.kernel.time import now

routes = Routes("board")
SEE = Permission.SEE_BOARD
COUNTED = ("open", "present", "held", "reserved", "cleaning", "maintenance", "free", "closed")


class UnitFiguresShown(Shown):
    """Beds of one kind in one unit; extra beds are a line of their own.

    present + held + reserved + cleaning + maintenance + free + closed = open, at every instant.
    """

    example: ClassVar[Example] = {
        "unit": Unit.example, "unit_kind": "HOSPITAL", "area": "310106006", "kind": "HOSPITAL",
        "extra": False, "approved": 40, "open": 38, "present": 30, "held": 0, "reserved": 2, "cleaning": 1,
        "maintenance": 1, "free": 4, "closed": 0,
    }  # fmt: skip

    unit: Unit
    unit_kind: str
    area: str
    kind: Annotated[str, OneOf(BedKind)]
    extra: bool
    approved: int
    open: int
    present: int
    held: int
    reserved: int
    cleaning: int
    maintenance: int
    free: int
    closed: int


class Board(Shown):
    example: ClassVar[Example] = {"at": "2026-05-01T00:30:00Z", "lines": [UnitFiguresShown.example]}

    at: Instant
    lines: list[UnitFiguresShown]


class DayShown(Shown):
    example: ClassVar[Example] = {
        "kind": "HOSPITAL", "at": "2026-05-01T00:30:00Z", "taken": 31, "open": 38, "share": 81.6,
    }  # fmt: skip

    kind: Annotated[str, OneOf(BedKind)]
    at: Annotated[Instant, Field(description="the end of the day, or now")]
    taken: Annotated[int, Field(description="present or held")]
    open: int
    share: Annotated[float | None, Field(description="taken, in per cent of open")]


class History(Shown):
    example: ClassVar[Example] = {"days": [DayShown.example]}

    days: list[DayShown]


class BoardFilter(BaseModel):
    kind: Annotated[str, OneOf(BedKind)] | None = None
    unit: Id | None = None
    unit_kind: Annotated[str, OneOf(OrganisationKind)] | None = None
    area: Annotated[str, OneLine(12), Field(description="the code's beginning")] = ""


class HistoryFilter(BaseModel):
    days: Annotated[int, Number(1, 366)] = 42


@routes.get("/board", shows=Board, permission=SEE)
def board(request: Any, asked: Query[BoardFilter]) -> Answer:
    """The figures of every unit of your district, now: counts, no names."""
    at = now()
    lines = [
        _line(one)
        for one in figures.counts(request.actor, at)
        if asked.kind in (None, one.kind)
        and asked.unit in (None, one.unit_id)
        and asked.unit_kind in (None, one.unit_kind)
        and one.area.startswith(asked.area)
    ]
    return Answer(Board(at=at, lines=lines))


@routes.get("/board/history", shows=History, permission=SEE)
def board_history(request: Any, asked: Query[HistoryFilter]) -> Answer:
    """How full the beds of each kind were at the end of each of the last days."""
    days = figures.history(request.actor, asked.days)
    return Answer(History(days=[DayShown.model_validate(one) for one in days]))


def _line(one: figures.UnitFigures) -> UnitFiguresShown:
    return UnitFiguresShown(
        unit=Unit(id=one.unit_id, name=one.name),
        unit_kind=one.unit_kind,
        area=one.area,
        kind=one.kind,
        extra=one.extra,
        approved=one.approved,
        **{name: getattr(one, name) for name in COUNTED},
    )
