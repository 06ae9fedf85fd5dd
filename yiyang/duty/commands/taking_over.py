"""Handing over between shifts: the note of the one that ends, the acknowledgement of the one that begins."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.refusals import FieldNeeded
from yiyang.access.texts import line
from yiyang.duty.commands.shifts import ShiftOver
from yiyang.duty.models import Post, Shift, ShiftNote
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal

EARLY = timedelta(hours=2)


class NotYourShift(Refusal):
    message = _(
        "This is the shift of {name}. Whoever takes it over must stand in the roster: change the shift."
    )
    status = 403


class TooEarlyToTakeOver(Refusal):
    message = _("The shift begins at {since}. Take it over from two hours before.")


class TakenOverAlready(Refusal):
    message = _("The shift was taken over at {at}.")


@command(Permission.TAKE_DUTY, within="post.unit_id")
def write_shift_note(
    *, by: Actor, at: datetime, post: Post, text: str, shift: Shift | None = None
) -> ShiftNote:
    """What the next shift must know: in words, at any time of the shift."""
    text = line(text, "text", 4000)
    if not text:
        raise FieldNeeded(name=_("hand-over note"), field="text")
    note = ShiftNote.objects.create(
        post=post, shift=shift, text=text, at=at, by_account=by.account_id, by_label=by.label[:120]
    )
    record("shift_note.written", by=by, at=at, subject=note, unit=post.unit_id, post=post)
    return note


@command(Permission.TAKE_DUTY, within="shift.post.unit_id")
def take_over_shift(*, by: Actor, at: datetime, shift: Shift) -> Shift:
    """The one on duty, or the deputy, has read the note and what is open: from now on it is theirs."""
    shift = Shift.objects.select_for_update(no_key=True, of=("self",)).select_related("post").get(pk=shift.pk)
    if by.account_id not in (shift.account_id, shift.deputy_id):
        raise NotYourShift(name=shift.account.name)
    if shift.cancelled_at is not None or shift.period.upper <= at:
        raise ShiftOver
    if shift.taken_over_at is not None:
        raise TakenOverAlready(at=shift.taken_over_at)
    if at < shift.period.lower - EARLY:
        raise TooEarlyToTakeOver(since=shift.period.lower)
    unread = ShiftNote.objects.filter(post=shift.post, acknowledged_at=None).exclude(shift=shift)
    read = unread.update(acknowledged_at=at, acknowledged_by=by.account_id, acknowledged_label=by.label[:120])
    shift.taken_over_at, shift.taken_over_by = at, by.account_id
    shift.save(update_fields=["taken_over_at", "taken_over_by"])
    record(
        "shift.taken_over", by=by, at=at, subject=shift, unit=shift.post.unit_id, post=shift.post_id,
        notes=read, minutes_late=max(0, int((at - shift.period.lower).total_seconds() // 60)),
    )  # fmt: skip
    return shift
