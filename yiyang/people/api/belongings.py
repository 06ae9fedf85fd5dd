"""What belongs to a person, one by one: documents, telephones, contacts, insurance, groups, family, their doctor."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from yiyang.access import queries as access
from yiyang.kernel.api import (
    Answer,
    Code,
    Day,
    Example,
    Id,
    Instant,
    Line,
    Number,
    OneLine,
    OneOf,
    Shown,
    Told,
    named,
)
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.api.persons import DocumentTold, routes
from yiyang.people.api.shown import PERSON, PersonShown, answer
from yiyang.people.models import Group, InsuranceKind, Kinship
from yiyang.people.rules.falls import Injury, Place

Reason = Annotated[str, OneLine(200, 2)]


class AddIdentifier(DocumentTold):
    example: ClassVar[Example] = {"kind": "RESIDENT_ID", "number": "310106194103021244", "long_term": True}

    difference_reason: Annotated[Line, Field(description="why birth or sex differ from the number's")] = ""


class AddPhone(Told):
    example: ClassVar[Example] = {"number": "13800000000", "label": "家中"}

    number: Annotated[str, OneLine(40, 1)]
    label: Code = ""


class AddContact(Told):
    example: ClassVar[Example] = {"full_name": "王建国", "kinship": "CHILD", "phone": "13900000000"}

    full_name: Annotated[str, OneLine(120, 1)]
    kinship: Annotated[str, OneOf(Kinship)]
    phone: Code = ""
    position: Annotated[int, Number(1, 99)] | None = None
    note: Line = ""


class AddInsurance(Told):
    example: ClassVar[Example] = {"kind": "LONG_TERM_CARE", "detail": "四级", "from_on": "2026-01-01"}

    kind: Annotated[str, OneOf(InsuranceKind)]
    detail: Annotated[str, OneLine(120)] = ""
    from_on: Day | None = None
    to_on: Day | None = None


class AddGroup(Told):
    example: ClassVar[Example] = {"group": "LIVES_ALONE", "evidence": "居委会 2026-01 走访"}

    group: Annotated[str, OneOf(Group)]
    evidence: Annotated[str, OneLine(200, 2)]
    level: Code = ""
    from_on: Day | None = None
    to_on: Day | None = None


class SignFamilyDoctorContract(Told):
    example: ClassVar[Example] = {"organisation": PERSON, "doctor_name": "周医生", "starts_on": "2026-01-01"}

    organisation: Id
    doctor_name: Annotated[str, OneLine(60)] = ""
    starts_on: Day
    ends_on: Day | None = None


class LinkFamily(Told):
    example: ClassVar[Example] = {"relative": PERSON, "kinship": "CHILD", "lives_together": False}

    relative: Annotated[Id, Field(description="who this is to the person: their spouse, their child")]
    kinship: Annotated[str, OneOf(Kinship)]
    lives_together: bool | None = None


class FamilyDoctorEnded(Shown):
    """The record itself is not shown: who ended the contract may see it no longer."""

    example: ClassVar[Example] = {
        "person": PERSON, "ended_at": "2026-05-01T00:30:00Z", "end_reason": "搬离本区",
    }  # fmt: skip

    person: Id
    ended_at: Instant
    end_reason: str


class RecordFall(Told):
    example: ClassVar[Example] = {"place": "BATHROOM", "injury": "UNKNOWN", "note": "地面湿滑，已扶起"}

    place: Annotated[str, OneOf(Place)]
    injury: Annotated[str, OneOf(Injury)]
    note: Annotated[str, OneLine(400)] = ""
    at: Annotated[Instant | None, Field(description="when it happened; now, when left out")] = None
    again: Annotated[bool, Field(description="not the fall that is recorded for this time, another one")] = (
        False
    )


class WithdrawFall(Told):
    example: ClassVar[Example] = {"fall": PERSON, "reason": "登记到了同室的另一位老人"}

    fall: Annotated[Id, Field(description="the fact `person.fell`, as `…/facts` lists it")]
    reason: Reason


class EndWithReason(Told):
    example: ClassVar[Example] = {"reason": "登记错误"}

    reason: Reason


class EndOn(Told):
    example: ClassVar[Example] = {"to_on": "2026-06-01"}

    to_on: Annotated[Day, Field(description="the first day without it")]


class EndAtOnce(Told):
    example: ClassVar[Example] = {}


@routes.post("/people/{person_id}/identifiers", shows=PersonShown, status=201)
def add_identifier(request: Any, person_id: Id, body: AddIdentifier) -> Answer:
    """Add a document; an expired one is kept too."""
    return _add(request, person_id, body, commands.add_identifier)


@routes.post("/people/{person_id}/phones", shows=PersonShown, status=201)
def add_phone(request: Any, person_id: Id, body: AddPhone) -> Answer:
    """Add a telephone number, which others of the family may share."""
    return _add(request, person_id, body, commands.add_phone)


@routes.post("/people/{person_id}/contacts", shows=PersonShown, status=201)
def add_contact(request: Any, person_id: Id, body: AddContact) -> Answer:
    """Note whom to call about a person."""
    return _add(request, person_id, body, commands.add_contact)


@routes.post("/people/{person_id}/insurances", shows=PersonShown, status=201)
def add_insurance(request: Any, person_id: Id, body: AddInsurance) -> Answer:
    """Note an insurance with its period."""
    return _add(request, person_id, body, commands.add_insurance)


@routes.post("/people/{person_id}/groups", shows=PersonShown, status=201)
def add_group(request: Any, person_id: Id, body: AddGroup) -> Answer:
    """Note that a person belongs to a group, with the evidence and the dates."""
    return _add(request, person_id, body, commands.add_group)


@routes.post("/people/{person_id}/family-doctor", shows=PersonShown, status=201)
def sign_family_doctor_contract(request: Any, person_id: Id, body: SignFamilyDoctorContract) -> Answer:
    """The person signs with a family doctor's team, which sees the record from then on."""
    person = queries.person_in_full(request.actor, person_id)
    named("organisation", lambda: access.organisation(request.actor, body.organisation))
    told = body.model_dump(exclude={"organisation"})
    commands.sign_family_doctor_contract(
        by=request.actor, at=now(), person=person, organisation_id=body.organisation, **told
    )
    return answer(request, person.pk)


@routes.post("/people/{person_id}/family", shows=PersonShown, status=201)
def link_family(request: Any, person_id: Id, body: LinkFamily) -> Answer:
    """Say that two persons are family; the way back is noted with it."""
    person = queries.person_in_full(request.actor, person_id)
    relative = named("relative", lambda: queries.person(request.actor, body.relative))
    told = body.model_dump(exclude={"relative"})
    commands.link_family(by=request.actor, at=now(), person=person, relative=relative, **told)
    return answer(request, person.pk)


@routes.post("/people/{person_id}/record-fall", shows=PersonShown, status=201)
def record_fall(request: Any, person_id: Id, body: RecordFall) -> Answer:
    """The person fell: the unit is told, and an assessment is asked for. A second record of one fall is refused."""
    person = queries.person_in_full(request.actor, person_id)
    told = body.model_dump(exclude={"at"})
    commands.record_fall(by=request.actor, at=body.at or now(), person=person, **told)
    return answer(request, person.pk)


@routes.post("/people/{person_id}/withdraw-fall", shows=PersonShown)
def withdraw_fall(request: Any, person_id: Id, body: WithdrawFall) -> Answer:
    """It was somebody else, or nobody: nothing follows from the fall any more; both entries stay in the history."""
    person = queries.person_in_full(request.actor, person_id)
    commands.withdraw_fall(by=request.actor, at=now(), person=person, **body.model_dump())
    return answer(request, person.pk)


@routes.post("/people/{person_id}/identifiers/{identifier_id}/end", shows=PersonShown)
def end_identifier(request: Any, person_id: Id, identifier_id: Id, body: EndWithReason) -> Answer:
    """The number was wrong: it no longer finds this person. It stays in the history."""
    return _end(request, person_id, "identifiers", identifier_id, body, commands.end_identifier, "identifier")


@routes.post("/people/{person_id}/phones/{phone_id}/end", shows=PersonShown)
def end_phone(request: Any, person_id: Id, phone_id: Id, body: EndAtOnce) -> Answer:
    """The number no longer reaches this person."""
    return _end(request, person_id, "phones", phone_id, body, commands.end_phone, "phone")


@routes.post("/people/{person_id}/contacts/{contact_id}/end", shows=PersonShown)
def end_contact(request: Any, person_id: Id, contact_id: Id, body: EndAtOnce) -> Answer:
    """This contact is no longer to be called."""
    return _end(request, person_id, "contacts", contact_id, body, commands.end_contact, "contact")


@routes.post("/people/{person_id}/insurances/{insurance_id}/end", shows=PersonShown)
def end_insurance(request: Any, person_id: Id, insurance_id: Id, body: EndOn) -> Answer:
    """The insurance ends, or ended, on a day."""
    return _end(request, person_id, "insurances", insurance_id, body, commands.end_insurance, "insurance")


@routes.post("/people/{person_id}/groups/{group_membership_id}/end", shows=PersonShown)
def end_group(request: Any, person_id: Id, group_membership_id: Id, body: EndOn) -> Answer:
    """The person belongs to the group until a day."""
    return _end(request, person_id, "groups", group_membership_id, body, commands.end_group, "membership")


@routes.post("/people/{person_id}/family/{family_link_id}/end", shows=PersonShown)
def unlink_family(request: Any, person_id: Id, family_link_id: Id, body: EndWithReason) -> Answer:
    """The link was a mistake, or the family has parted; the way back goes with it."""
    return _end(request, person_id, "family_links", family_link_id, body, commands.unlink_family, "link")


@routes.post("/people/{person_id}/family-doctor/end", shows=FamilyDoctorEnded)
def end_family_doctor_contract(request: Any, person_id: Id, body: EndWithReason) -> Answer:
    """The contract ends; the team's view of the record ends with it."""
    person = queries.person_in_full(request.actor, person_id)
    contract = queries.live_contract(person)
    ended = commands.end_family_doctor_contract(
        by=request.actor, at=now(), contract=contract, reason=body.reason
    )
    shows = FamilyDoctorEnded(person=person.pk, ended_at=ended.ended_at, end_reason=ended.end_reason)
    return Answer(shows, persons=[person.pk])


def _add(request: Any, person_id: UUID, body: Told, command: Any) -> Answer:
    person = queries.person_in_full(request.actor, person_id)
    command(by=request.actor, at=now(), person=person, **body.model_dump())
    return answer(request, person.pk)


def _end(
    request: Any, person_id: UUID, rows: str, row_id: UUID, body: Told, command: Any, named_as: str
) -> Answer:
    person = queries.person_in_full(request.actor, person_id)
    row = queries.row_of(person, rows, row_id)
    command(by=request.actor, at=now(), **{named_as: row}, **body.model_dump())
    return answer(request, person.pk)
