"""The posts of a unit's roster."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.texts import line
from yiyang.duty.models import Post
from yiyang.duty.rules.posts import Cover, PostKind
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, refuses


class TelephoneNeeded(Refusal):
    message = _("Give a telephone number with at least three digits. It is what others dial.")
    status = 422


class PostIsThere(Refusal):
    message = _("The unit has such a post already. Give the second one a name of its own.")


class PostStillStaffed(Refusal):
    message = _("Shifts are planned on this post, the last until {until}. Cancel them first.")


class PostClosed(Refusal):
    message = _("This post is closed. Open a new one.")


@refuses("post_once_in_unit")
def _there(given: dict[str, Any]) -> Refusal:
    return PostIsThere(field="name")


def telephone_of(text: str, field: str = "telephone", *, needed: bool = False) -> str:
    """A number as people write it, that can be dialled."""
    text = line(text, field, 40)
    if (text or needed) and sum(sign.isdigit() for sign in text) < 3:
        raise TelephoneNeeded(field=field)
    return text


@command(Permission.MANAGE_ROSTER, within="unit_id")
def add_post(
    *,
    by: Actor,
    at: datetime,
    unit_id: UUID,
    kind: str,
    telephone: str,
    name: str = "",
    cover: str = Cover.AS_PLANNED,
) -> Post:
    """Add a place in the roster, with the telephone that is dialled when it should answer."""
    post = Post.objects.create(
        unit_id=unit_id,
        kind=PostKind(kind),
        name=line(name, "name", 60),
        telephone=telephone_of(telephone, needed=True),
        cover=Cover(cover),
        created_at=at,
    )
    record("post.added", by=by, at=at, subject=post, unit=unit_id, kind=kind, cover=cover)
    return post


@command(Permission.MANAGE_ROSTER, within="post.unit_id")
def edit_post(
    *, by: Actor, at: datetime, post: Post, telephone: str, name: str = "", cover: str = Cover.AS_PLANNED
) -> Post:
    post = _open(post)
    post.name, post.cover = line(name, "name", 60), Cover(cover)
    post.telephone = telephone_of(telephone, needed=True)
    post.save(update_fields=["name", "cover", "telephone"])
    record("post.edited", by=by, at=at, subject=post, unit=post.unit_id, cover=cover)
    return post


@command(Permission.MANAGE_ROSTER, within="post.unit_id")
def close_post(*, by: Actor, at: datetime, post: Post) -> Post:
    """The post is no longer kept; its past shifts and notes stay."""
    post = _open(post)
    last = post.shifts.live().filter(period__endswith__gt=at).order_by("-period").first()
    if last is not None:
        raise PostStillStaffed(until=last.period.upper)
    post.closed_at = at
    post.save(update_fields=["closed_at"])
    record("post.closed", by=by, at=at, subject=post, unit=post.unit_id)
    return post


def _open(post: Post) -> Post:
    post = Post.objects.select_for_update(no_key=True).get(pk=post.pk)
    if post.closed_at is not None:
        raise PostClosed
    return post
