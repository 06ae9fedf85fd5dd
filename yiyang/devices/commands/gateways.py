"""Gateways: boxes and services that send for the devices of a unit and of the units below it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.refusals import FieldNeeded
from yiyang.access.texts import line, reason_of
from yiyang.devices.commands.credentials import revoke_all
from yiyang.devices.commands.registry import NameTaken, seconds_of, urn_of
from yiyang.devices.models.registry import Device, DeviceGateway
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal


class GatewayStopped(Refusal):
    message = _("This gateway was stopped already. Register a new one.")


@command(Permission.MANAGE_DEVICES, within="unit_id")
def register_gateway(
    *, by: Actor, at: datetime, unit_id: UUID, name: str, urn: str, expected_seconds: int = 120
) -> DeviceGateway:
    """A gateway may send for the devices of its unit once it has a key."""
    name, urn = line(name, "name", 80), urn_of(urn)
    if not name:
        raise FieldNeeded(name=_("name of the gateway"), field="name")
    if Device.objects.filter(urn=urn).exists() or DeviceGateway.objects.filter(urn=urn).exists():
        raise NameTaken(field="urn")
    gateway = DeviceGateway.objects.create(
        unit_id=unit_id,
        name=name,
        urn=urn,
        expected_seconds=seconds_of(expected_seconds) or 120,
        created_at=at,
    )
    record("gateway.registered", by=by, at=at, subject=gateway, unit=unit_id, urn=urn)
    return gateway


@command(Permission.MANAGE_DEVICES, within="gateway.unit_id")
def stop_gateway(*, by: Actor, at: datetime, gateway: DeviceGateway, reason: str) -> DeviceGateway:
    """It sends no more: its keys end at once, and its silence calls nobody."""
    found = DeviceGateway.objects.select_for_update(no_key=True).get(pk=gateway.pk)
    why = reason_of(reason)
    if found.stopped_at is not None:
        raise GatewayStopped
    found.stopped_at = at
    found.save(update_fields=["stopped_at"])
    revoke_all(found, by=by, at=at)
    record("gateway.stopped", by=by, at=at, subject=found, unit=found.unit_id, reason=why)
    return found
