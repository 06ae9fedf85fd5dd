"""Service agreements of a person with a unit: signed, renewed, ended, with their paper."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.queries.naming import unit_name
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.crypto import encrypt
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotFound, Refusal, refuses
from yiyang.people.commands import writing
from yiyang.people.commands.consent import close_by_agreement, open_by_agreement
from yiyang.people.commands.documents import AlreadyEnded
from yiyang.people.commands.papers import keep_paper
from yiyang.people.commands.status import PeriodEndsBeforeStart
from yiyang.people.models import AgreementPaper, Person, ServiceAgreement
from yiyang.people.reach import in_full
from yiyang.people.rules import numbers, texts

TERMS = (
    "person", "unit", "kind", "number", "signer", "capacity", "payer", "guarantor", "emergency_contact",
    "emergency_phone", "hold_days", "hold_fee_rule", "designated_hospital", "sends_record",
)  # fmt: skip


class AgreementOverlaps(Refusal):
    message = _(
        "{unit} has an agreement of this kind with the person already, from {since} until {until}. End that one "
        "first, or let the new one begin when it ends."
    )


class SignerMissing(Refusal):
    message = _("Say who signed.")
    status = 422


class SignedAfterStart(Refusal):
    message = _("An agreement is not signed in the future. Enter the day on the paper.")
    status = 422


class EmergencyContactUnreachable(Refusal):
    message = _("Enter a telephone number of the emergency contact: in an emergency that person is called.")
    status = 422


@refuses("agreement_one_at_a_time")
def _overlaps(given: dict[str, Any]) -> Refusal:
    before = given.get("agreement")
    person = given.get("person") or (before.person if before else None)
    unit = given.get("unit_id") or (before.unit_id if before else None)
    kind = given.get("kind") or (before.kind if before else "")
    since, until = given.get("from_on") or (before.valid.upper if before else None), given.get("to_on")
    other = (
        ServiceAgreement.objects.filter(person=person, unit_id=unit, kind=kind, ended_at=None)
        .filter(valid__overlap=(since, until))
        .first()
    )
    name = unit_name(unit) if unit else ""
    return AgreementOverlaps(
        unit=name,
        since=other.valid.lower if other else None,
        until=other.valid.upper if other else None,
        field="from_on",
    )


@command(Permission.ADMIT, within="unit_id", about=in_full(lambda person, **_: person.pk))
def sign_agreement(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    unit_id: UUID,
    kind: str,
    from_on: date,
    to_on: date | None,
    signed_on: date,
    signer: str,
    capacity: str,
    number: str = "",
    payer: str = "",
    guarantor: str = "",
    emergency_contact: str = "",
    emergency_phone: str = "",
    hold_days: int | None = None,
    hold_fee_rule: str = "",
    designated_hospital_id: UUID | None = None,
    sends_record: bool = False,
    paper: bytes | None = None,
) -> ServiceAgreement:
    """A person, or who may sign for them, agrees with a unit; from then on its hold terms count."""
    found = writing.lock_living_record(person)
    if not texts.line(signer, "signer", 60):
        raise SignerMissing(field="signer")
    if signed_on > writing.today(at):
        raise SignedAfterStart(field="signed_on")
    if to_on is not None and to_on <= from_on:
        raise PeriodEndsBeforeStart(field="to_on")
    if emergency_contact.strip() and not emergency_phone.strip():
        raise EmergencyContactUnreachable(field="emergency_phone")
    agreement = ServiceAgreement.objects.create(
        person=found,
        unit_id=unit_id,
        kind=kind,
        number=texts.line(number, "number", 40),
        valid=(from_on, to_on),
        signed_on=signed_on,
        signer=texts.line(signer, "signer", 60),
        capacity=capacity,
        payer=texts.line(payer, "payer", 60),
        guarantor=texts.line(guarantor, "guarantor", 60),
        emergency_contact=texts.line(emergency_contact, "emergency_contact", 60),
        emergency_phone=encrypt(numbers.phone(emergency_phone)) if emergency_phone.strip() else None,
        hold_days=hold_days,
        hold_fee_rule=texts.line(hold_fee_rule, "hold_fee_rule", 60),
        designated_hospital_id=designated_hospital_id,
        sends_record=sends_record,
        recorded_by=by.label[:120],
    )
    if paper:
        keep_paper(paper, agreement=agreement, at=at, by=by)
    record(
        "agreement.signed", by=by, at=at, subject=agreement, person=found, unit=unit_id, kind=kind,
        from_on=from_on, to_on=to_on, capacity=capacity,
    )  # fmt: skip
    open_by_agreement(agreement, by=by, at=at)
    return agreement


class NothingToRenew(Refusal):
    message = _("This agreement has no end, so there is nothing to renew. End it and sign a new one.")


@command(
    Permission.ADMIT, within="agreement.unit_id", about=in_full(lambda agreement, **_: agreement.person_id)
)
def renew_agreement(
    *, by: Actor, at: datetime, agreement: ServiceAgreement, to_on: date | None, signed_on: date
) -> ServiceAgreement:
    """The same terms from the day on which the old agreement ends."""
    found = _locked(agreement)
    if found.valid.upper is None:
        raise NothingToRenew
    if to_on is not None and to_on <= found.valid.upper:
        raise PeriodEndsBeforeStart(field="to_on")
    if signed_on > writing.today(at):
        raise SignedAfterStart(field="signed_on")
    renewed = ServiceAgreement.objects.create(
        **{name: getattr(found, name) for name in TERMS},
        valid=(found.valid.upper, to_on), signed_on=signed_on, renews=found, recorded_by=by.label[:120],
    )  # fmt: skip
    record(
        "agreement.renewed", by=by, at=at, subject=renewed, person=found.person_id, unit=found.unit_id,
        to_on=to_on,
    )  # fmt: skip
    open_by_agreement(renewed, by=by, at=at)
    return renewed


@command(
    Permission.ADMIT, within="agreement.unit_id", about=in_full(lambda agreement, **_: agreement.person_id)
)
def end_agreement(*, by: Actor, at: datetime, agreement: ServiceAgreement, reason: str) -> ServiceAgreement:
    """The agreement ends before its day; its terms no longer count."""
    found = _locked(agreement)
    found.ended_at, found.end_reason = at, texts.reason(reason)
    found.save(update_fields=["ended_at", "end_reason"])
    record(
        "agreement.ended", by=by, at=at, subject=found, person=found.person_id, unit=found.unit_id,
        reason=found.end_reason,
    )  # fmt: skip
    close_by_agreement(found, by=by, at=at)
    return found


@command(
    Permission.ADMIT, within="agreement.unit_id", about=in_full(lambda agreement, **_: agreement.person_id)
)
def attach_agreement_paper(
    *, by: Actor, at: datetime, agreement: ServiceAgreement, content: bytes
) -> AgreementPaper:
    """Keep the signed paper with the agreement."""
    found = ServiceAgreement.objects.select_for_update(no_key=True, of=("self",)).get(pk=agreement.pk)
    paper = keep_paper(content, agreement=found, at=at, by=by)
    record(
        "agreement.paper_attached", by=by, at=at, subject=found, person=found.person_id, sha256=paper.sha256
    )
    return paper


def _locked(agreement: ServiceAgreement) -> ServiceAgreement:
    found = (
        ServiceAgreement.objects.select_for_update(no_key=True, of=("self",)).filter(pk=agreement.pk).first()
    )
    if found is None:
        raise NotFound
    if found.ended_at is not None:
        raise AlreadyEnded
    return found
