"""Building a packet: gathered with the receiver's sight, sealed, a new version only when it says something else."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks
from yiyang.beds.queries import transfer_pages
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.commands import command
from yiyang.kernel.crypto import seal_mac
from yiyang.kernel.facts import record
from yiyang.kernel.ids import new_id
from yiyang.kernel.refusals import Refusal
from yiyang.packets.models import Packet
from yiyang.packets.queries import gathering, operational
from yiyang.packets.queries.receivers import Receiver
from yiyang.packets.rules.documents import Gathered, Head, digest_of, document

if TYPE_CHECKING:
    from yiyang.beds.models import Transfer


class NoReceiverYet(Refusal):
    message = _("No unit has accepted the person yet. The packet is built when one has.")


class NotOpenToReceiver(Refusal):
    message = _(
        "The record is not open to {unit}, so no packet can be built for it. Look at who may see the record, and why."
    )


@command(Permission.READ_RECORD, within="transfer.to_unit_id", about="transfer.person_id")
def build_packet(*, by: Actor, at: datetime, transfer: Transfer) -> Packet:
    """What the unit that has accepted may see of the person, as a sealed document; the newest when nothing changed."""
    found = transfer_pages.transfer(SYSTEM, transfer.pk)
    if found.to_unit_id is None:
        raise NoReceiverYet
    return build_for(found, found.to_unit_id, unit_id=found.to_unit_id, by=by, at=at)


def build_for(
    transfer: Transfer,
    reach: UUID,
    *,
    unit_id: UUID | None = None,
    outside: str = "",
    by: Actor,
    at: datetime,
) -> Packet:
    """For commands that have checked who asks: with the sight of the unit `reach`."""
    locks.take_turns("packet", transfer.pk, reach, outside)
    receiver = Receiver(reach, outside=bool(outside))
    if not receiver.sees(transfer.person_id):
        raise NotOpenToReceiver(unit=outside or transfer.to_unit.name)
    gathered = gathering.gather(receiver, transfer, at)
    before = Packet.objects.filter(transfer=transfer.pk, unit=unit_id, outside=outside, reach=reach).first()
    if before is not None and before.content == gathered.content:
        before.checked_at = at
        before.save(update_fields=["checked_at"])
        record("packet.checked", by=by, at=at, subject=before, person=before.person_id)
        return before
    packet = _sealed(transfer, gathered, before, reach=reach, unit_id=unit_id, outside=outside, by=by, at=at)
    packet.save(force_insert=True)
    record(
        "packet.built", by=by, at=at, subject=packet, person=packet.person_id, transfer=transfer.pk, unit=unit_id,
        version=packet.version, digest=packet.digest, kept_back=gathered.kept_back or None,
    )  # fmt: skip
    return packet


def _sealed(
    transfer: Transfer,
    gathered: Gathered,
    before: Packet | None,
    *,
    reach: UUID,
    unit_id: UUID | None,
    outside: str,
    by: Actor,
    at: datetime,
) -> Packet:
    id, version = new_id(), before.version + 1 if before else 1
    with override(gathering.LANGUAGE):
        head = Head(
            id,
            transfer.pk,
            version,
            at,
            str(_("Handover packet")),
            gathering.base(),
            before.pk if before else None,
        )
        body = document(head, gathered, gathering.narratives(gathered))
    digest = digest_of(body)
    return Packet(
        pk=id, transfer_id=transfer.pk, person_id=transfer.person_id, unit_id=unit_id, outside=outside, reach_id=reach,
        version=version, built_at=at, checked_at=at, built_by=by.label[:120], body=body, digest=digest,
        seal=seal_of(id, version, digest), content=gathered.content, grounds=sorted({one.basis for one in operational.relationships(Receiver(reach), transfer.person_id)}),
    )  # fmt: skip


def seal_of(id: UUID, version: int, digest: str) -> str:
    return seal_mac(f"packet:{id}:{version}:{digest}".encode())
