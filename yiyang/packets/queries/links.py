"""Links to packets: for whoever made them, and for whoever holds one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from yiyang.kernel.actors import Actor
from yiyang.kernel.models import PersonFact
from yiyang.kernel.refusals import NotFound
from yiyang.packets.commands.links import LinkClosed, token_hashes
from yiyang.packets.models import Packet, PacketLink
from yiyang.packets.queries import packets
from yiyang.packets.queries.receivers import Receiver
from yiyang.packets.rules import reading
from yiyang.people import queries as people
from yiyang.records.queries import gathered as records

CAME_TO_NOTHING = {
    "NOT_INDICATED", "REFUSED", "CANCELLED", "WITHDRAWN", "EXPIRED", "FAILED", "DIED",
}  # fmt: skip
BY_CONSENT = {"CONSENT", "BREAK_GLASS"}


@dataclass(frozen=True)
class Outsider:
    """Whoever holds a link and its code: an actor of no account here, named after the unit that was told the code."""

    label: str
    account_id: None = None
    membership_id: None = None
    organisation_id: None = None
    role: str = "LINK"
    sees_all: bool = False

    def may(self, permission: str, within: UUID | None = None) -> bool:
        return permission == "SYSTEM_ONLY"

    def sees(self, person_id: UUID) -> bool:
        return False


@dataclass(frozen=True)
class LinkShown:
    link: PacketLink
    state: str  # OPEN, LOCKED, REVOKED, OVER
    openings: list[Any]


def of_transfer(transfer: Any, unit_ids: Any, at: datetime) -> list[LinkShown]:
    """Every link that the actor's units have given for a transfer, the newest first, with each opening."""
    found = PacketLink.objects.filter(packet__transfer=transfer.pk, packet__reach__in=list(unit_ids))
    links = list(found.select_related("packet").defer("packet__body"))
    facts = PersonFact.objects.filter(
        person_id__in=people.ids(transfer.person_id), subject_id__in=[one.pk for one in links],
        name__in=["packet_link.opened", "packet_link.shown", "packet_link.code_wrong"],
    ).order_by("-at")  # fmt: skip
    openings: dict[Any, list[Any]] = {}
    for fact in facts if links else ():
        openings.setdefault(fact.subject_id, []).append(fact)
    return [LinkShown(one, _state(one, at), openings.get(one.pk, [])) for one in links]


def _state(link: PacketLink, at: datetime) -> str:
    if link.revoked_at is not None:
        return "REVOKED"
    if link.locked_at is not None:
        return "LOCKED"
    return "OVER" if link.expires_at <= at else "OPEN"


def link(actor: Actor, link_id: UUID) -> PacketLink:
    """One link, to staff of the unit that gave it."""
    found = PacketLink.objects.select_related("packet").filter(pk=link_id).first()
    if found is None or found.packet.reach_id not in getattr(actor, "organisation_ids", ()):
        raise NotFound
    packets.packet(actor, found.packet_id)
    return found


def by_token(token: str, at: datetime) -> PacketLink:
    """The link behind an address, when it may open something now."""
    found = PacketLink.objects.select_related("packet").filter(token_hash__in=token_hashes(token)).first()
    if found is None or _state(found, at) != "OPEN":
        raise LinkClosed
    return found


def opened(link: PacketLink) -> reading.Read:
    """The document, asked anew at each opening: sealed, nothing in it labelled since, its grounds not withdrawn."""
    packet = link.packet
    packets.verify(packet)
    found = reading.read(packet.body)
    if _came_to_nothing(packet) or _grounds_withdrawn(packet):
        raise LinkClosed
    keys = [key for key in found.entries if not key.startswith(("Organization/", "Practitioner/"))]
    if records.labelled(packet.person_id, keys):
        raise LinkClosed
    return found


def _came_to_nothing(packet: Packet) -> bool:
    return packet.transfer.state in CAME_TO_NOTHING


def _grounds_withdrawn(packet: Packet) -> bool:
    """What was shared on the ground of care stays for the link's time, also when the person has left that care; what
    rested on a consent alone ends with it."""
    if set(packet.grounds) - BY_CONSENT:
        return False
    receiver = Receiver(packet.reach_id, outside=True)
    return not receiver.sees(packet.person_id) or people.scope(receiver, packet.person_id) != "FULL"
