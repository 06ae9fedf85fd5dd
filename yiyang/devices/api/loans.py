"""The JSON API of loans, and of what persons agreed to."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.devices import commands
from yiyang.devices.api.registry import DEVICE, routes
from yiyang.devices.models.registry import DeviceConsent, Loan, Sensed
from yiyang.devices.queries import consents as agreed
from yiyang.devices.queries import devices as queries
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.kernel.api import Answer, Example, Id, Instant, OneLine, OneOf, Shown, Told, named
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.people.commands.consenting import Said

PERSON = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d01"
LOAN = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c2a04"
CONSENT = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c2a05"


class LoanShown(Shown):
    example: ClassVar[Example] = {
        "id": LOAN, "device": DEVICE, "kind": "BRACELET", "serial": "B2-000417", "person": PERSON,
        "since": "2026-05-01T08:00:00Z", "until": None, "place": "302", "return_asked_at": None, "returned_at": None,
        "return_note": "",
    }  # fmt: skip

    id: Id
    device: Id
    kind: Annotated[str, OneOf(DeviceKind)]
    serial: str
    person: Id
    since: Instant
    until: Annotated[Instant | None, Field(description="after it nothing is taken from the device")]
    place: str
    return_asked_at: Instant | None
    returned_at: Instant | None
    return_note: str


class LoansShown(Shown):
    example: ClassVar[Example] = {"items": [LoanShown.example]}

    items: list[LoanShown]


class LendDevice(Told):
    example: ClassVar[Example] = {"person": PERSON, "place": "302"}

    person: Id
    until: Instant | None = None
    place: Annotated[str, OneLine(120)] = ""


class ReturnDevice(Told):
    example: ClassVar[Example] = {"note": "表带断裂"}

    note: Annotated[str, OneLine(200)] = ""


class AskForReturn(Told):
    example: ClassVar[Example] = {"reason": "戴着不舒服"}

    reason: Annotated[str, OneLine(200)] = ""


class DeviceConsentShown(Shown):
    example: ClassVar[Example] = {
        "id": CONSENT, "person": PERSON, "what": "LOCATION", "given_by": "本人", "given_at": "2026-05-01T08:00:00Z",
        "withdrawn_at": None,
    }  # fmt: skip

    id: Id
    person: Id
    what: Annotated[str, OneOf(Sensed)]
    given_by: str
    given_at: Instant
    withdrawn_at: Instant | None


class DeviceConsentsShown(Shown):
    example: ClassVar[Example] = {"items": [DeviceConsentShown.example]}

    items: list[DeviceConsentShown]


class GiveDeviceConsent(Told):
    example: ClassVar[Example] = {"what": "LOCATION", "given_by": "本人签字，存护士站"}

    what: Annotated[str, OneOf(Sensed)]
    given_by: Annotated[str, OneLine(120), Field(description="who agreed and how; staff must say")] = ""
    capacity: Annotated[str, OneOf(["PERSON", "GUARDIAN"])] = "PERSON"


class WithdrawDeviceConsent(Told):
    example: ClassVar[Example] = {"said_by": "本人来电"}

    said_by: Annotated[str, OneLine(120)] = ""


@routes.get("/people/{person_id}/devices", shows=LoansShown)
def loans_of_person(request: Any, person_id: Id) -> Answer:
    """What is and was lent to a person, the latest first."""
    found = queries.loans_of_person(request.actor, person_id)
    return Answer(LoansShown(items=[_loan(one) for one in found]), persons=[person_id])


@routes.post(
    "/devices/{device_id}/lend", shows=LoanShown, status=201, matches="", permission=Permission.LEND_DEVICE
)
def lend_device(request: Any, device_id: Id, body: LendDevice) -> Answer:
    """From now on, what the device sends is about this person."""
    device = queries.device(request.actor, device_id)
    person = named("person", lambda: people.person(request.actor, body.person))
    told = body.model_dump(exclude={"person"})
    made = commands.lend_device(by=request.actor, at=now(), device=device, person=person, **told)
    return Answer(_loan(made), persons=[made.person_id])


@routes.post("/loans/{loan_id}/return", shows=LoanShown, matches="", permission=Permission.LEND_DEVICE)
def return_device(request: Any, loan_id: Id, body: ReturnDevice) -> Answer:
    """It is back with its unit."""
    loan = queries.loan_of_unit(request.actor, loan_id)
    done = commands.return_device(by=request.actor, at=now(), loan=loan, note=body.note)
    return Answer(_loan(done), persons=[done.person_id])


@routes.post("/loans/{loan_id}/ask-for-return", shows=LoanShown, matches="")
def ask_for_return(request: Any, loan_id: Id, body: AskForReturn) -> Answer:
    """The person no longer wants it; its unit is told."""
    loan = queries.loan(request.actor, loan_id)
    done = commands.ask_for_return(by=request.actor, at=now(), loan=loan, reason=body.reason)
    return Answer(_loan(done), persons=[done.person_id])


@routes.get("/people/{person_id}/device-consents", shows=DeviceConsentsShown)
def device_consents(request: Any, person_id: Id) -> Answer:
    """Whether places and camera events may be taken, what was withdrawn included."""
    found = agreed.consents_of(request.actor, person_id)
    return Answer(DeviceConsentsShown(items=[_consent(one) for one in found]), persons=[person_id])


@routes.post("/people/{person_id}/device-consents", shows=DeviceConsentShown, status=201, matches="")
def give_device_consent(request: Any, person_id: Id, body: GiveDeviceConsent) -> Answer:
    """The person, or a guardian after a finding, agrees that this is taken."""
    person = people.person_in_full(request.actor, person_id)
    said = Said(given_by=body.given_by, capacity=body.capacity)
    made = commands.give_device_consent(by=request.actor, at=now(), person=person, what=body.what, said=said)
    return Answer(_consent(made), persons=[made.person_id])


@routes.post("/device-consents/{device_consent_id}/withdraw", shows=DeviceConsentShown, matches="")
def withdraw_device_consent(request: Any, device_consent_id: Id, body: WithdrawDeviceConsent) -> Answer:
    """From this moment nothing more is taken, and what is there is no longer shown."""
    found = agreed.consent(request.actor, device_consent_id)
    done = commands.withdraw_device_consent(by=request.actor, at=now(), consent=found, said_by=body.said_by)
    return Answer(_consent(done), persons=[done.person_id])


def _loan(one: Loan) -> LoanShown:
    same = {
        name: getattr(one, name) for name in ("id", "place", "return_asked_at", "returned_at", "return_note")
    }
    return LoanShown(
        device=one.device_id, kind=one.device.kind, serial=one.device.serial, person=one.person_id,
        since=one.period.lower, until=one.period.upper, **same,
    )  # fmt: skip


def _consent(one: DeviceConsent) -> DeviceConsentShown:
    same = {name: getattr(one, name) for name in DeviceConsentShown.model_fields if name != "person"}
    return DeviceConsentShown(person=one.person_id, **same)
