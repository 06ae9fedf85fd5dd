"""Who is on which post, from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from yiyang.access import queries as access
from yiyang.access.permissions import Permission
from yiyang.access.texts import line, reason_of
from yiyang.duty.commands.posts import PostClosed, telephone_of
from yiyang.duty.models import Post, Shift
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, Stale, refuses
from yiyang.kernel.versions import compare

LONGEST = timedelta(days=7)
WEEK = timedelta(days=7)


class ShiftEndsBeforeItBegins(Refusal):
    message = _("The shift ends before it begins. Check both times.")
    status = 422


class ShiftTooLong(Refusal):
    message = _("A shift lasts seven days at most. Plan it in parts.")
    status = 422


class PostTaken(Refusal):
    message = _("{name} is on this post from {since} to {until}. Change or swap that shift.")


class OnTwoPosts(Refusal):
    message = _(
        "{name} is on another post then: {post}, {since} to {until}. Choose somebody else, or say why both are possible."
    )


class NotOfTheUnit(Refusal):
    message = _("{name} does not work for this unit then. Choose somebody with a role there.")


class DeputyForOneself(Refusal):
    message = _("Nobody is their own deputy. Choose somebody else.")
    status = 422


class ShiftOver(Refusal):
    message = _("This shift is over or cancelled. Look at the roster again.")


class NothingToCopy(Refusal):
    message = _("The week before has no shifts. Plan them one by one.")


@refuses("shift_one_on_a_post")
def _taken(given: dict[str, Any]) -> Refusal:
    if not {"post", "shift"} & given.keys() or "other" in given:
        return Stale()
    post, wanted = given.get("post") or given["shift"].post, _wanted(given)
    other = Shift.objects.within(*wanted).filter(post=post).exclude(pk=_own(given)).first()
    if other is None:
        return Stale()
    return PostTaken(
        name=other.account.name, since=other.period.lower, until=other.period.upper, field="since"
    )


@refuses("shift_person_on_two_posts")
def _twice(given: dict[str, Any]) -> Refusal:
    if not {"post", "shift"} & given.keys() or "other" in given:
        return Stale()
    account, wanted = given.get("account_id"), _wanted(given)
    other = (
        Shift.objects.within(*wanted)
        .filter(account_id=account or given["shift"].account_id)
        .exclude(pk=_own(given))
        .first()
    )
    if other is None:
        return Stale()
    return on_two_posts(other)


def on_two_posts(other: Shift) -> Refusal:
    return OnTwoPosts(
        name=other.account.name,
        post=f"{other.post.unit.name} · {other.post.label}",
        since=other.period.lower,
        until=other.period.upper,
        field="also_elsewhere",
    )


def _wanted(given: dict[str, Any]) -> tuple[datetime, datetime]:
    shift = given.get("shift")
    return (
        given.get("since") or shift.period.lower,
        given.get("until") or shift.period.upper,
    )


def _own(given: dict[str, Any]) -> UUID | None:
    return given["shift"].pk if given.get("shift") else None


@command(Permission.MANAGE_ROSTER, within="post.unit_id")
def add_shift(
    *,
    by: Actor,
    at: datetime,
    post: Post,
    account_id: UUID,
    since: datetime,
    until: datetime,
    telephone: str = "",
    deputy_id: UUID | None = None,
    deputy_telephone: str = "",
    also_elsewhere: str = "",
) -> Shift:
    """Put somebody on a post. One who is on another post at that time needs a reason why both are possible."""
    if post.closed_at is not None:
        raise PostClosed
    _check(since, until)
    _works_here(post, account_id, since)
    if deputy_id is not None:
        _deputy(post, account_id, deputy_id, since)
    why = _reason_for_two(account_id, since, until, also_elsewhere, but=None)
    shift = Shift.objects.create(
        post=post,
        account_id=account_id,
        telephone=telephone_of(telephone),
        deputy_id=deputy_id,
        deputy_telephone=telephone_of(deputy_telephone, "deputy_telephone"),
        period=DateTimeTZRange(since, until),
        also_elsewhere=why,
        planned_at=at,
        planned_by=by.account_id,
    )
    _record("shift.added", shift, by=by, at=at)
    return shift


@command(Permission.MANAGE_ROSTER, within="shift.post.unit_id")
def change_shift(
    *,
    by: Actor,
    at: datetime,
    shift: Shift,
    account_id: UUID,
    since: datetime,
    until: datetime,
    telephone: str = "",
    deputy_id: UUID | None = None,
    deputy_telephone: str = "",
    also_elsewhere: str = "",
    version: int | None = None,
) -> Shift:
    """Another person, deputy, telephone or time."""
    shift = _live(shift, at, version)
    _check(since, until)
    _works_here(shift.post, account_id, since)
    if deputy_id is not None:
        _deputy(shift.post, account_id, deputy_id, since)
    if account_id != shift.account_id:
        shift.taken_over_at, shift.taken_over_by = None, None
    shift.also_elsewhere = _reason_for_two(account_id, since, until, also_elsewhere, but=shift.pk)
    shift.account_id, shift.deputy_id = account_id, deputy_id
    shift.telephone = telephone_of(telephone)
    shift.deputy_telephone = telephone_of(deputy_telephone, "deputy_telephone")
    shift.period = DateTimeTZRange(since, until)
    _save(shift)
    _record("shift.changed", shift, by=by, at=at)
    return shift


@command(Permission.MANAGE_ROSTER, within="shift.post.unit_id")
def swap_shifts(*, by: Actor, at: datetime, shift: Shift, other: Shift, reason: str = "") -> Shift:
    """Two people take each other's shifts in one unit, with their telephones."""
    if shift.pk == other.pk or shift.post.unit_id != other.post.unit_id:
        raise Stale
    first, second = (_live(one, at, None) for one in sorted((shift, other), key=lambda one: str(one.pk)))
    first.cancelled_at = second.cancelled_at = (
        at  # out of the way of the constraints while they change places
    )
    for one in (first, second):
        one.save(update_fields=["cancelled_at"])
    mine, theirs = (first.account_id, first.telephone), (second.account_id, second.telephone)
    (first.account_id, first.telephone), (second.account_id, second.telephone) = theirs, mine
    for one in (first, second):
        if one.deputy_id == one.account_id:
            one.deputy_id, one.deputy_telephone = None, ""
        one.cancelled_at, one.taken_over_at, one.taken_over_by = None, None, None
        one.also_elsewhere = _reason_for_two(
            one.account_id, one.period.lower, one.period.upper, reason, but=one.pk
        )
        _save(one)
    for one in (first, second):
        _record("shift.swapped", one, by=by, at=at, reason=line(reason))
    return Shift.objects.get(pk=shift.pk)


@command(Permission.MANAGE_ROSTER, within="shift.post.unit_id")
def cancel_shift(*, by: Actor, at: datetime, shift: Shift, reason: str, version: int | None = None) -> Shift:
    """The person does not come: what is left is a gap until somebody else is planned."""
    reason = reason_of(reason)
    shift = _live(shift, at, version)
    if shift.period.lower < at:  # what was served stays; only the rest falls away
        shift.period = DateTimeTZRange(shift.period.lower, at)
        shift.cancel_reason = reason
    else:
        shift.cancelled_at, shift.cancel_reason = at, reason
    _save(shift)
    _record("shift.cancelled", shift, by=by, at=at, reason=reason)
    return shift


@dataclass(frozen=True)
class Copied:
    """What was taken over from the week before, and why the rest was not."""

    shifts: list[Shift]
    left_out: list[tuple[Shift, Refusal]]


@command(Permission.MANAGE_ROSTER, within="unit_id")
def copy_week(*, by: Actor, at: datetime, unit_id: UUID, since: datetime) -> Copied:
    """Take over the roster of the week before; a shift that does not fit is left out and named."""
    before = list(
        Shift.objects.live()
        .filter(
            post__unit=unit_id,
            post__closed_at=None,
            period__startswith__gte=since - WEEK,
            period__startswith__lt=since,
        )
        .select_related("post", "account", "deputy")
    )
    if not before:
        raise NothingToCopy
    copied: list[Shift] = []
    left_out: list[tuple[Shift, Refusal]] = []
    for one in before:
        refusal = _cannot_repeat(one)
        if refusal is not None:
            left_out.append((one, refusal))
            continue
        copied.append(
            add_shift(
                by=by,
                at=at,
                post=one.post,
                account_id=one.account_id,
                since=one.period.lower + WEEK,
                until=one.period.upper + WEEK,
                telephone=one.telephone,
                deputy_id=one.deputy_id,
                deputy_telephone=one.deputy_telephone,
                also_elsewhere=one.also_elsewhere,
            )
        )
    record(
        "roster.copied", by=by, at=at, unit=unit_id, week=since, copied=len(copied), left_out=len(left_out)
    )
    return Copied(copied, left_out)


def _cannot_repeat(one: Shift) -> Refusal | None:
    since, until = one.period.lower + WEEK, one.period.upper + WEEK
    taken = Shift.objects.within(since, until).filter(post=one.post).select_related("account").first()
    if taken is not None:
        return PostTaken(name=taken.account.name, since=taken.period.lower, until=taken.period.upper)
    elsewhere = Shift.objects.within(since, until).filter(account_id=one.account_id).first()
    if elsewhere is not None and not one.also_elsewhere:
        return on_two_posts(elsewhere)
    if not access.works_for(one.account_id, one.post.unit_id, since):
        return NotOfTheUnit(name=one.account.name)
    if one.deputy_id and not access.works_for(one.deputy_id, one.post.unit_id, since):
        return NotOfTheUnit(name=one.deputy.name)
    return None


def _check(since: datetime, until: datetime) -> None:
    if until <= since:
        raise ShiftEndsBeforeItBegins(field="until")
    if until - since > LONGEST:
        raise ShiftTooLong(field="until")


def _works_here(post: Post, account_id: UUID, since: datetime, field: str = "account_id") -> None:
    if not access.works_for(account_id, post.unit_id, since):
        raise NotOfTheUnit(name=access.account_name(account_id), field=field)


def _deputy(post: Post, account_id: UUID, deputy_id: UUID, since: datetime) -> None:
    if deputy_id == account_id:
        raise DeputyForOneself(field="deputy_id")
    _works_here(post, deputy_id, since, "deputy_id")


def _reason_for_two(
    account_id: UUID, since: datetime, until: datetime, reason: str, *, but: UUID | None
) -> str:
    """The reason is kept only where somebody really is on two posts, so that it says something."""
    other = Shift.objects.within(since, until).filter(account_id=account_id).exclude(pk=but).first()
    if other is None:
        return ""
    reason = line(reason, "also_elsewhere", 200)
    if not reason:
        raise on_two_posts(other)
    return reason


def _live(shift: Shift, at: datetime, version: int | None) -> Shift:
    shift = Shift.objects.select_for_update(no_key=True, of=("self",)).select_related("post").get(pk=shift.pk)
    compare(shift, version)
    if shift.cancelled_at is not None or shift.period.upper <= at:
        raise ShiftOver
    return shift


def _save(shift: Shift) -> None:
    shift.version += 1
    shift.save()


def _record(name: str, shift: Shift, *, by: Actor, at: datetime, **data: Any) -> None:
    record(
        name,
        by=by,
        at=at,
        subject=shift,
        unit=shift.post.unit_id,
        post=shift.post_id,
        account=shift.account_id,
        since=shift.period.lower,
        until=shift.period.upper,
        **data,
    )
