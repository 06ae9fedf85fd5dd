"""Messages between the family, or the person, and a unit where the person stays."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.beds import commands
from yiyang.beds.api.episodes import routes
from yiyang.beds.api.shown import AN_ID
from yiyang.beds.commands.unit_messages import LONGEST
from yiyang.beds.models import UnitMessage
from yiyang.beds.queries import unit_messages as queries
from yiyang.kernel.api import Answer, Example, Id, Instant, OneOf, Page, Paging, Shown, Told, page
from yiyang.kernel.time import now

Side = Annotated[
    str, OneOf(UnitMessage.Side), Field(description="staff choose it; at home it is always the own thread")
]
Written = Annotated[str, Field(min_length=1, max_length=LONGEST)]


class UnitMessageShown(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(60), "side": "FAMILY", "from_unit": False, "text": "妈妈的毛衣周三带来，可以吗？",
        "written_at": "2026-05-01T00:30:00Z", "written_by": "王芳", "read_at": None,
    }  # fmt: skip

    id: Id
    side: Annotated[str, OneOf(UnitMessage.Side)]
    from_unit: bool
    text: str
    written_at: Instant
    written_by: str
    read_at: Instant | None


class UnitThread(Shown):
    """Of one person and one side: when somebody wrote last, and how many the unit has not read."""

    example: ClassVar[Example] = {
        "person": AN_ID.format(1), "name": "王秀英", "side": "FAMILY", "latest": "2026-05-01T00:30:00Z", "unread": 1,
    }  # fmt: skip

    person: Id
    name: str
    side: Annotated[str, OneOf(UnitMessage.Side)]
    latest: Instant
    unread: int


class UnitThreads(Shown):
    example: ClassVar[Example] = {"threads": [UnitThread.example]}

    threads: list[UnitThread]


class UnitMessagesRead(Shown):
    example: ClassVar[Example] = {"number": 2}

    number: Annotated[int, Field(description="how many were read now")]


class MessageFilter(Paging):
    side: Side = "FAMILY"


class WriteMessage(Told):
    example: ClassVar[Example] = {"text": "妈妈的毛衣周三带来，可以吗？"}

    text: Written
    side: Side = "FAMILY"


class ReadMessages(Told):
    example: ClassVar[Example] = {}

    side: Side = "FAMILY"


@routes.get("/people/{person_id}/units/{unit_id}/messages", shows=Page[UnitMessageShown])
def unit_messages(request: Any, person_id: Id, unit_id: Id, asked: Query[MessageFilter]) -> Answer:
    """What the family, or the person, and the unit have written, the latest first. Asking reads nothing: see read."""
    thread = queries.thread(request.actor, person_id, unit_id, asked.side)
    rows = queries.rows_of(thread)
    items, marker, _rows = page(
        rows, asked, by=("-written_at", "-id"), show=lambda found: [_shown(x) for x in found]
    )
    return Answer(Page[UnitMessageShown](items=items, next=marker), persons=[thread.person.pk])


@routes.post("/people/{person_id}/units/{unit_id}/messages", shows=UnitMessageShown, status=201, matches="")
def write_message(request: Any, person_id: Id, unit_id: Id, body: WriteMessage) -> Answer:
    """Staff of the unit answer, or write first; the family and the person write to the unit."""
    thread = queries.thread(request.actor, person_id, unit_id, body.side)
    told = {"by": request.actor, "at": now(), "person": thread.person, "unit_id": unit_id, "text": body.text}
    if request.actor.membership_id:
        made = commands.answer_family(**told, side=thread.side)
    else:
        made = commands.write_to_unit(**told)
    return Answer(_shown(made), persons=[thread.person.pk])


@routes.post("/people/{person_id}/units/{unit_id}/messages/read", shows=UnitMessagesRead, matches="")
def read_messages(request: Any, person_id: Id, unit_id: Id, body: ReadMessages) -> Answer:
    """What the other side wrote was read; the unit is then not reminded of it any more."""
    thread = queries.thread(request.actor, person_id, unit_id, body.side)
    number = commands.read_messages(
        by=request.actor, at=now(), person=thread.person, unit_id=unit_id, side=thread.side
    )
    return Answer(UnitMessagesRead(number=number), persons=[thread.person.pk])


@routes.get("/units/{unit_id}/messages", shows=UnitThreads, permission=Permission.TAKE_DUTY)
def messages_of_unit(request: Any, unit_id: Id) -> Answer:
    """The threads of your own unit, what it has not read first."""
    found = queries.of_unit(request.actor, unit_id)
    shown = [
        UnitThread(
            person=one["person_id"], name=one["person__full_name"], side=one["side"], latest=one["latest"],
            unread=one["unread"],
        )
        for one in found
    ]  # fmt: skip
    return Answer(UnitThreads(threads=shown), persons={one.person for one in shown})


def _shown(one: UnitMessage) -> UnitMessageShown:
    same = {name: getattr(one, name) for name in UnitMessageShown.model_fields if name != "id"}
    return UnitMessageShown(id=one.pk, **same)
