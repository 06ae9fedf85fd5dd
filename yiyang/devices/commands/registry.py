"""Devices of a unit: taken into the list, changed, in maintenance, given up."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.texts import line, reason_of
from yiyang.devices.commands.credentials import revoke_all
from yiyang.devices.models.registry import Device, DeviceGateway, DeviceState
from yiyang.devices.rules import names
from yiyang.devices.rules import udi as identifications
from yiyang.devices.rules.kinds import Datum, DeviceKind
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.kernel.versions import compare

LONGEST_QUIET = timedelta(days=92)
SECONDS = (10, 31 * 86400)


class DeviceIsThere(Refusal):
    message = _("A device with this number is in the list already. Open that one, or check the number.")


class NameTaken(Refusal):
    message = _(
        "Another device or gateway already sends under this name. Give it the name that it really sends."
    )


class NameNotUsable(Refusal):
    message = _("A name in messages has 3 to 120 letters, digits or the signs . : _ - = and no blanks.")
    status = 422


class SerialNeeded(Refusal):
    message = _("Give the serial number that stands on the device.")
    status = 422


class IntervalOutOfRange(Refusal):
    message = _("A device is heard from every 10 seconds at most and every 31 days at least.")
    status = 422


class UdiNotReadable(Refusal):
    message = _(
        "A UDI begins with (01) and fourteen digits, as in (01)06901234567892(21)S0417. Type it as it stands on the "
        "label, or leave it empty."
    )
    status = 422


class UdiDigitWrong(Refusal):
    message = _(
        "The check digit of this UDI is not right. Compare the fourteen digits after (01) with the label."
    )
    status = 422


class DeviceRetired(Refusal):
    message = _("This device was given up. Register another one.")


class DeviceStillLent(Refusal):
    message = _("The device is still with somebody. Take it back first.")


class QuietEndsWrong(Refusal):
    message = _("Maintenance ends later than now and within 92 days. Choose another end.")
    status = 422


class NotInMaintenance(Refusal):
    message = _("This device is not in maintenance. Look at it again.")


@refuses("device_serial_once")
def _serial(given: dict[str, Any]) -> Refusal:
    return DeviceIsThere(field="serial")


@refuses("devices_device_urn_key")
@refuses("devices_devicegateway_urn_key")
def _urn(given: dict[str, Any]) -> Refusal:
    return NameTaken(field="urn")


@command(Permission.MANAGE_DEVICES, within="unit_id")
def register_device(
    *,
    by: Actor,
    at: datetime,
    unit_id: UUID,
    kind: str,
    serial: str,
    urn: str = "",
    model: str = "",
    firmware: str = "",
    udi: str = "",
    datum: str = Datum.WGS84,
    expected_seconds: int | None = None,
) -> Device:
    """Take a device into the unit's list. Without a name of its own it sends under one made of kind and number."""
    kind, serial = DeviceKind(kind), serial_of(serial)
    device = Device(
        unit_id=unit_id,
        kind=kind,
        serial=serial,
        urn=urn_of(urn or names.urn_of(kind, serial)),
        model=line(model, "model", 80),
        firmware=line(firmware, "firmware", 40),
        udi=udi_of(udi),
        datum=Datum(datum),
        expected_seconds=seconds_of(expected_seconds),
        created_at=at,
    )
    refuse_known(device)
    device.save(force_insert=True)
    device.refresh_from_db(fields=["no"])
    record("device.registered", by=by, at=at, subject=device, unit=unit_id, kind=kind, serial=serial)
    return device


@command(Permission.MANAGE_DEVICES, within="device.unit_id")
def change_device(
    *,
    by: Actor,
    at: datetime,
    device: Device,
    serial: str,
    urn: str,
    model: str = "",
    firmware: str = "",
    udi: str = "",
    datum: str = Datum.WGS84,
    expected_seconds: int | None = None,
    version: int | None = None,
) -> Device:
    """Other details of the same device. What it has sent stays."""
    device = lock_device(device, version)
    device.serial, device.urn = serial_of(serial), urn_of(urn)
    device.model, device.firmware = line(model, "model", 80), line(firmware, "firmware", 40)
    device.udi, device.datum = udi_of(udi), Datum(datum)
    device.expected_seconds = seconds_of(expected_seconds)
    refuse_known(device)
    keep(device, "serial", "urn", "model", "firmware", "udi", "datum", "expected_seconds")
    record("device.changed", by=by, at=at, subject=device, unit=device.unit_id, serial=device.serial)
    return device


@command(Permission.MANAGE_DEVICES, within="device.unit_id")
def retire_device(
    *, by: Actor, at: datetime, device: Device, reason: str, version: int | None = None
) -> Device:
    """It is broken, lost or given back to its maker: nothing more is taken from it. What it sent stays."""
    device = lock_device(device, version)
    why = reason_of(reason)
    if device.state == DeviceState.LENT:
        raise DeviceStillLent
    device.state, device.quiet_until = DeviceState.RETIRED, None
    keep(device, "state", "quiet_until")
    revoke_all(device, by=by, at=at)
    record("device.retired", by=by, at=at, subject=device, unit=device.unit_id, reason=why)
    return device


@command(Permission.MANAGE_DEVICES, within="device.unit_id")
def set_device_quiet(
    *, by: Actor, at: datetime, device: Device, until: datetime, reason: str, version: int | None = None
) -> Device:
    """Maintenance with an owner and an end: until then its silence calls nobody."""
    device = lock_device(device, version)
    why = reason_of(reason)
    if not at < until <= at + LONGEST_QUIET:
        raise QuietEndsWrong(field="until")
    device.quiet_until, device.quiet_reason, device.quiet_by = until, why, by.account_id
    if device.state == DeviceState.IN_STOCK:
        device.state = DeviceState.MAINTENANCE
    keep(device, "state", "quiet_until", "quiet_reason", "quiet_by")
    record("device.set_quiet", by=by, at=at, subject=device, unit=device.unit_id, until=until, reason=why)
    return device


@command(Permission.MANAGE_DEVICES, within="device.unit_id")
def end_device_quiet(*, by: Actor, at: datetime, device: Device, version: int | None = None) -> Device:
    """Maintenance is over before its time; from now on its silence counts again."""
    device = lock_device(device, version)
    if device.quiet_until is None or device.quiet_until <= at:
        raise NotInMaintenance
    device.quiet_until = at
    if device.state == DeviceState.MAINTENANCE:
        device.state = DeviceState.IN_STOCK
    keep(device, "state", "quiet_until")
    record("device.quiet_ended", by=by, at=at, subject=device, unit=device.unit_id)
    return device


def lock_device(device: Device, version: int | None = None) -> Device:
    """The device's row, locked until the command ends, in the version that the caller saw, and not given up."""
    found = Device.objects.select_for_update(no_key=True).get(pk=device.pk)
    compare(found, version)
    if found.state == DeviceState.RETIRED:
        raise DeviceRetired
    return found


def keep(device: Device, *fields: str) -> None:
    device.version += 1
    device.save(update_fields=[*fields, "version"])


def refuse_known(device: Device) -> None:
    """Said before the database says it, so that one row of many can be refused alone."""
    others = Device.objects.exclude(pk=device.pk)
    if others.filter(unit=device.unit_id, kind=device.kind, serial=device.serial).exists():
        raise DeviceIsThere(field="serial")
    if others.filter(urn=device.urn).exists() or DeviceGateway.objects.filter(urn=device.urn).exists():
        raise NameTaken(field="urn")


def serial_of(text: str) -> str:
    found = line(text, "serial", 80)
    if not found:
        raise SerialNeeded(field="serial")
    return found


def urn_of(text: str) -> str:
    found = text.strip()
    if not re.fullmatch(names.USABLE, found):
        raise NameNotUsable(field="urn")
    return found


def udi_of(text: str) -> str:
    """Empty where none is known."""
    if not text.strip():
        return ""
    try:
        return identifications.read(text).carrier
    except identifications.NotAnIdentification as wrong:
        if wrong.args == ("CHECK_DIGIT",):
            raise UdiDigitWrong(field="udi") from wrong
        raise UdiNotReadable(field="udi") from wrong


def seconds_of(value: int | None) -> int | None:
    if value is not None and not SECONDS[0] <= value <= SECONDS[1]:
        raise IntervalOutOfRange(field="expected_seconds")
    return value
