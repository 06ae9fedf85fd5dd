"""The receiving team confirms that it has read a packet."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import confirm_handover_read
from yiyang.beds.queries import transfer_pages
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.packets.models import PacketReading

if TYPE_CHECKING:
    from yiyang.packets.models import Packet


class PacketReadAlready(Refusal):
    message = _("You have confirmed already that you read this version. Nothing more is needed.")


@refuses("packet_read_once_by_one")
def _read_already(given: dict[str, Any]) -> Refusal:
    return PacketReadAlready()


@command(Permission.READ_RECORD, within="packet.unit_id", about="packet.person_id")
def confirm_reading(*, by: Actor, at: datetime, packet: Packet) -> PacketReading:
    """Somebody of the receiving unit has read this version; a handover that stands in it is read with it."""
    made = PacketReading.objects.create(
        packet_id=packet.pk, read_at=at, read_by=by.label[:120], account_id=by.account_id
    )
    found = transfer_pages.transfer(SYSTEM, packet.transfer_id)
    handover = getattr(found, "handover", None)
    if handover is not None and handover.read_at is None and handover.given_at <= packet.built_at:
        confirm_handover_read(by=by, at=at, transfer=found)
    record(
        "packet.read", by=by, at=at, subject=packet.pk, person=packet.person_id, version=packet.version,
        transfer=packet.transfer_id, from_unit=found.from_unit_id,
    )  # fmt: skip
    return made
