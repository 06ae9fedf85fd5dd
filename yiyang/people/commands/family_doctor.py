from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.kernel.time import midnight
from yiyang.people.commands import writing
from yiyang.people.commands.coverage import close_tasks_of
from yiyang.people.commands.documents import AlreadyEnded
from yiyang.people.commands.relationships import close_relationship, open_relationship
from yiyang.people.commands.status import PeriodEndsBeforeStart
from yiyang.people.models import Basis, FamilyDoctorContract, Person, Scope
from yiyang.people.queries import asked_to_cover
from yiyang.people.reach import in_full
from yiyang.people.rules import texts


class HasFamilyDoctor(Refusal):
    message = _("This person has a family-doctor contract already. End that one first.")


@refuses("family_doctor_contract_one_live")
def _signed(given: dict[str, Any]) -> Refusal:
    return HasFamilyDoctor()


def _to_sign(by: Actor, person: Person, organisation_id: UUID, **_given: Any) -> UUID:
    """The person in full; or one whom the centre was asked to offer a contract, of whom it sees the basics."""
    if asked_to_cover(person.pk, organisation_id):
        return person.pk
    return in_full(lambda **_: person.pk)(by)


_to_sign.in_full = True  # type: ignore[attr-defined]


@command(Permission.EDIT_PERSON, within="organisation_id", about=_to_sign)
def sign_family_doctor_contract(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    organisation_id: UUID,
    doctor_name: str = "",
    doctor_account_id: UUID | None = None,
    starts_on: date,
    ends_on: date | None = None,
) -> FamilyDoctorContract:
    """A person signs with a family doctor's team: from then on the team sees the record."""
    found = writing.lock_living_record(person)
    if ends_on and ends_on <= starts_on:
        raise PeriodEndsBeforeStart(field="ends_on")
    if found.family_doctor_contracts.filter(ended_at=None).exists():
        raise HasFamilyDoctor
    contract = FamilyDoctorContract.objects.create(
        person=found, organisation_id=organisation_id, doctor_name=texts.line(doctor_name, "doctor_name", 60),
        doctor_account_id=doctor_account_id, starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip
    writing.touch(found)
    record(
        "family_doctor.signed", by=by, at=at, subject=contract, person=found, organisation=organisation_id,
        starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip
    open_relationship(
        by=by, at=at, person_id=found.pk, organisation_id=organisation_id, basis=Basis.FAMILY_DOCTOR,
        scope=Scope.FULL, ends_at=midnight(ends_on) if ends_on else None, source_kind="FamilyDoctorContract", source_id=contract.pk,
    )  # fmt: skip
    close_tasks_of(found, at=at, by=by, outcome=contract.doctor_name)
    return contract


@command(
    Permission.EDIT_PERSON,
    within=lambda contract, **_: contract.organisation_id,
    about=in_full(lambda contract, **_: contract.person_id),
)
def end_family_doctor_contract(
    *, by: Actor, at: datetime, contract: FamilyDoctorContract, reason: str
) -> FamilyDoctorContract:
    """The contract ends; the team's view of the record ends with it."""
    holder = writing.lock_holder(contract)
    found = FamilyDoctorContract.objects.select_for_update().get(pk=contract.pk)
    if found.ended_at:
        raise AlreadyEnded
    found.ended_at, found.end_reason = at, texts.reason(reason)
    found.save(update_fields=["ended_at", "end_reason"])
    writing.touch(holder)
    record("family_doctor.ended", by=by, at=at, subject=found, person=found.person_id, reason=reason)
    close_relationship(by=by, at=at, person_id=found.person_id, source_id=found.pk)
    return found
