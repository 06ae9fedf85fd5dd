"""The way to a unit outside the network: one version, an address that nobody guesses, a code told by telephone."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.commands.notices import SYSTEM_ONLY, notify
from yiyang.access.permissions import Permission
from yiyang.access.sign_in_rules import digits
from yiyang.beds.commands.steps import handling
from yiyang.beds.queries import transfer_pages
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.crypto import look_up_hashes
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.packets.commands.building import build_for
from yiyang.packets.models import LINK_TRIES, PacketLink
from yiyang.packets.notices import LOCKED
from yiyang.people import reach

if TYPE_CHECKING:
    from yiyang.beds.models import Transfer

TOKEN_BYTES, CODE_DIGITS = 24, 6


class NameUnitOutside(Refusal):
    message = _("Write which unit outside receives the packet, so that the person can see who got it.")
    status = 422


class LinkOver(Refusal):
    message = _("This link was revoked already, or its time is over. Nothing more is needed.")


class LinkClosed(Refusal):
    message = _(
        "This link opens nothing any more: its time is over, it was taken back, or wrong codes were entered too often. "
        "Ask the unit that gave it to you for a new one, by telephone."
    )
    status = 410


class LinkCodeWrong(Refusal):
    message = _("This code is not right; {left} tries are left. The sending unit tells it by telephone.")
    status = 422


@dataclass(frozen=True)
class SharedOnce:
    """The address and the code, readable this once: hashes alone are kept."""

    link: PacketLink
    token: str
    code: str


def _handling(by: Actor, transfer: Transfer, **_given: object) -> UUID | None:
    return handling(by, transfer)


@command(
    Permission.READ_RECORD, within=_handling, about=reach.in_full(lambda transfer, **_: transfer.person_id)
)
def share_packet(*, by: Actor, at: datetime, transfer: Transfer, outside: str) -> SharedOnce:
    """The sending team gives what it may see itself, without what is labelled, to a unit outside that it names."""
    name = " ".join(outside.split())[:120]
    if len(name) < 2:
        raise NameUnitOutside(field="outside")
    found = transfer_pages.transfer(SYSTEM, transfer.pk)
    reach_id = handling(by, found)
    if reach_id is None:
        raise NotFound
    packet = build_for(found, reach_id, outside=name, by=by, at=at)
    hours = int(policy("packets.link_hours", on=at.date()).value)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    link = PacketLink(
        packet=packet, token_hash=token_hashes(token)[0], made_at=at, made_by=by.label[:120],
        made_by_account=by.account_id, expires_at=at + timedelta(hours=hours),
    )  # fmt: skip
    link.code_hash = code_hashes(link, code)[0]
    link.save(force_insert=True)
    record(
        "packet_link.made", by=by, at=at, subject=link, person=packet.person_id, transfer=transfer.pk, outside=name,
        version=packet.version, expires_at=link.expires_at,
    )  # fmt: skip
    return SharedOnce(link, token, code)


@command(
    Permission.READ_RECORD,
    within="packet_link.packet.reach_id",
    about=reach.in_full(lambda packet_link, **_: packet_link.packet.person_id),
)
def revoke_link(*, by: Actor, at: datetime, packet_link: PacketLink) -> PacketLink:
    """From now on the link opens nothing."""
    found = PacketLink.objects.select_for_update(no_key=True, of=("self",)).get(pk=packet_link.pk)
    if found.revoked_at is not None or found.expires_at <= at:
        raise LinkOver
    found.revoked_at, found.revoked_by = at, by.label[:120]
    found.save(update_fields=["revoked_at", "revoked_by"])
    record("packet_link.revoked", by=by, at=at, subject=found, person=found.packet.person_id)
    return found


@dataclass(frozen=True)
class Entered:
    """What a code opened, or why it opened nothing; a wrong try is kept, so it cannot be a raised refusal."""

    refusal: Refusal | None = None


@command(SYSTEM_ONLY, within=ANYWHERE)
def enter_link_code(*, by: Actor, at: datetime, packet_link: PacketLink, code: str) -> Entered:
    """Compare the code. The fifth wrong one locks the link, and whoever made it is told."""
    link = PacketLink.objects.select_for_update(no_key=True, of=("self",)).get(pk=packet_link.pk)
    if link.locked_at is not None or link.revoked_at is not None or link.expires_at <= at:
        raise LinkClosed
    about: dict[str, Any] = {
        "subject": link,
        "person": link.packet.person_id,
        "transfer": link.packet.transfer_id,
    }
    if any(hmac.compare_digest(bytes(link.code_hash), one) for one in code_hashes(link, digits(code))):
        record("packet_link.opened", by=by, at=at, **about)
        return Entered()
    link.tries += 1
    left = LINK_TRIES - link.tries
    if not left:
        link.locked_at = at
    link.save(update_fields=["tries", "locked_at"])
    record("packet_link.code_wrong", by=by, at=at, tries=link.tries, **about)
    if left:
        return Entered(LinkCodeWrong(left=left, field="code"))
    record("packet_link.locked", by=by, at=at, **about)
    if link.made_by_account is not None:
        notify(
            by=SYSTEM, at=at, subject=LOCKED, account=link.made_by_account, person=link.packet.person_id,
            link=f"/transfers/{link.packet.transfer_id}/packet/share/", key=f"packet_link_locked:{link.pk}",
        )  # fmt: skip
    return Entered(LinkClosed())


@command(SYSTEM_ONLY, within=ANYWHERE)
def note_link_shown(*, by: Actor, at: datetime, packet_link: PacketLink, what: str) -> None:
    """The document was shown, or given as a file, to whoever holds link and code."""
    record(
        "packet_link.shown", by=by, at=at, subject=packet_link, person=packet_link.packet.person_id,
        transfer=packet_link.packet.transfer_id, what=what,
    )  # fmt: skip


def token_hashes(token: str) -> list[bytes]:
    return [value for _version, value in look_up_hashes("PACKET_LINK", token)]


def code_hashes(link: PacketLink, code: str) -> list[bytes]:
    return [value for _version, value in look_up_hashes("PACKET_CODE", f"{link.pk}:{code}")]
