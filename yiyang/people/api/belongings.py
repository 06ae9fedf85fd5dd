"""What belongs to a person, one by one: documents, telephones, contacts, insurance, groups; and ways to the record."""

from __future__ import annotations

from datetime import timedelta
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
from yiyang.people.api.persons import PERSON, DocumentTold, PersonShown, answer, routes
from yiyang.people.models import Group, InsuranceKind, Kinship

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


class NumberAndReason(Told):
    example: ClassVar[Example] = {"number": "310106194103021244", "reason": "急诊，需了解用药"}

    number: Annotated[str, OneLine(40, 1), Field(description="the full number of a document")]
    reason: Reason


class AccessAsked(Shown):
    example: ClassVar[Example] = {"id": PERSON, "asked_at": "2026-05-01T00:30:00Z", "state": "OPEN"}

    id: Id
    asked_at: Instant
    state: str


class GlassBroken(Shown):
    example: ClassVar[Example] = {"person": PERSON, "until": "2026-05-01T08:30:00Z"}

    person: Id
    until: Instant


@routes.post("/people/{person_id}/identifiers", shows=PersonShown, status=201, matches="")
def add_identifier(request: Any, person_id: Id, body: AddIdentifier) -> Answer:
    """Add a document; an expired one is kept too."""
    return _add(request, person_id, body, commands.add_identifier)


@routes.post("/people/{person_id}/phones", shows=PersonShown, status=201, matches="")
def add_phone(request: Any, person_id: Id, body: AddPhone) -> Answer:
    """Add a telephone number, which others of the family may share."""
    return _add(request, person_id, body, commands.add_phone)


@routes.post("/people/{person_id}/contacts", shows=PersonShown, status=201, matches="")
def add_contact(request: Any, person_id: Id, body: AddContact) -> Answer:
    """Note whom to call about a person."""
    return _add(request, person_id, body, commands.add_contact)


@routes.post("/people/{person_id}/insurances", shows=PersonShown, status=201, matches="")
def add_insurance(request: Any, person_id: Id, body: AddInsurance) -> Answer:
    """Note an insurance with its period."""
    return _add(request, person_id, body, commands.add_insurance)


@routes.post("/people/{person_id}/groups", shows=PersonShown, status=201, matches="")
def add_group(request: Any, person_id: Id, body: AddGroup) -> Answer:
    """Note that a person belongs to a group, with the evidence and the dates."""
    return _add(request, person_id, body, commands.add_group)


@routes.post("/people/{person_id}/family-doctor", shows=PersonShown, status=201, matches="")
def sign_family_doctor_contract(request: Any, person_id: Id, body: SignFamilyDoctorContract) -> Answer:
    """The person signs with a family doctor's team, which sees the record from then on."""
    person = queries.person_in_full(request.actor, person_id)
    named("organisation", lambda: access.organisation(request.actor, body.organisation))
    told = body.model_dump(exclude={"organisation"})
    commands.sign_family_doctor_contract(
        by=request.actor, at=now(), person=person, organisation_id=body.organisation, **told
    )
    return answer(request, person.pk)


@routes.post("/ask-for-access", shows=AccessAsked, status=201, matches="")
def ask_for_access(request: Any, body: NumberAndReason) -> Answer:
    """Ask to see the record of the holder of a document; nothing is shown by asking."""
    asked = commands.ask_for_access(by=request.actor, at=now(), number=body.number, reason=body.reason)
    return Answer(AccessAsked(id=asked.pk, asked_at=asked.asked_at, state=asked.state))


@routes.post("/break-glass", shows=GlassBroken, status=201, matches="")
def break_glass(request: Any, body: NumberAndReason) -> Answer:
    """Open a record in an emergency, for hours, for yourself alone; the person and the data-protection officer see it."""
    opened = commands.break_glass(by=request.actor, at=now(), number=body.number, reason=body.reason)
    until = opened.ends_at or now() + timedelta(hours=1)
    return Answer(GlassBroken(person=opened.person_id, until=until), persons=[opened.person_id])


def _add(request: Any, person_id: UUID, body: Told, command: Any) -> Answer:
    person = queries.person_in_full(request.actor, person_id)
    command(by=request.actor, at=now(), person=person, **body.model_dump())
    return answer(request, person.pk)
