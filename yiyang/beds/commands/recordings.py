"""A nurse with one hand free adds a photo or a voice note to a transfer; what was wrong is removed."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks
from yiyang.beds.commands.steps import handling
from yiyang.beds.models import Recording, Transfer
from yiyang.kernel import pictures, voices
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.crypto import encrypt_bytes
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import Refusal

AT_MOST = 12
LONG_SIDE = 1600


class TooManyRecordings(Refusal):
    message = _("This transfer has {number} photos and voice notes already. Remove one that is not needed.")


class TransferEnded(Refusal):
    message = _("This transfer has ended. Write what is new into the record of the unit.")


class RecordingGone(Refusal):
    message = _("This was removed already.")


class SayWhyRemoved(Refusal):
    message = _("Say in a few words why it is removed, such as: shows somebody else.")
    status = 422


@command(Permission.DEPART_TRANSFER, within=handling, about="transfer.person_id")
def add_recording(
    *, by: Actor, at: datetime, transfer: Transfer, kind: str, content: bytes, note: str = ""
) -> Recording:
    """Keep it with the transfer, encrypted; a photo is drawn anew, without where and with what it was taken."""
    photo = kind == Recording.Kind.PHOTO
    media_type = pictures.MEDIA_TYPE if photo else voices.checked(content)
    kept = pictures.redrawn(content, side=LONG_SIDE) if photo else content
    transfer = locks.transfer(transfer)
    if not transfer.live:
        raise TransferEnded
    if transfer.recordings.filter(removed_at=None).count() >= AT_MOST:
        raise TooManyRecordings(number=AT_MOST)
    made = Recording.objects.create(
        transfer=transfer, kind=Recording.Kind(kind), content=encrypt_bytes(kept), media_type=media_type,
        size=len(kept), sha256=hashlib.sha256(kept).hexdigest(), note=note.strip()[:200], added_at=at,
        added_by=by.label[:120],
    )  # fmt: skip
    record_of(
        transfer, "transfer.recording_added", by=by, at=at, recording=made.pk, kind=kind, sha256=made.sha256
    )
    return made


@command(
    Permission.DEPART_TRANSFER,
    within=lambda by, recording, **_given: handling(by, recording.transfer),
    about="recording.person_id",
)
def remove_recording(*, by: Actor, at: datetime, recording: Recording, reason: str) -> Recording:
    """It was wrong: its content is erased; that it was there, who removed it and why stays."""
    if not reason.strip():
        raise SayWhyRemoved(field="reason")
    found = Recording.objects.select_for_update(no_key=True).get(pk=recording.pk)
    if found.removed_at:
        raise RecordingGone
    found.content, found.removed_at, found.removed_by = None, at, by.label[:120]
    found.removed_reason = reason.strip()[:200]
    found.save()
    record_of(
        recording.transfer, "transfer.recording_removed", by=by, at=at, recording=found.pk,
        reason=found.removed_reason,
    )  # fmt: skip
    return found
