"""Packets as their readers get them: the newest version, verified, for whoever may read it now."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.queries import transfer_pages
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.crypto import seal_mac
from yiyang.kernel.models import PersonFact
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal
from yiyang.packets.models import Packet, PacketReading
from yiyang.packets.queries.receivers import Receiver
from yiyang.packets.rules import reading
from yiyang.packets.rules.documents import digest_of
from yiyang.people import queries as people
from yiyang.records.queries import gathered as records

LISTED, EXPECTED_AT_MOST = 60, 1000
LATE = timedelta(seconds=5)  # a fact may be committed a little after the time that it says


class PacketBroken(Refusal):
    message = _(
        "This packet is not as it was sealed, so it is not shown. Tell the system administrator; ask the sending team "
        "by telephone meanwhile."
    )


class PacketNoLongerOpen(Refusal):
    message = _(
        "This packet holds something that is no longer open to its receiver, so it is not shown. Ask the sending team."
    )
    status = 403


@dataclass(frozen=True)
class Sides:
    """What the actor is to a transfer: of the unit that receives, of those who send or coordinate."""

    receives: bool
    sends: bool


def sides(actor: Any, transfer: Any) -> Sides:
    mine: frozenset[UUID] = getattr(actor, "organisation_ids", frozenset())
    receives = transfer.to_unit_id in mine and actor.may(Permission.READ_RECORD, transfer.to_unit_id)
    sending = {transfer.from_unit_id, transfer.requested_unit_id, transfer.coordinator_id} & set(mine)
    return Sides(bool(receives), bool(sending))


def transfer(actor: Any, transfer_id: UUID) -> Any:
    """The transfer, to staff to whom the person is open in full; the elder and the family are not offered the packet."""
    found: Any = transfer_pages.transfer(actor, transfer_id)
    if getattr(actor, "membership_id", None) is None or not found.named:
        raise NotFound
    if people.scope(actor, found.person_id) != "FULL":
        raise NotAllowed
    return found


def newest(transfer: Any, unit_id: UUID | None = None) -> Packet | None:
    """The newest version for the unit that receives."""
    return Packet.objects.filter(transfer=transfer.pk, unit=unit_id or transfer.to_unit_id).first()


def due(transfer: Any, packet: Packet | None) -> bool:
    """Whether a version is to be built or looked at: none is there, or something happened to the person since, until
    the person has left."""
    if transfer.to_unit_id is None:
        return False
    if packet is None:
        return bool(transfer.live or transfer.arrived_at)
    if transfer.departed_at is not None and packet.checked_at >= transfer.departed_at:
        return False
    since = PersonFact.objects.filter(
        person_id__in=people.ids(transfer.person_id), recorded_at__gte=packet.checked_at - LATE
    )
    return since.filter(~Q(name__startswith="packet")).exists()


def opened(actor: Actor, packet: Packet) -> reading.Read:
    """The document, when it is as it was sealed and all of it is still open to its receiver."""
    verify(packet)
    found = reading.read(packet.body)
    keys = [key for key in found.entries if not key.startswith(("Organization/", "Practitioner/"))]
    outside = bool(packet.outside)
    receiver = Receiver(packet.reach_id, outside=outside)
    if records.no_longer_open(receiver, packet.person_id, keys, unlabelled=outside):
        raise PacketNoLongerOpen
    return found


def verify(packet: Packet) -> None:
    digest = digest_of(packet.body)
    mac = seal_mac(f"packet:{packet.pk}:{packet.version}:{digest}".encode())
    if not (hmac.compare_digest(digest, packet.digest) and hmac.compare_digest(mac, packet.seal)):
        raise PacketBroken


def for_building(transfer_id: UUID) -> Any:
    """A transfer that somebody receives, for the worker; None when nobody does."""
    found = transfer_pages.transfer(SYSTEM, transfer_id)
    return found if found.to_unit_id is not None else None


@dataclass(frozen=True)
class Coming:
    """Somebody who comes to the actor's unit, and how far their packet has been read."""

    transfer: Any
    who: Any
    packet: Packet | None
    read_by: str = ""
    newer: bool = False


def coming(actor: Any) -> list[Coming]:
    """Those whom a unit of the actor has accepted and who have not come yet; the newest version of each."""
    mine = list(actor.organisation_ids)
    expected = transfer_pages.transfers(actor).live().filter(to_unit__in=mine, named=True)
    found = list(expected.select_related("from_episode").order_by("wanted_from", "pk")[:LISTED])
    versions: dict[UUID, list[Packet]] = {}
    kept = Packet.objects.filter(transfer__in=found, unit__in=mine).defer("body")
    for one in kept.prefetch_related("readings").order_by("-version"):
        versions.setdefault(one.transfer_id, []).append(one)
    return [
        _coming(one, [each for each in versions.get(one.pk, []) if each.unit_id == one.to_unit_id])
        for one in found
    ]


def _coming(transfer: Any, versions: list[Packet]) -> Coming:
    newest = versions[0] if versions else None
    read = next(((one, each) for one in versions for each in one.readings.all()), None)
    return Coming(
        transfer,
        transfer_pages.who(transfer),
        newest,
        read[1].read_by if read else "",
        bool(read and newest and read[0].version < newest.version),
    )


def readings(packet: Packet) -> list[PacketReading]:
    """Who has read which version for this receiver, the newest first."""
    found = PacketReading.objects.filter(
        packet__transfer=packet.transfer_id,
        packet__unit=packet.unit_id,
        packet__outside=packet.outside,
        packet__reach=packet.reach_id,
    )
    return list(found.select_related("packet").defer("packet__body").order_by("-read_at"))


def packet(actor: Any, packet_id: UUID) -> Packet:
    """One version, to the staff of the unit for which it was gathered."""
    found = Packet.objects.filter(pk=packet_id).select_related("unit").first()
    reader = found and (found.unit_id or found.reach_id)
    if found is None or reader not in getattr(actor, "organisation_ids", ()):
        raise NotFound
    found.transfer = transfer(actor, found.transfer_id)
    if found.unit_id is not None and found.unit_id != found.transfer.to_unit_id:
        raise NotFound  # it accepted, and another unit receives the person after all
    if not actor.may(Permission.READ_RECORD, reader):
        raise NotAllowed
    return found


def last_read(packet: Packet, readings: Sequence[PacketReading]) -> Packet | None:
    """The newest version that somebody of the receiving unit has read, when it is older than this one."""
    read = max((one.packet for one in readings), key=lambda one: one.version, default=None)
    return read if read is not None and read.version < packet.version else None


def readers_before(packet_id: UUID | None) -> list[UUID]:
    """Who has read an earlier version of this packet and not this one."""
    found = Packet.objects.defer("body").filter(pk=packet_id).first()
    if found is None:
        return []
    rows = PacketReading.objects.filter(
        packet__transfer=found.transfer_id, packet__unit=found.unit_id, packet__version__lt=found.version
    ).exclude(account_id=None)
    return list(rows.order_by("account_id").values_list("account_id", flat=True).distinct())


def due_transfers() -> list[Any]:
    """Accepted ones whose person has not left and to whom something happened, for the worker."""
    waiting = transfer_pages.transfers(SYSTEM).live().filter(to_unit__isnull=False, departed_at=None)
    found = list(waiting.order_by("pk")[:EXPECTED_AT_MOST])
    newest: dict[Any, Packet] = {}
    for one in (
        Packet.objects.filter(transfer__in=found, unit__isnull=False).defer("body").order_by("version")
    ):
        newest[one.transfer_id, one.unit_id] = one
    return [one for one in found if due(one, newest.get((one.pk, one.to_unit_id)))]
