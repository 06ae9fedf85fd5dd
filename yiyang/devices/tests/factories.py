"""Devices, loans and keys for tests: say only what matters."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from typing import Any

from yiyang.access.models import Organisation
from yiyang.access.tests.factories import Cast
from yiyang.devices import commands
from yiyang.devices.models.registry import Device, DeviceGateway, Loan
from yiyang.duty.tests import factories as duty
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import clock_at, now
from yiyang.people.models import Person
from yiyang.people.tests.factories import person

_numbers = count(1)


def device(unit: Organisation, kind: str = "BRACELET", **fields: Any) -> Device:
    fields.setdefault("serial", f"S{next(_numbers):05d}")
    return commands.register_device(by=SYSTEM, at=now(), unit_id=unit.pk, kind=kind, **fields)


def gateway(unit: Organisation, **fields: Any) -> DeviceGateway:
    fields = {"name": "Box", "urn": f"urn:dev:ops:box-{next(_numbers)}", **fields}
    return commands.register_gateway(by=SYSTEM, at=now(), unit_id=unit.pk, **fields)


def lent(to: Person, unit: Organisation, at: datetime | None = None, **fields: Any) -> Loan:
    """A device of the unit that is with the person."""
    made = device(unit, **{key: fields.pop(key) for key in ("kind", "serial", "urn") if key in fields})
    return commands.lend_device(by=SYSTEM, at=at or now(), device=made, person=to, **fields)


def wearer(cast: Cast, since: datetime) -> Person:
    """Has a bracelet of the care home."""
    with clock_at(since):
        found = person("张桂兰", organisation_id=cast.care_home.pk)
        lent(found, cast.care_home)
    return found


def nurse_on_duty(cast: Cast, since: datetime) -> None:
    """At the care home, with the care worker as deputy."""
    with clock_at(since):
        duty.shift(duty.post(cast.care_home), cast.care_home_nurse, since, deputy=cast.care_worker)


def key(of: Device | DeviceGateway) -> str:
    """The secret of a device or gateway."""
    _credential, raw = commands.issue_credential(by=SYSTEM, at=now(), owner=of)
    return raw
