"""Notes on a person's readings: seen by whoever sees the readings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from yiyang.access.permissions import Permission
from yiyang.devices.models import ReadingNote
from yiyang.devices.queries.vitals import wearer
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people

MOST = 100
LATELY = timedelta(days=31)


def notes_of(actor: Actor, person_id: UUID) -> QuerySet[ReadingNote]:
    """All of them, withdrawn ones too, the newest first; 404 for whoever does not see the readings."""
    person = wearer(actor, person_id)
    return ReadingNote.objects.filter(people.of_person(person.pk))


def note(actor: Actor, note_id: UUID) -> ReadingNote:
    found: ReadingNote | None = ReadingNote.objects.select_related("person").filter(pk=note_id).first()
    if found is None:
        raise NotFound
    wearer(actor, found.person_id)
    return found


def notes_between(
    person_ids: Collection[UUID], since: datetime, until: datetime, code: int | None = None
) -> list[ReadingNote]:
    """Those that touch a window; of one quantity those about it and those about all. The caller has authorised."""
    touching = Q(since__gte=since) | Q(until__gt=since)
    found = ReadingNote.objects.filter(touching, person_id__in=person_ids, since__lt=until)
    if code is not None:
        found = found.filter(Q(code=code) | Q(code=None))
    return list(found[:MOST])


def recent(person_id: UUID, at: datetime) -> list[ReadingNote]:
    """Of the last month, about whatever it was. The caller has authorised."""
    return notes_between(people.ids(person_id), at - LATELY, at + timedelta(minutes=1))


def may_withdraw(actor: Any, note: ReadingNote) -> bool:
    """The unit that wrote it; the command asks again."""
    return note.stands and bool(actor.may(Permission.RECORD_VITAL_SIGNS, note.unit_id))
