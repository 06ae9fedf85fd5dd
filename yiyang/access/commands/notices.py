"""The inbox: one notice to an account, or to whoever has a role at an organisation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor, identity
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import plain, record
from yiyang.kernel.models import Installation
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotFound, Refusal

from .. import answering
from ..actors import AccountActor
from ..models import Account, Notice, Organisation
from ..models.notices import Priority
from ..permissions import Permission

SYSTEM_ONLY = "SYSTEM_ONLY"
REMINDERS_AT_MOST = 12
LATER = timedelta(
    hours=1
)  # what is urgent is repeated on, less often: nobody may believe that it was dealt with


class AlreadyAcknowledged(Refusal):
    message = _("Someone has acknowledged this notice already, at {at}.")


class TakeItInstead(Refusal):
    message = _(
        "Reading this is not enough: somebody must take it. Open what the notice tells of and take it there."
    )


@command(SYSTEM_ONLY, within=ANYWHERE)
def notify(
    *,
    by: Actor,
    at: datetime,
    subject: str,
    account: Account | UUID | None = None,
    organisation: Organisation | UUID | None = None,
    role: str = "",
    params: dict[str, Any] | None = None,
    person: Any = None,
    link: str = "",
    priority: str = Priority.ROUTINE,
    due_at: datetime | None = None,
    remind: bool | None = None,
    key: str = "",
) -> Notice:
    """Put a notice into an inbox; called by other commands and by reactions.

    The same `key` never makes two notices. Urgent ones are repeated until someone acknowledges them, others
    when `remind` says so.
    """
    earlier = Notice.objects.filter(key=key).first() if key else None
    if earlier:
        record("notice.kept", by=by, at=at, subject=earlier, person=person, key=key)
        return earlier
    wants_reminders = priority != Priority.ROUTINE if remind is None else remind
    notice = Notice.objects.create(
        account_id=identity(account),
        organisation_id=identity(organisation),
        role=role,
        subject=subject,
        params=plain(params or {}),
        person_id=identity(person),
        link=link,
        priority=priority,
        key=key,
        created_at=at,
        due_at=due_at,
        next_reminder_at=at + _wait(priority, at) if wants_reminders else None,
        held=Installation.objects.filter(messages_held=True).exists(),
    )
    record("notice.sent", by=by, at=at, subject=notice, person=person, notice=subject, role=role)
    return notice


def _wait(priority: str, at: datetime) -> timedelta:
    return timedelta(minutes=policy(f"access.reminder_minutes.{priority}", on=at.date()).value)


@command(Permission.USE_OWN_ACCOUNT, within=ANYWHERE)
def acknowledge_notice(*, by: AccountActor, at: datetime, notice: Notice) -> Notice:
    """Whoever it is addressed to says: I have read it and take care of it."""
    mine = (
        Notice.objects.visible_to(by)
        .select_for_update(no_key=True, of=("self",))
        .filter(pk=notice.pk)
        .first()
    )
    if mine is None:
        raise NotFound
    if mine.acknowledged_at:
        raise AlreadyAcknowledged(at=mine.acknowledged_at)
    if answering.to_take([mine]):
        raise TakeItInstead
    mine.acknowledged_at, mine.acknowledged_by, mine.next_reminder_at = at, by.account_id, None
    mine.save(update_fields=["acknowledged_at", "acknowledged_by", "next_reminder_at"])
    record("notice.acknowledged", by=by, at=at, subject=mine, person=mine.person_id, notice=mine.subject)
    return mine


@command(SYSTEM_ONLY, within=ANYWHERE)
def withdraw_notice(*, by: Actor, at: datetime, key: str = "", key_begins: str = "") -> int:
    """What it told of is over: the notice leaves the inbox and is not repeated. Returns how many left."""
    meant = {"key__startswith": key_begins} if key_begins else {"key": key}
    gone = Notice.objects.open().filter(**meant).update(withdrawn_at=at, next_reminder_at=None)
    record("notice.withdrawn", by=by, at=at, key=key or key_begins, count=gone)
    return gone


@command(SYSTEM_ONLY, within=ANYWHERE)
def remind_notices(*, by: Actor, at: datetime) -> int:
    """Repeat what nobody has acknowledged; a worker that was down repeats once, not for each time missed.

    What is urgent is repeated until somebody acts, after twelve times each hour.
    """
    due = list(
        Notice.objects.open()
        .shown()
        .filter(next_reminder_at__lte=at)
        .select_for_update(skip_locked=True, no_key=True)
        .order_by("id")[:500]
    )
    for notice in due:
        notice.reminders += 1
        notice.reminded_at = at
        notice.next_reminder_at = _next(notice, at)
        notice.save(update_fields=["reminders", "reminded_at", "next_reminder_at"])
    record("notice.reminded", by=by, at=at, count=len(due))
    return len(due)


def _next(notice: Notice, at: datetime) -> datetime | None:
    if notice.reminders < REMINDERS_AT_MOST:
        return at + _wait(notice.priority, at)
    return None if notice.priority == Priority.ROUTINE else at + LATER


@command(Permission.MANAGE_SECURITY, within=ANYWHERE)
def release_notices(*, by: Actor, at: datetime) -> int:
    """After a restore an operator lets out what was held back; deadlines count from now."""
    Installation.objects.filter(messages_held=True).update(messages_held=False)
    released = Notice.objects.filter(held=True).update(held=False)
    Notice.objects.open().filter(next_reminder_at__lt=at).update(
        next_reminder_at=at + timedelta(minutes=1), reminders=F("reminders")
    )
    record("notice.released", by=by, at=at, count=released)
    return released
