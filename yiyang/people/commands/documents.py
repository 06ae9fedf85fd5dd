from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal
from yiyang.people.commands import writing
from yiyang.people.details import DocumentGiven
from yiyang.people.models import Identifier, Person, Phone
from yiyang.people.reach import in_full
from yiyang.people.rules import ages, texts
from yiyang.people.rules.documents import Sex


class AlreadyEnded(Refusal):
    message = _("This was already ended. Look at the new state.")


@command(Permission.EDIT_PERSON, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def add_identifier(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    kind: str,
    number: str,
    expires_on: date | None = None,
    long_term: bool = False,
    difference_reason: str = "",
) -> Identifier:
    """Add a document; an expired one is kept too, and shown as expired."""
    found = writing.lock_living_record(person)
    given = DocumentGiven(kind, number, expires_on, long_term)
    ((_given, document),) = writing.read_documents([given], at)
    writing.refuse_if_held(by, document)
    if document.born_on and found.born_on is None:
        found.born_on = document.born_on
    if document.sex and found.sex in (Sex.UNKNOWN, Sex.UNSTATED):
        found.sex = document.sex
    told = texts.line(difference_reason, "difference_reason") or found.difference_reason
    if document.born_on and document.born_on != found.born_on and not told:
        raise ages.BirthDateDiffers(
            given=found.born_on, in_number=document.born_on, field="difference_reason"
        )
    if document.sex and document.sex != found.sex and not told:
        raise ages.SexDiffers(field="difference_reason")
    found.difference_reason, found.unknown = told, False
    found.version += 1
    found.save(update_fields=["born_on", "sex", "difference_reason", "unknown", "version"])
    identifier = writing.store_document(found, given, document, at)
    record("person.identifier_added", by=by, at=at, subject=identifier, person=found, kind=kind)
    return identifier


@command(Permission.EDIT_PERSON, within=ANYWHERE, about=in_full(lambda identifier, **_: identifier.person_id))
def end_identifier(*, by: Actor, at: datetime, identifier: Identifier, reason: str) -> Identifier:
    """The number was wrong: it no longer finds this person, and may be registered for another."""
    holder = writing.lock_holder(identifier)
    found = Identifier.objects.select_for_update().get(pk=identifier.pk)
    if found.ended_at:
        raise AlreadyEnded
    found.hashes.all().delete()
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    writing.touch(holder)
    record(
        "person.identifier_ended", by=by, at=at, subject=found, person=found.person_id, kind=found.kind,
        reason=texts.reason(reason),
    )  # fmt: skip
    return found


@command(Permission.EDIT_PERSON, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def add_phone(*, by: Actor, at: datetime, person: Person, number: str, label: str = "") -> Phone:
    """Add a telephone number, which others of the family may share."""
    found = writing.lock_living_record(person)
    phone = writing.store_phone(found, number, texts.line(label, "label", 40), at)
    writing.touch(found)
    record("person.phone_added", by=by, at=at, subject=phone, person=found)
    return phone


@command(Permission.EDIT_PERSON, within=ANYWHERE, about=in_full(lambda phone, **_: phone.person_id))
def end_phone(*, by: Actor, at: datetime, phone: Phone) -> Phone:
    """The number no longer reaches this person."""
    holder = writing.lock_holder(phone)
    found = Phone.objects.select_for_update().get(pk=phone.pk)
    if found.ended_at:
        raise AlreadyEnded
    found.hashes.all().delete()
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    writing.touch(holder)
    record("person.phone_ended", by=by, at=at, subject=found, person=found.person_id)
    return found
