"""A gap in the roster is told to the unit's manager before it begins: once."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yiyang.access import queries as access
from yiyang.access.commands import notify
from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.access.notice_texts import notice_text, notice_word
from yiyang.duty.models import Post, RosterGap
from yiyang.duty.rules.ladder import MANAGERS
from yiyang.duty.rules.posts import PostKind
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record

for _kind in PostKind:
    notice_word(f"duty.post.{_kind}", _kind.label)
notice_text("duty.gap", _("Nobody is on duty as {post} from {since} to {until}. Plan somebody."))


@command(SYSTEM_ONLY, within=ANYWHERE)
def tell_gap(*, by: Actor, at: datetime, post: Post, since: datetime, until: datetime) -> RosterGap:
    """Tell those who keep the roster; the same gap is never told twice, however often it is found."""
    gap, fresh = RosterGap.objects.get_or_create(
        post=post, begins_at=since, defaults={"ends_at": until, "told_at": at}
    )
    if not fresh:
        gap.ends_at = until
        gap.save(update_fields=["ends_at"])
        record("roster.gap_changed", by=by, at=at, subject=gap, unit=post.unit_id, post=post, until=until)
        return gap
    record(
        "roster.gap_found", by=by, at=at, subject=gap, unit=post.unit_id, post=post, since=since, until=until
    )
    notify(
        by=by,
        at=at,
        subject="duty.gap",
        organisation=post.unit_id,
        role=access.role_held(post.unit_id, MANAGERS, at),
        params={"post": post.name or f"duty.post.{post.kind}", "since": since, "until": until},
        link=reverse("duty:gaps"),
        priority="URGENT",
        due_at=since,
        key=f"gap:{gap.pk}",
    )
    return gap
