"""Photos and voice notes of a transfer: for those alone who send, receive, coordinate or have the person."""

from __future__ import annotations

from uuid import UUID

from yiyang.access.permissions import Permission
from yiyang.beds.commands.steps import handling
from yiyang.beds.models import Recording, Transfer
from yiyang.beds.queries.handling import handles
from yiyang.kernel.actors import Actor
from yiyang.kernel.crypto import decrypt_bytes
from yiyang.kernel.refusals import NotAllowed, NotFound


def of_transfer(transfer: Transfer) -> list[Recording]:
    """Without the content, those removed last; the caller has asked whether the reader handles the person."""
    found = list(transfer.recordings.defer("content"))
    return sorted(found, key=lambda one: one.removed_at is not None)


def may_add(actor: Actor, transfer: Transfer) -> bool:
    """Whether the actor is of the sending side, or coordinates, and the transfer is under way."""
    if not transfer.live or not getattr(transfer, "named", False):
        return False
    if not getattr(actor, "membership_id", None):
        return False
    try:
        return bool(actor.may(Permission.DEPART_TRANSFER, handling(actor, transfer)))
    except NotAllowed:
        return False


def recording(actor: Actor, recording_id: UUID) -> Recording:
    """One that is still there, with its transfer; NotFound for everybody who does not handle the person."""
    found = Recording.objects.select_related("transfer__person").filter(pk=recording_id).first()
    if found is None or found.removed_at or not actor.sees(found.person_id):
        raise NotFound
    if not handles(actor, found.person_id):
        raise NotFound
    return found


def content_of(recording: Recording) -> bytes:
    return decrypt_bytes(bytes(recording.content or b""))
