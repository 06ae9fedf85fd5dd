"""Steps that several commands share: locks, documents with their hashes, search keys."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor, assisted, doer
from yiyang.kernel.crypto import encrypt, look_up_hashes
from yiyang.kernel.refusals import NotFound, Refusal, refuses
from yiyang.kernel.time import now
from yiyang.kernel.versions import compare
from yiyang.people.details import DocumentGiven
from yiyang.people.models import (
    FormerName,
    Identifier,
    IdentifierHash,
    Person,
    Phone,
    PhoneHash,
    SearchKey,
    ids_of,
    root_of,
)
from yiyang.people.rules import documents, numbers
from yiyang.people.rules.documents import Document
from yiyang.people.rules.search import search_keys

CITIZEN_FAMILIES = ("CITIZEN", "HMT", "PERMANENT_RESIDENCE")


class PersonAlreadyRegistered(Refusal):
    message = _("A person with this number is already registered: {name}. Open that record instead.")


class PersonRegisteredElsewhere(Refusal):
    message = _(
        "A person with this number is already registered, and the record is not open to you. "
        "Ask for access instead of registering again."
    )


class PersonMerged(Refusal):
    message = _("This record was merged into another. Open the record that it was merged into.")


class ForYourself(Refusal):
    message = _(
        "While you act for somebody, nothing can be opened to yourself or your own unit. Ask a colleague elsewhere."
    )
    status = 403


def not_to_the_assistant(
    by: Actor, *, account_id: UUID | None = None, organisation_id: UUID | None = None
) -> None:
    """Whoever acts for somebody at a counter widens nothing of their own by it."""
    if not assisted(by):
        return
    own = doer(by)
    if account_id == own.account_id or organisation_id in getattr(own, "organisation_ids", ()):
        raise ForYourself


def lock(person: Person | UUID, version: int | None = None) -> Person:
    """The person's row, locked until the command ends; Stale when the caller saw another version."""
    person_id = person if isinstance(person, UUID) else person.pk
    found = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if found is None:
        raise NotFound
    compare(found, version, aliases=lambda: ids_of(found.pk))
    return found


def lock_holder(row: Any) -> Person:
    """The living record to which a row belongs (a document, a contact …), locked before the row itself."""
    return lock(root_of(row.person_id))


def touch(person: Person) -> None:
    """Something that belongs to the record has changed: it is another version than was seen before."""
    person.version += 1
    person.save(update_fields=["version"])


def lock_living_record(person: Person | UUID, version: int | None = None) -> Person:
    """As `lock`, and not merged into another."""
    found = lock(person, version)
    if found.merged_into_id:
        raise PersonMerged
    return found


def today(at: datetime) -> date:
    from django.utils.timezone import localdate

    return localdate(at)


def read_documents(given: Iterable[DocumentGiven], at: datetime) -> list[tuple[DocumentGiven, Document]]:
    return [(one, documents.read(one.kind, one.number, today(at))) for one in given]


def refuse_if_held(by: Actor, document: Document, but_not: UUID | None = None) -> None:
    holder = holder_of(document)
    if holder is not None and holder != but_not:
        raise already_registered(by, holder)


def holder_of(document: Document) -> UUID | None:
    """The person (its living record) who holds this document."""
    hashes = [value for _, value in look_up_hashes(document.family, document.match)]
    found = (
        IdentifierHash.objects.filter(family=document.family, hash__in=hashes)
        .values_list("identifier__person_id", flat=True)
        .first()
    )
    return root_of(found) if found else None


def holder_of_number(number: str, at: datetime) -> UUID | None:
    """The person behind a full document number typed without its kind."""
    holders = (holder_of(one) for one in documents.guesses(number, today(at)))
    return next((one for one in holders if one is not None), None)


def already_registered(by: Actor, holder: UUID) -> Refusal:
    """Names the existing person to those who may see them, and to nobody else."""
    if by.sees(holder):
        return PersonAlreadyRegistered(name=Person.objects.get(pk=holder).full_name, person_id=holder)
    return PersonRegisteredElsewhere()


@refuses("identifier_held_once")
def _held(given: dict[str, Any]) -> Refusal:
    """Two clerks at once: the second learns of the first, whose record is there after the rollback."""
    at = given.get("at") or now()
    given_documents = list(given.get("documents") or [])
    if given.get("number"):
        given_documents.append(DocumentGiven(given["kind"], given["number"]))
    for _given, document in read_documents(given_documents, at):
        holder = holder_of(document)
        if holder:
            return already_registered(given["by"], holder)
    return PersonRegisteredElsewhere()


def store_document(person: Person, given: DocumentGiven, document: Document, at: datetime) -> Identifier:
    identifier = Identifier.objects.create(
        person=person,
        kind=document.kind,
        value=encrypt(document.value),
        expires_on=given.expires_on,
        long_term=given.long_term,
        added_at=at,
    )
    IdentifierHash.objects.bulk_create(
        IdentifierHash(identifier=identifier, family=document.family, key_version=version, hash=value)
        for version, value in look_up_hashes(document.family, document.match)
    )
    return identifier


def store_phone(person: Person, number: str, label: str, at: datetime) -> Phone:
    number = numbers.phone(number)
    phone = Phone.objects.create(person=person, value=encrypt(number), label=label, added_at=at)
    PhoneHash.objects.bulk_create(
        PhoneHash(phone=phone, key_version=version, hash=value)
        for version, value in look_up_hashes("PHONE", number)
    )
    return phone


def index(person: Person) -> None:
    """Write the search keys of all names that a person has or had, those of merged records included."""
    ids = ids_of(person.pk)
    names = list(
        Person.objects.filter(pk__in=ids).order_by("registered_at").values_list("full_name", flat=True)
    )
    names.sort(key=lambda name: name != person.full_name)
    names += FormerName.objects.filter(person_id__in=ids).order_by("id").values_list("full_name", flat=True)
    write_keys(person, search_keys(*dict.fromkeys(names)))


def write_keys(person: Person, keys: list[str]) -> None:
    """Replace the keys; the row keeps a copy, so that the old ones are found without an index by person."""
    gone, new = set(person.search_keys) - set(keys), set(keys) - set(person.search_keys)
    if gone:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM people_searchkey WHERE key = ANY(%s) AND person_id = %s", [list(gone), person.pk]
            )
    SearchKey.objects.bulk_create(SearchKey(key=key, person_id=person.pk) for key in sorted(new))
    person.search_keys = keys
    Person.objects.filter(pk=person.pk).update(search_keys=keys)
