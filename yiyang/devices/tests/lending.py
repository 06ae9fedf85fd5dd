"""Devices in somebody's hands, for tests: say only what matters."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yiyang.access.tests import factories as access
from yiyang.devices.models import Device, DeviceConsent, Loan, Sensed
from yiyang.devices.packs import Pack, Sender
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.rules.quantities import BY_NAME
from yiyang.kernel.ids import new_id

_numbers = count(1)
LONG_AGO = datetime(2010, 1, 1, tzinfo=UTC)


def device(kind: DeviceKind = DeviceKind.BRACELET, **fields: Any) -> Device:
    number = next(_numbers)
    fields = {"unit": fields.pop("unit", None) or access.organisation(), **fields}
    made = Device.objects.create(
        urn=f"urn:dev:test:{number}", kind=kind, serial=f"S{number}", created_at=LONG_AGO, **fields
    )
    made.refresh_from_db()
    return made


def lend(device: Device, person_id: UUID, since: datetime = LONG_AGO, until: datetime | None = None) -> Loan:
    period = DateTimeTZRange(since, until)
    return Loan.objects.create(device=device, person_id=person_id, period=period, recorded_at=since)


def agree(person_id: UUID, what: Sensed, since: datetime = LONG_AGO, until: datetime | None = None) -> None:
    DeviceConsent.objects.create(
        person_id=person_id, what=what, given_at=since, given_by="self", withdrawn_at=until
    )


def own_key(device: Device) -> Sender:
    return Sender(new_id(), device_no=device.no)


def gateway_key(*units: UUID) -> Sender:
    return Sender(new_id(), gateway_id=new_id(), unit_ids=frozenset(units))


def micro(at: datetime) -> int:
    return round(at.timestamp() * 1_000_000)


def pack(device: Device | None, *readings: tuple[str, datetime, float], **more: Any) -> Pack:
    return Pack(
        urn=device.urn if device else "urn:dev:nobody",
        at=[micro(at) for _, at, _ in readings],
        code=[BY_NAME[name].no for name, _, _ in readings],
        value=[value for _, _, value in readings],
        marks=[0] * len(readings),
        **more,
    )


def stored(table: str = "devices_reading", *, order: str = "at, code") -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT person_id, code, at, value, marks FROM {table} ORDER BY {order}")
        return cursor.fetchall()
