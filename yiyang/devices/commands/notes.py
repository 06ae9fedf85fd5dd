"""Notes on a person's readings are written, and withdrawn when they were entered in error."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.refusals import FieldNeeded
from yiyang.access.texts import line, reason_of
from yiyang.devices.models import ReadingNote
from yiyang.devices.rules.quantities import BY_NO, Shape
from yiyang.devices.rules.spans import FIRST
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal
from yiyang.people.commands import writing
from yiyang.people.reach import in_full

if TYPE_CHECKING:
    from yiyang.people.models import Person

AHEAD = timedelta(minutes=1)  # by which clocks differ


class NoteAboutNothingMeasured(Refusal):
    message = _("Choose what the note is about, or that it is about all readings.")
    status = 422


class NoteNotOfThen(Refusal):
    message = _("A note is about what was: give a time between 2000 and now.")
    status = 422


class NoteEndsBeforeItBegins(Refusal):
    message = _("The note ends before it begins. Correct the end, or leave it out.")
    status = 422


class NoteWithdrawn(Refusal):
    message = _("This note was withdrawn already. Look at the new state.")


def _own(by: Actor, **_given: Any) -> UUID | None:
    return by.organisation_id


def _of_its_unit(note: ReadingNote, **_given: Any) -> UUID | None:
    return note.unit_id


@command(Permission.RECORD_VITAL_SIGNS, within=_own, about=in_full(lambda person, **_: person.pk))
def write_reading_note(
    *, by: Actor, at: datetime, person: Person, text: str, since: datetime, until: datetime | None = None,
    code: int | None = None,
) -> ReadingNote:  # fmt: skip
    """What whoever reads the chart should know: after dinner, sensor loose, began a medicine."""
    if code is not None and (code not in BY_NO or BY_NO[code].shape is not Shape.VALUE):
        raise NoteAboutNothingMeasured(field="code")
    latest = at + AHEAD
    if not FIRST <= since <= latest:
        raise NoteNotOfThen(field="since")
    if until is not None and until > latest:
        raise NoteNotOfThen(field="until")
    if until is not None and until <= since:
        raise NoteEndsBeforeItBegins(field="until")
    said = line(text, "text", 400)
    if not said:
        raise FieldNeeded(name=_("note"), field="text")
    found = writing.lock_living_record(person)
    made = ReadingNote.objects.create(
        person=found, code=code, since=since, until=until, text=said, unit_id=by.organisation_id, written_at=at,
        written_by=by.account_id, written_label=by.label[:120],
    )  # fmt: skip
    record(
        "reading_note.written", by=by, at=at, subject=made, person=found, since=since, until=until,
        quantity=BY_NO[code].name if code is not None else None,
    )  # fmt: skip
    return made


@command(Permission.RECORD_VITAL_SIGNS, within=_of_its_unit, about=in_full(lambda note, **_: note.person_id))
def withdraw_reading_note(*, by: Actor, at: datetime, note: ReadingNote, reason: str) -> ReadingNote:
    """Entered in error: it leaves the chart, and stays in the table with who withdrew it and why."""
    why = reason_of(reason)
    writing.lock(note.person_id)
    found = ReadingNote.objects.select_for_update(no_key=True).get(pk=note.pk)
    if not found.stands:
        raise NoteWithdrawn
    found.withdrawn_at, found.withdrawn_by = max(at, found.written_at), by.account_id
    found.withdrawn_label, found.withdrawn_reason = by.label[:120], why
    found.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_label", "withdrawn_reason"])
    record("reading_note.withdrawn", by=by, at=at, subject=found, person=found.person_id, reason=why)
    return found
