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
from yiyang.people.api.shown import PERSON, PersonInList, PersonShown, answer, in_list
from yiyang.people.details import Details, DocumentGiven
from yiyang.people.models import Scope
from yiyang.people.rules.documents import DocumentKind, Sex

routes = Routes("people")


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
        items=[in_list(one) for one in found.persons],
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
