"""The JSON API of notes on a person's readings."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.devices import commands
from yiyang.devices.models import ReadingNote
from yiyang.devices.queries import notes as queries
from yiyang.devices.queries import vitals
from yiyang.devices.rules.quantities import BY_NAME, BY_NO, Shape
from yiyang.kernel.api import (
    Answer,
    Example,
    Id,
    Instant,
    OneOf,
    Page,
    Paging,
    Routes,
    Sentence,
    Shown,
    Told,
    page,
)
from yiyang.kernel.time import now

routes = Routes("reading notes")
NOTE = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c2b03"
PERSON = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d01"
VALUES = [one.name for one in BY_NAME.values() if one.shape == Shape.VALUE]


class ReadingNoteShown(Shown):
    example: ClassVar[Example] = {
        "id": NOTE, "person": PERSON, "quantity": "GLUCOSE", "since": "2026-05-01T10:00:00Z", "until": None,
        "text": "晚餐后", "written_at": "2026-05-01T10:05:00Z", "withdrawn_at": None, "withdrawn_reason": "",
    }  # fmt: skip

    id: Id
    person: Id
    quantity: Annotated[str | None, OneOf(VALUES), Field(description="none: about all readings")]
    since: Instant
    until: Annotated[Instant | None, Field(description="where it lasted a while")]
    text: str
    written_at: Instant
    withdrawn_at: Annotated[Instant | None, Field(description="it was entered in error")]
    withdrawn_reason: str


class WriteReadingNote(Told):
    example: ClassVar[Example] = {
        "text": "晚餐后", "since": "2026-05-01T10:00:00Z", "quantity": "GLUCOSE",
    }  # fmt: skip

    text: Annotated[Sentence, Field(max_length=400)]
    since: Instant
    until: Instant | None = None
    quantity: Annotated[str | None, OneOf(VALUES), Field(description="none: about all readings")] = None


class WithdrawReadingNote(Told):
    example: ClassVar[Example] = {"reason": "写错了老人"}

    reason: Annotated[Sentence, Field(max_length=200)]


@routes.get("/people/{person_id}/reading-notes", shows=Page[ReadingNoteShown])
def reading_notes(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """What staff wrote on a person's readings, the newest first; withdrawn ones too."""
    rows = queries.notes_of(request.actor, person_id)
    items, marker, _found = page(
        rows, asked, by=("-since", "-id"), show=lambda found: [_note(one) for one in found]
    )
    return Answer(Page[ReadingNoteShown](items=items, next=marker), persons=[person_id])


@routes.post("/people/{person_id}/reading-notes", shows=ReadingNoteShown, status=201, matches="")
def write_reading_note(request: Any, person_id: Id, body: WriteReadingNote) -> Answer:
    """A note at an instant or over a time, about one quantity or all."""
    person = vitals.wearer(request.actor, person_id)
    told = body.model_dump(exclude={"quantity"})
    code = BY_NAME[body.quantity].no if body.quantity else None
    made = commands.write_reading_note(by=request.actor, at=now(), person=person, code=code, **told)
    return Answer(_note(made), persons=[person.pk])


@routes.post("/reading-notes/{reading_note_id}/withdraw", shows=ReadingNoteShown, matches="")
def withdraw_reading_note(request: Any, reading_note_id: Id, body: WithdrawReadingNote) -> Answer:
    """It was entered in error: it stays, marked as that."""
    note = queries.note(request.actor, reading_note_id)
    made = commands.withdraw_reading_note(by=request.actor, at=now(), note=note, reason=body.reason)
    return Answer(_note(made), persons=[made.person_id])


def _note(one: ReadingNote) -> ReadingNoteShown:
    same = {
        name: getattr(one, name)
        for name in ("id", "since", "until", "text", "written_at", "withdrawn_at", "withdrawn_reason")
    }
    quantity = BY_NO[one.code].name if one.code is not None else None
    return ReadingNoteShown(person=one.person_id, quantity=quantity, **same)
