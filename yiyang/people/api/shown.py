"""A person as answers show them: in a list, and with all that belongs to them."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.kernel.api import Answer, Day, Example, Id, Instant, OneOf, Shown
from yiyang.people import queries
from yiyang.people.models import Group, InsuranceKind, Kinship, Person, Scope
from yiyang.people.rules.documents import DocumentKind, Sex

PERSON = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d01"
ROW = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d11"


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


class PhoneShown(Shown):
    id: Id
    number: str
    label: str


class InsuranceShown(Shown):
    id: Id
    kind: Annotated[str, OneOf(InsuranceKind)]
    detail: str
    from_on: Day | None
    to_on: Day | None


class GroupShown(Shown):
    id: Id
    group: Annotated[str, OneOf(Group)]
    level: str
    evidence: str
    from_on: Day | None
    to_on: Day | None


class ContactShown(Shown):
    id: Id
    full_name: str
    kinship: Annotated[str, OneOf(Kinship)]
    number: str
    position: int
    note: str


class RelativeShown(Shown):
    id: Annotated[Id, Field(description="the family link")]
    relative: Id
    kinship: Annotated[str, OneOf(Kinship)]
    lives_together: bool | None


class FamilyDoctorShown(Shown):
    id: Id
    organisation: Id
    name: Annotated[str, Field(description="of the organisation")]
    doctor_name: str
    starts_on: Day
    ends_on: Day | None


class PersonShown(PersonInList):
    """A person. Beyond `scope` BASIC it holds documents (numbers masked), telephones, contacts and status."""

    example: ClassVar[Example] = PersonInList.example | {
        "scope": "FULL", "difference_reason": "", "registered_area": "310106006", "registered_address": "",
        "residence_area": "310106006002", "residence_floor": "5", "residence_has_lift": False,
        "key_holder": "", "languages": "上海话", "form_of_address": "王阿姨", "former_names": [],
        "documents": [{"id": ROW, "kind": "RESIDENT_ID", "number": "310***********1234",
                       "expires_on": None, "long_term": True}],
        "phones": [{"id": ROW, "number": "13800000000", "label": "家中"}],
        "insurances": [{"id": ROW, "kind": "EMPLOYEE", "detail": "", "from_on": None, "to_on": None}],
        "groups": [{"id": ROW, "group": "LIVES_ALONE", "level": "", "evidence": "居委会 2026-01 走访",
                    "from_on": None, "to_on": None}],
        "contacts": [{"id": ROW, "full_name": "王建国", "kinship": "CHILD", "number": "13900000000",
                      "position": 1, "note": ""}],
        "family": [{"id": ROW, "relative": ROW, "kinship": "CHILD", "lives_together": False}],
        "family_doctor": {"id": ROW, "organisation": ROW, "name": "江宁路社区卫生服务中心",
                          "doctor_name": "周医生", "starts_on": "2026-01-01", "ends_on": None},
        "merged": [], "version": 3,
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
    phones: list[PhoneShown]
    insurances: list[InsuranceShown]
    groups: list[GroupShown]
    contacts: list[ContactShown]
    family: list[RelativeShown]
    family_doctor: FamilyDoctorShown | None
    merged: Annotated[list[Id], Field(description="other ids that this person has had")]
    version: int


def in_list(person: Person) -> PersonInList:
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
        **in_list(person).model_dump(),
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
        phones=[PhoneShown.model_validate(one) for one in record.phones] if open_to else [],
        insurances=[InsuranceShown.model_validate(one) for one in record.insurances] if open_to else [],
        groups=[GroupShown.model_validate(one) for one in record.groups] if open_to else [],
        contacts=[ContactShown.model_validate(one) for one in record.contacts] if open_to else [],
        family=[_relative(one) for one in record.family] if open_to else [],
        family_doctor=_family_doctor(record.family_doctor) if open_to else None,
        merged=[one for one in record.ids if one != person.pk],
        version=person.version,
    )


def _document(one: Any) -> Document:
    return Document(
        id=one.pk, kind=one.kind, number=one.shown, expires_on=one.expires_on, long_term=one.long_term
    )


def _relative(one: Any) -> RelativeShown:
    return RelativeShown(
        id=one.pk, relative=one.relative_id, kinship=one.kinship, lives_together=one.lives_together
    )


def _family_doctor(one: Any) -> FamilyDoctorShown | None:
    if one is None:
        return None
    return FamilyDoctorShown(
        id=one.pk,
        organisation=one.organisation_id,
        name=one.unit_name,
        doctor_name=one.doctor_name,
        starts_on=one.starts_on,
        ends_on=one.ends_on,
    )
