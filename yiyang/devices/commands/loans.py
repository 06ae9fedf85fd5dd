"""A device goes to a person and comes back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yiyang.access.commands import notify, withdraw_notice
from yiyang.access.permissions import Permission
from yiyang.access.texts import line
from yiyang.devices.commands.registry import keep, lock_device
from yiyang.devices.models.registry import Device, DeviceState, Loan
from yiyang.devices.notices import RETURN_ASKED
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, Stale, refuses
from yiyang.people import reach
from yiyang.people.commands import writing

if TYPE_CHECKING:
    from yiyang.people.models import Person

LONGEST = timedelta(days=366 * 5)


class DeviceIsLent(Refusal):
    message = _("This device is with {whom} since {since}. Take it back first, or choose another device.")


class DeviceInMaintenance(Refusal):
    message = _(
        "This device is in maintenance until {until}: {reason}. Choose another, or end the maintenance first."
    )


class LoanEndsWrong(Refusal):
    message = _("The end of the loan lies after its beginning and at most five years ahead.")
    status = 422


class LoanOver(Refusal):
    message = _("This device was returned already. Look at it again.")


class ReturnedTooEarly(Refusal):
    message = _("The device was handed out at {since}, so it cannot have come back before. Correct the time.")
    status = 422


class NothingForTheDead(Refusal):
    message = _("This person has died. Nothing is lent to them any more.")


@refuses("loan_one_person_at_once")
def _held(given: dict[str, Any]) -> Refusal:
    if not {"by", "at", "device"} <= given.keys():
        return Stale()
    wanted = DateTimeTZRange(given["at"], given.get("until"))
    other = Loan.objects.filter(device=given["device"], period__overlap=wanted).first()
    return lent_to(other, given["by"]) if other else Stale()


def lent_to(loan: Loan, by: Actor) -> Refusal:
    """Names the person to those who may see them, and to nobody else."""
    whom = loan.person.full_name if by.sees(loan.person_id) else _("somebody whose record is not open to you")
    return DeviceIsLent(whom=whom, since=loan.period.lower, field="device")


@command(Permission.LEND_DEVICE, within="device.unit_id", about=reach.in_full(lambda person, **_: person.pk))
def lend_device(
    *,
    by: Actor,
    at: datetime,
    device: Device,
    person: Person,
    until: datetime | None = None,
    place: str = "",
) -> Loan:
    """From `at` on, what the device sends is about this person, until it comes back or `until`."""
    found = writing.lock_living_record(person)
    if found.died_at:
        raise NothingForTheDead
    if until is not None and not at < until <= at + LONGEST:
        raise LoanEndsWrong(field="until")
    held = lock_device(device)
    if held.quiet_until and held.quiet_until > at and held.state != DeviceState.LENT:
        raise DeviceInMaintenance(until=held.quiet_until, reason=held.quiet_reason)
    meets = Q(period__overlap=DateTimeTZRange(at, until)) | Q(returned_at=None)
    other = Loan.objects.filter(meets, device=held).first()
    if other is not None:
        raise lent_to(other, by)
    loan = Loan.objects.create(
        device=held, person=found, period=DateTimeTZRange(at, until), place=line(place, "place", 120),
        lent_by=by.account_id, recorded_at=at,
    )  # fmt: skip
    held.state = DeviceState.LENT
    keep(held, "state")
    _record("device.lent", loan, by, at, until=until)
    return loan


@command(Permission.LEND_DEVICE, within="loan.device.unit_id")
def return_device(*, by: Actor, at: datetime, loan: Loan, note: str = "") -> Loan:
    """It is back: what it sends from `at` on is about nobody. Whoever keeps the devices takes it back, also of a
    person who is no longer theirs."""
    writing.lock(loan.person_id)
    held = Device.objects.select_for_update(no_key=True).get(pk=loan.device_id)
    found = Loan.objects.select_for_update(no_key=True).get(pk=loan.pk)
    if found.returned_at is not None:
        raise LoanOver
    if at <= found.period.lower:
        raise ReturnedTooEarly(since=found.period.lower, field="at")
    ends = min(at, found.period.upper) if found.period.upper else at
    found.period = DateTimeTZRange(found.period.lower, ends)
    found.returned_at, found.returned_by = at, by.account_id
    found.return_note = line(note, "note", 200)
    found.save(update_fields=["period", "returned_at", "returned_by", "return_note"])
    if not Loan.objects.filter(device=held, returned_at=None).exists():
        held.state = DeviceState.IN_STOCK
        keep(held, "state")
    withdraw_notice(by=by, at=at, key=_asked(found.pk))
    _record("device.returned", found, by, at, note=found.return_note or None)
    return found


@command(Permission.ASK_FOR_RETURN, within=ANYWHERE, about=reach.in_full(lambda loan, **_: loan.person_id))
def ask_for_return(*, by: Actor, at: datetime, loan: Loan, reason: str = "") -> Loan:
    """The person, or who is entrusted, no longer wants the device: its unit is asked to take it back."""
    writing.lock(loan.person_id)
    found = Loan.objects.select_for_update(no_key=True).get(pk=loan.pk)
    if found.returned_at is not None:
        raise LoanOver
    found.return_asked_at = at
    found.save(update_fields=["return_asked_at"])
    _record("device.return_asked", found, by, at, reason=line(reason) or None)
    notify(
        by=by, at=at, subject=RETURN_ASKED, organisation=found.device.unit_id, person=found.person_id,
        params={"device": str(found.device.serial)}, link=reverse("devices:device", args=[found.device_id]),
        key=_asked(found.pk), priority="ROUTINE",
    )  # fmt: skip
    return found


def _asked(loan_id: UUID) -> str:
    return f"return_asked:{loan_id}"


def _record(name: str, loan: Loan, by: Actor, at: datetime, **more: Any) -> None:
    device = loan.device
    record(
        name, by=by, at=at, subject=loan, person=loan.person_id, device=device, kind=device.kind,
        serial=device.serial, unit=device.unit_id, **more,
    )  # fmt: skip
