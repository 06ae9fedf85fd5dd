"""What staff enter on the page of a person's record."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.people import queries as people
from yiyang.people.reach import in_full
from yiyang.records.commands.resources import create_resource, update_resource
from yiyang.records.queries import terms
from yiyang.records.queries.resources import resource
from yiyang.records.r4 import body as bodies
from yiyang.records.r4 import dates
from yiyang.records.rules import items, writing
from yiyang.records.rules.labels import security
from yiyang.records.stored import Stored

if TYPE_CHECKING:
    from yiyang.people.models import Person

AHEAD = timedelta(minutes=1)
DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


class NoWords(Refusal):
    message = _("Nothing is entered. Write in words what it is.")
    status = 422


class ListNotSaid(Refusal):
    message = _("Say by which list this is coded, or leave the code empty.")
    status = 422


class CodeNotInList(Refusal):
    message = _("The code “{code}” is not in “{list}”. Choose one of the list, or leave the code empty.")
    status = 422


class NoSuchDay(Refusal):
    message = _("This is no date. Write a year (2019), a month (2019-03) or a day (2019-03-08).")
    status = 422


class BeganInTheFuture(Refusal):
    message = _("This date lies ahead. Enter when it began, as exactly as it is known.")
    status = 422


class NotStruckHere(Refusal):
    message = _("An entry of this kind is corrected by whoever sent it.")
    status = 422


class StruckAlready(Refusal):
    message = _("This was marked as entered in error already.")
    status = 409


@command(
    Permission.WRITE_RECORD,
    within=lambda by, **_: by.organisation_id,
    about=in_full(lambda person, **_: person.pk),
)
def record_diagnosis(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    text: str,
    system: str = "",
    code: str = "",
    onset: str = "",
    state: str = "active",
    sure: str = "confirmed",
    note: str = "",
    sensitive: str = "",
) -> Stored:
    """A diagnosis in words, with its code where there is one; `onset` as exactly as it is known.

    `sensitive`: the label by which it is closed to who sees the rest of the record, here as in every entry.
    """
    made = writing.condition(
        patient=f"Patient/{person.pk}",
        at=at,
        by=by.label,
        text=_words(text),
        **coded(system, code),
        onset=_day(onset, at),
        state=state,
        sure=sure,
        note=note.strip(),
    )
    return create_resource(by=by, at=at, body=bodies.written(made | security(sensitive)))


@command(
    Permission.WRITE_RECORD,
    within=lambda by, **_: by.organisation_id,
    about=in_full(lambda person, **_: person.pk),
)
def record_allergy(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    text: str,
    system: str = "",
    code: str = "",
    category: str = "",
    criticality: str = "",
    reaction: str = "",
    onset: str = "",
    none_known: bool = False,
    note: str = "",
    sensitive: str = "",
) -> Stored:
    """An allergy, or that none is known."""
    made = writing.allergy(
        patient=f"Patient/{person.pk}",
        at=at,
        by=by.label,
        text=_words(text),
        **({} if none_known else coded(system, code)),
        category="" if none_known else category,
        criticality="" if none_known else criticality,
        reaction="" if none_known else reaction.strip(),
        onset=_day(onset, at),
        none_known=none_known,
        note=note.strip(),
    )
    return create_resource(by=by, at=at, body=bodies.written(made | security(sensitive)))


@command(
    Permission.WRITE_RECORD,
    within=lambda by, **_: by.organisation_id,
    about=in_full(lambda person, **_: person.pk),
)
def record_medicine(
    *, by: Actor, at: datetime, person: Person, text: str, system: str = "", code: str = "", dose: str = "",
    since: str = "", note: str = "", sensitive: str = "",
) -> Stored:  # fmt: skip
    """A medicine that the person takes, as they or others say; it is no prescription."""
    made = writing.medicine(
        patient=f"Patient/{person.pk}",
        at=at,
        by=by.label,
        text=_words(text),
        **coded(system, code),
        dose=dose.strip(),
        since=_day(since, at, "since"),
        note=note.strip(),
    )
    return create_resource(by=by, at=at, body=bodies.written(made | security(sensitive)))


@command(
    Permission.WRITE_RECORD,
    within=lambda by, **_: by.organisation_id,
    about=in_full(lambda person, **_: person.pk),
)
def write_note(
    *, by: Actor, at: datetime, person: Person, title: str, text: str, sensitive: str = ""
) -> Stored:
    """A note in words: a DocumentReference that holds its text."""
    made = writing.note(
        patient=f"Patient/{person.pk}", at=at, by=by.label, title=_words(title, "title"), text=_words(text)
    )
    return create_resource(by=by, at=at, body=bodies.written(made | security(sensitive)))


@command(
    Permission.WRITE_RECORD,
    within=lambda by, **_: by.organisation_id,
    about=in_full(lambda person, **_: person.pk),
)
def mark_in_error(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    type: str,
    id: str,
    reason: str,
    expected_version: int | None = None,
) -> Stored:
    """An entry that should not be there stays, struck through, with the reason; what it said is in its history."""
    if type not in writing.STRIKES:
        raise NotStruckHere
    held = resource(by, type, id)
    if held.person_id not in people.ids(person.pk):
        raise NotFound
    now_so: dict[str, Any] = bodies.decode(held.body.encode())
    if items.state_of(now_so) == "entered-in-error":
        raise StruckAlready
    changed = writing.struck(now_so, at=at, by=by.label, reason=_words(reason, "reason"))
    return update_resource(
        by=by, at=at, type=type, id=id, body=bodies.written(changed), expected_version=expected_version
    )


def coded(system: str, code: str) -> dict[str, str]:
    """The code with what its list calls it. A code that its list does not have is refused; an unknown list is kept."""
    system, code = system.strip(), code.strip()
    if not code:
        return {}
    if not system:
        raise ListNotSaid(field="system")
    known = terms.system_called(system)
    if known is None:
        return {"system": system, "code": code}
    found = known.get([code]).get(code)
    if found is None and known.about.complete:
        raise CodeNotInList(
            field="code", code=code[:200], list=known.about.shown(get_language() or "zh-hans")
        )
    return {"system": system, "code": code, "display": found.display or found.display_zh if found else ""}


def _words(text: str, field: str = "text") -> str:
    if not text.strip():
        raise NoWords(field=field)
    return text.strip()


def _day(text: str, at: datetime, field: str = "onset") -> str:
    """A year, a month or a day that has begun."""
    text = text.strip()
    if not text:
        return ""
    span = dates.span(text) if DAY.fullmatch(text) else None
    if span is None:
        raise NoSuchDay(field=field)
    if span.start > at + AHEAD:
        raise BeganInTheFuture(field=field)
    return text
