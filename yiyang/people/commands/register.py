from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal
from yiyang.people.commands import areas, relationships, writing
from yiyang.people.details import Details, DocumentGiven
from yiyang.people.models import Basis, FormerName, Person, Scope
from yiyang.people.reach import in_full
from yiyang.people.rules import ages, names, readings, texts
from yiyang.people.rules.documents import Document, DocumentKind, Sex
from yiyang.people.rules.search import search_keys

UNKNOWN_NAME = "无名氏"
TOLD = tuple(field.name for field in fields(Details))


class PersonNotDead(Refusal):
    message = _("No death is noted for this person.")


class DeathAlreadyNoted(Refusal):
    message = _("The death of this person is already noted, on {died_at}.")


class DeathBeforeBirth(Refusal):
    message = _("The death cannot lie before the birth on {born_on}. Correct one of the two.")
    status = 422


@command(Permission.REGISTER_PERSON, within=lambda by, **_: by.organisation_id)
def register_person(
    *,
    by: Actor,
    at: datetime,
    details: Details,
    documents: Sequence[DocumentGiven] = (),
    phones: Sequence[str] = (),
    organisation_id: UUID | None = None,
) -> Person:
    """Start the record of a person. One ID number never makes two persons, however many clerks type it."""
    read = writing.read_documents(documents, at)
    for _given, document in read:
        writing.refuse_if_held(by, document)
    told = _checked(details, [document for _given, document in read], at)
    person = Person(registered_at=at, sort_key=_sort_key(told.full_name), **_columns(told))
    keys = search_keys(person.full_name)
    person.save(force_insert=True)
    writing.write_keys(person, keys)
    for given, document in read:
        writing.store_document(person, given, document, at)
    for number in phones:
        writing.store_phone(person, number, "", at)
    record(
        "person.registered",
        by=by,
        at=at,
        subject=person,
        person=person,
        documents=[d.kind for d in documents],
    )
    _open_to_registrar(by, at, person, organisation_id)
    areas.open_to_area(by, at, person)
    return person


@command(Permission.EDIT_PERSON, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def edit_person(*, by: Actor, at: datetime, person: Person, details: Details, version: int) -> Person:
    """Change what is told of a person; a changed name stays findable as a former name."""
    found = writing.lock_living_record(person, version)
    told = _checked(details, _documents_of(found, at), at)
    before, after = {name: getattr(found, name) for name in TOLD}, _columns(told)
    changed = {name: [before[name], after[name]] for name in TOLD if before[name] != after[name]}
    for name in changed:
        setattr(found, name, after[name])
    found.version += 1
    found.sort_key = _sort_key(found.full_name)
    found.save()
    if "full_name" in changed:
        FormerName.objects.create(person=found, full_name=before["full_name"], until=writing.today(at))
        writing.index(found)
    record("person.edited", by=by, at=at, subject=found, person=found, changed=changed)
    if "residence_area" in changed:
        areas.open_to_area(by, at, found)
    return found


@command(Permission.RECORD_DEATH, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def note_death(*, by: Actor, at: datetime, person: Person, died_at: datetime) -> Person:
    """The person has died. What it closes in the beds is the beds' own command, which calls this one."""
    found = writing.lock_living_record(person)
    if found.died_at:
        raise DeathAlreadyNoted(died_at=found.died_at)
    if found.born_on and writing.today(died_at) < found.born_on:
        raise DeathBeforeBirth(born_on=found.born_on)
    found.died_at = died_at
    found.version += 1
    found.save(update_fields=["died_at", "version"])
    record("person.died", by=by, at=at, subject=found, person=found, died_at=died_at)
    return found


@command(Permission.CORRECT_RECORD, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def withdraw_death(*, by: Actor, at: datetime, person: Person, reason: str) -> Person:
    """The death was noted by mistake."""
    found = writing.lock_living_record(person)
    if not found.died_at:
        raise PersonNotDead
    was = found.died_at
    found.died_at = None
    found.version += 1
    found.save(update_fields=["died_at", "version"])
    record("person.death_withdrawn", by=by, at=at, subject=found, person=found, was=was, reason=reason)
    return found


def _checked(details: Details, read: list[Document], at: datetime) -> Details:
    """The details with names in their normal form and birth and sex taken from, or compared with, a document."""
    name = UNKNOWN_NAME if details.unknown and not details.full_name.strip() else details.full_name
    lines: dict[str, Any] = {field: texts.line(getattr(details, field), field) for field in texts.LINES}
    told = replace(details, full_name=names.normal(name), **lines)
    for document in read:
        told = _agreed(told, document)
    if told.born_on:
        ages.possible(told.born_on, writing.today(at))
    return told


def _agreed(told: Details, document: Document) -> Details:
    if document.born_on:
        if told.born_on is None:
            told = replace(told, born_on=document.born_on)
        elif told.born_on != document.born_on and not told.difference_reason:
            raise ages.BirthDateDiffers(
                given=told.born_on, in_number=document.born_on, field="difference_reason"
            )
    if document.sex:
        if told.sex in (Sex.UNKNOWN, Sex.UNSTATED):
            told = replace(told, sex=document.sex)
        elif told.sex != document.sex and not told.difference_reason:
            raise ages.SexDiffers(field="difference_reason")
    return told


def _documents_of(person: Person, at: datetime) -> list[Document]:
    from yiyang.people.rules import documents

    live = person.identifiers.filter(ended_at=None).exclude(kind=DocumentKind.HEALTH_RECORD_CODE)
    return [documents.read(one.kind, one.number, writing.today(at)) for one in live]


def _columns(told: Details) -> dict[str, Any]:
    return {name: getattr(told, name) for name in TOLD}


def _sort_key(full_name: str) -> str:
    return readings.sort_key(names.search_form(full_name))[:200]


def _open_to_registrar(by: Actor, at: datetime, person: Person, organisation_id: UUID | None) -> None:
    """Who registers somebody must be able to see them, until an episode, a contract or the area opens the record."""
    where = organisation_id or by.organisation_id
    if where:
        days = policy("people.registration_days", on=writing.today(at)).value
        relationships.open_relationship(
            by=by, at=at, person_id=person.pk, organisation_id=where, basis=Basis.REGISTRATION, scope=Scope.FULL,
            source_kind="Person", source_id=person.pk, ends_at=at + timedelta(days=days),
        )  # fmt: skip
