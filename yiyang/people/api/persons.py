"""The JSON API of persons."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated, Any, ClassVar

from ninja import Query
from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.kernel.api import (
    Answer,
    Code,
    Day,
    Example,
    Id,
    Instant,
    Line,
    Name,
    OneLine,
    OneOf,
    Page,
    Paging,
    Routes,
    Shown,
    Told,
    page,
)
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.details import Details, DocumentGiven
from yiyang.people.models import Group, InsuranceKind, Kinship, Person, Scope
from yiyang.people.rules.documents import DocumentKind, Sex

routes = Routes("people")
PERSON = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d01"


class PersonInList(Shown):
    example: ClassVar[Example] = {
        "id": PERSON, "full_name": "王秀英", "sex": "FEMALE", "born_on": "1941-03-02", "age": 85,
        "died_at": None, "unknown": False, "residence_address": "江宁路 123 弄 4 号 501 室",
    }  # fmt: skip

    id: Id
    full_name: str
    sex: Annotated[str, OneOf(Sex)]
    born_on: Day | None
    age: int | None
    died_at: Instant | None
    unknown: bool
    residence_address: str


class Document(Shown):
    id: Id
    kind: Annotated[str, OneOf(DocumentKind)]
    number: str
    expires_on: Day | None
    long_term: bool


class InsuranceShown(Shown):
    kind: Annotated[str, OneOf(InsuranceKind)]
    detail: str
    from_on: Day | None
    to_on: Day | None


class GroupShown(Shown):
    group: Annotated[str, OneOf(Group)]
    level: str
    evidence: str
    from_on: Day | None
    to_on: Day | None


class ContactShown(Shown):
    full_name: str
    kinship: Annotated[str, OneOf(Kinship)]
    number: str
    position: int
    note: str


class RelativeShown(Shown):
    relative: Id
    kinship: Annotated[str, OneOf(Kinship)]
    lives_together: bool | None


class PersonShown(PersonInList):
    """A person. Beyond `scope` BASIC it holds documents (numbers masked), telephones, contacts and status."""

    example: ClassVar[Example] = PersonInList.example | {
        "scope": "FULL", "difference_reason": "", "registered_area": "310106006", "registered_address": "",
        "residence_area": "310106006002", "residence_floor": "5", "residence_has_lift": False,
        "key_holder": "", "languages": "上海话", "form_of_address": "王阿姨", "former_names": [],
        "documents": [{"id": PERSON, "kind": "RESIDENT_ID", "number": "310***********1234",
                       "expires_on": None, "long_term": True}],
        "phones": ["13800000000"],
        "insurances": [{"kind": "EMPLOYEE", "detail": "", "from_on": None, "to_on": None}],
        "groups": [{"group": "LIVES_ALONE", "level": "", "evidence": "居委会 2026-01 走访", "from_on": None,
                    "to_on": None}],
        "contacts": [{"full_name": "王建国", "kinship": "CHILD", "number": "13900000000", "position": 1,
                      "note": ""}],
        "family": [], "merged": [], "version": 3,
    }  # fmt: skip

    scope: Annotated[str, OneOf(Scope)]
    difference_reason: str
    registered_area: str
    registered_address: str
    residence_area: str
    residence_floor: str
    residence_has_lift: bool | None
    key_holder: str
    languages: str
    form_of_address: str
    former_names: list[str]
    documents: list[Document]
    phones: list[str]
    insurances: list[InsuranceShown]
    groups: list[GroupShown]
    contacts: list[ContactShown]
    family: list[RelativeShown]
    merged: Annotated[list[Id], Field(description="other ids that this person has had")]
    version: int


class PersonsFound(Page[PersonInList]):
    """`elsewhere`: a full ID number matches somebody who is not open to you; you may ask for access."""

    example: ClassVar[Example] = {
        "items": [PersonInList.example], "next": None, "elsewhere": False, "hint": "",
    }  # fmt: skip

    elsewhere: bool
    hint: str


class PersonSearch(Paging):
    search: Annotated[Line, Field(description="name, part of it, pinyin, initials, ID number, telephone")] = (
        ""
    )


class DocumentTold(Told):
    example: ClassVar[Example] = {"kind": "RESIDENT_ID", "number": "310106194103021244", "long_term": True}

    kind: Annotated[str, OneOf(DocumentKind)]
    number: Annotated[str, OneLine(40, 1)]
    expires_on: Day | None = None
    long_term: bool = False


class DetailsTold(Told):
    full_name: Annotated[Name, Field(description="empty only with `unknown`")] = ""
    sex: Annotated[str, OneOf(Sex)] = "UNKNOWN"
    born_on: Day | None = None
    unknown: bool = False
    difference_reason: Line = ""
    registered_area: Code = ""
    registered_address: Line = ""
    residence_area: Code = ""
    residence_address: Line = ""
    residence_floor: Code = ""
    residence_has_lift: bool | None = None
    key_holder: Name = ""
    languages: Name = ""
    form_of_address: Code = ""


class RegisterPerson(DetailsTold):
    example: ClassVar[Example] = {
        "full_name": "王秀英", "sex": "FEMALE", "born_on": "1941-03-02", "residence_area": "310106006002",
        "residence_address": "江宁路 123 弄 4 号 501 室",
        "documents": [], "phones": ["13800000000"],
    }  # fmt: skip

    documents: Annotated[list[DocumentTold], Field(max_length=10)] = []
    phones: Annotated[list[Code], Field(max_length=10)] = []


class EditPerson(DetailsTold):
    """Only what is sent is changed."""

    example: ClassVar[Example] = {"residence_floor": "5", "residence_has_lift": False}


class FactShown(Shown):
    example: ClassVar[Example] = {
        "id": PERSON, "name": "transfer.requested", "at": "2026-05-01T00:30:00Z",
        "recorded_at": "2026-05-01T00:31:00Z", "by_label": "李敏 · 养老机构护士", "by_role": "CARE_HOME_NURSE",
        "by_organisation": PERSON, "subject_kind": "Transfer", "subject_id": PERSON, "person": PERSON,
        "data": {"urgency": "URGENT"},
    }  # fmt: skip

    id: Id
    name: str
    at: Instant
    recorded_at: Instant
    by_label: str
    by_role: str
    by_organisation: Id | None
    subject_kind: str
    subject_id: Id | None
    person: Id
    data: dict[str, Any]


@routes.get("/people", shows=PersonsFound, permission=Permission.SEARCH_PERSONS)
def search_persons(request: Any, asked: Query[PersonSearch]) -> Answer:
    """Find persons.

    By name, a part of it, pinyin or initials, exact ID number, telephone or health-record code, among those
    whom you may see. Without `search`: all of them in the order of their names.
    """
    found = queries.search_persons(request.actor, asked.search, asked.cursor, asked.limit)
    shows = PersonsFound(
        items=[_in_list(one) for one in found.persons],
        next=found.next or None,
        elsewhere=found.elsewhere,
        hint=found.hint,
    )
    return Answer(shows, persons=[one.pk for one in found.persons])


@routes.post("/people", shows=PersonShown, status=201, matches="")
def register_person(request: Any, body: RegisterPerson) -> Answer:
    """Start the record of a person.

    One ID number never makes two persons: PERSON_ALREADY_REGISTERED names the record that is there.
    """
    told = body.model_dump(exclude={"documents", "phones"})
    person = commands.register_person(
        by=request.actor,
        at=now(),
        details=Details(**told),
        documents=[DocumentGiven(**document.model_dump()) for document in body.documents],
        phones=body.phones,
    )
    return answer(request, person.pk, location=True)


@routes.get("/people/{person_id}", shows=PersonShown)
def read_person(request: Any, person_id: Id) -> Answer:
    """One person, with all that your relationship with them lets you see."""
    return answer(request, person_id)


@routes.patch("/people/{person_id}", shows=PersonShown)
def edit_person(request: Any, person_id: Id, body: EditPerson) -> Answer:
    """Change what is told of a person; a changed name stays findable as a former name."""
    person = queries.person(request.actor, person_id)
    before = Details(**{name: getattr(person, name) for name in asdict(Details())})
    details = replace(before, **body.model_dump(exclude_unset=True))
    commands.edit_person(by=request.actor, at=now(), person=person, details=details, version=request.version)
    return answer(request, person_id)


@routes.get("/people/{person_id}/facts", shows=Page[FactShown])
def facts(request: Any, person_id: Id, asked: Query[Paging]) -> Answer:
    """What happened to a person, the latest first; what a fact says in detail, to those with scope FULL."""
    in_full = queries.scope(request.actor, person_id) == Scope.FULL
    items, marker, found = page(
        queries.facts_of(request.actor, person_id),
        asked,
        by=("-at", "-id"),
        show=lambda found: [_fact(one, in_full) for one in found],
    )
    return Answer(Page[FactShown](items=items, next=marker), persons={one.person_id for one in found})


def _fact(one: Any, in_full: bool) -> FactShown:
    same = {name: getattr(one, name) for name in FactShown.model_fields if name not in ("person", "data")}
    return FactShown(person=one.person_id, data=one.data if in_full else {}, **same)


def _in_list(person: Person) -> PersonInList:
    return PersonInList(
        id=person.pk,
        full_name=person.full_name,
        sex=person.sex,
        born_on=person.born_on,
        age=queries.age_of(person),
        died_at=person.died_at,
        unknown=person.unknown,
        residence_address=person.residence_address,
    )


def answer(request: Any, person_id: Any, *, location: bool = False) -> Answer:
    record = queries.record(request.actor, person_id)
    scope = queries.scope(request.actor, record.person.pk)
    shows = _shown(record, scope)
    return Answer(
        shows,
        version=record.person.version,
        persons=[record.person.pk],
        location=f"/api/people/{record.person.pk}" if location else "",
    )


def _shown(record: queries.Record, scope: str) -> PersonShown:
    person, open_to = record.person, scope != Scope.BASIC
    return PersonShown(
        **_in_list(person).model_dump(),
        scope=scope,
        difference_reason=person.difference_reason,
        registered_area=person.registered_area,
        registered_address=person.registered_address,
        residence_area=person.residence_area,
        residence_floor=person.residence_floor,
        residence_has_lift=person.residence_has_lift,
        key_holder=person.key_holder if open_to else "",
        languages=person.languages,
        form_of_address=person.form_of_address,
        former_names=[one.full_name for one in record.former_names],
        documents=[_document(one) for one in record.identifiers] if open_to else [],
        phones=[one.number for one in record.phones] if open_to else [],
        insurances=[InsuranceShown.model_validate(one) for one in record.insurances] if open_to else [],
        groups=[GroupShown.model_validate(one) for one in record.groups] if open_to else [],
        contacts=[ContactShown.model_validate(one) for one in record.contacts] if open_to else [],
        family=[_relative(one) for one in record.family] if open_to else [],
        merged=[one for one in record.ids if one != person.pk],
        version=person.version,
    )


def _document(one: Any) -> Document:
    return Document(
        id=one.pk, kind=one.kind, number=one.shown, expires_on=one.expires_on, long_term=one.long_term
    )


def _relative(one: Any) -> RelativeShown:
    return RelativeShown(relative=one.relative_id, kinship=one.kinship, lives_together=one.lives_together)
