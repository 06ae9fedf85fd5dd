"""The roster of a unit: its posts, the shifts of a week, the gaps, the notes, and what is open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from yiyang.access import queries as access
from yiyang.access.permissions import Permission
from yiyang.duty.models import Post, RosterGap, Shift, ShiftNote
from yiyang.duty.queries import days
from yiyang.duty.rules import posts as rules
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import midnight

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Cell:
    """One post on one day: who is on it, and when nobody is who should be."""

    day: date
    shifts: list[Shift]
    gaps: list[rules.Span]


@dataclass(frozen=True)
class Row:
    post: Post
    cells: list[Cell]


@dataclass(frozen=True)
class Day:
    day: date
    works: bool
    name: str


@dataclass(frozen=True)
class Gap:
    """When somebody must be on a post and nobody is."""

    post: Post
    since: datetime
    until: datetime
    told_at: datetime | None = None


def post(actor: Any, post_id: UUID) -> Post:
    found: Post = get_object_or_404(
        Post.objects.visible_to(rosters_of(actor)).select_related("unit"), pk=post_id
    )
    return found


def shift(actor: Any, shift_id: UUID) -> Shift:
    found: Shift = get_object_or_404(
        Shift.objects.visible_to(rosters_of(actor)).select_related("post__unit", "account", "deputy"),
        pk=shift_id,
    )
    return found


def unit_of(actor: Any, organisation_id: UUID) -> Any:
    """404 unless the unit's roster is the actor's own, or in the actor's charge."""
    found = access.internal_organisation(actor, organisation_id)
    if not _sees(actor, found.pk):
        raise NotFound
    return found


def posts(actor: Any, unit_id: UUID | None = None) -> QuerySet[Post]:
    found = Post.objects.visible_to(rosters_of(actor)).live().select_related("unit")
    return found.filter(unit=unit_id) if unit_id else found


def shifts(actor: Any, since: datetime, until: datetime, unit_id: UUID | None = None) -> QuerySet[Shift]:
    found = Shift.objects.visible_to(rosters_of(actor)).within(since, until)
    found = found.filter(post__unit=unit_id) if unit_id else found
    return found.select_related("post__unit", "account", "deputy").order_by("period", "pk")


def planned(on: Post, since: datetime, until: datetime) -> Shift | None:
    """The shift on a post from just then to just then."""
    return Shift.objects.live().filter(post=on, period=DateTimeTZRange(since, until)).first()


def own_shifts(actor: Any, at: datetime) -> list[Shift]:
    """The actor's shifts that are on or come within a week, as the first or as the deputy."""
    found = Shift.objects.live().filter(Q(account=actor.account_id) | Q(deputy=actor.account_id))
    found = found.filter(period__endswith__gt=at, period__startswith__lt=at + WEEK)
    return list(found.select_related("post__unit", "account", "deputy").order_by("period", "pk")[:5])


def others_of(of: Shift, at: datetime) -> QuerySet[Shift]:
    """Shifts of the same unit that one could be swapped with."""
    return (
        Shift.objects.live()
        .filter(post__unit=of.post.unit_id, period__endswith__gt=at)
        .filter(period__startswith__lt=of.period.upper + 2 * WEEK)
        .exclude(pk=of.pk)
        .exclude(account=of.account_id)
        .select_related("post", "account")
        .order_by("period", "pk")
    )


def week_of(day: date) -> datetime:
    """Monday, midnight, of the week in which a day lies."""
    return midnight(day - timedelta(days=day.weekday()))


def week(unit: Any, monday: datetime) -> tuple[list[Day], list[Row]]:
    """The roster of a unit for seven days: a row for each post."""
    first = timezone.localdate(monday)
    dates = [first + number * DAY for number in range(7)]
    kept = list(Post.objects.live().filter(unit=unit.pk))
    found = Shift.objects.within(monday, monday + WEEK).filter(post__in=kept)
    by_post: dict[UUID, list[Shift]] = {}
    for one in found.select_related("account", "deputy").order_by("period"):
        by_post.setdefault(one.post_id, []).append(one)
    hours = days.hours_by_code(unit.code, first)
    rows = []
    for kept_post in kept:
        planned = by_post.get(kept_post.pk, [])
        missing = _gaps_of(kept_post, planned, hours, monday, monday + WEEK)
        rows.append(Row(kept_post, [_cell(day, planned, missing) for day in dates]))
    return [Day(day, days.works(day, unit.code), days.name_of(day)) for day in dates], rows


def _cell(day: date, planned: list[Shift], missing: list[rules.Span]) -> Cell:
    """Each shift and gap stands on the day on which it begins, or on the first that is shown."""
    begins = midnight(day)
    ends = begins + DAY
    on = [one for one in planned if begins <= one.period.lower < ends]
    if day.weekday() == 0:
        on = [one for one in planned if one.period.lower < begins] + on
    return Cell(day, on, [span for span in missing if begins <= span[0] < ends])


def gaps(actor: Any, since: datetime, until: datetime) -> list[Gap]:
    """Gaps of all rosters that the actor may see, the earliest first."""
    return _gaps(posts(actor), since, until)


def all_gaps(since: datetime, until: datetime) -> list[Gap]:
    """Gaps of every roster, for the clock."""
    return _gaps(Post.objects.live().select_related("unit").filter(unit__active=True), since, until)


def _gaps(of: QuerySet[Post], since: datetime, until: datetime) -> list[Gap]:
    kept = list(of.exclude(cover=rules.Cover.AS_PLANNED))
    by_post: dict[UUID, list[Shift]] = {}
    for one in Shift.objects.within(since, until).filter(post__in=kept):
        by_post.setdefault(one.post_id, []).append(one)
    told = {
        (one.post_id, one.begins_at): one.told_at
        for one in RosterGap.objects.filter(post__in=kept, ends_at__gt=since)
    }
    found = []
    for kept_post in kept:
        hours = days.hours_by_code(kept_post.unit.code, timezone.localdate(since))
        for begins, ends in _gaps_of(kept_post, by_post.get(kept_post.pk, []), hours, since, until):
            found.append(Gap(kept_post, begins, ends, told.get((kept_post.pk, begins))))
    return sorted(found, key=lambda gap: (gap.since, gap.post.unit.name_zh))


def _gaps_of(
    of: Post, planned: list[Shift], hours: Any, since: datetime, until: datetime
) -> list[rules.Span]:
    spans = tuple((one.period.lower, one.period.upper) for one in planned)
    return rules.gaps(rules.Staffed(of.pk, of.kind, of.cover, spans), hours, since, until)


def notes(of: Post, limit: int = 10) -> list[ShiftNote]:
    return list(of.notes.select_related("shift__account").order_by("-at", "-pk")[:limit])


def _sees(actor: Any, unit_id: UUID) -> bool:
    return bool(actor.sees_all or unit_id in rosters_of(actor).reach)


@dataclass(frozen=True)
class _Rosters:
    """Whose rosters somebody may see: the own unit's, and of those who keep rosters all in their charge."""

    reach: frozenset[UUID]
    sees_all: bool = False


def rosters_of(actor: Any) -> _Rosters:
    if actor.sees_all:
        return _Rosters(frozenset(), True)
    if not actor.may(Permission.TAKE_DUTY):
        return _Rosters(frozenset())
    keeps = actor.may(Permission.MANAGE_ROSTER)
    return _Rosters(frozenset(actor.reach if keeps else actor.organisation_ids))


def gap_is_known(post_id: UUID, at: datetime) -> bool:
    """Whether the gap that runs now was told before it began, or when somebody went early."""
    return RosterGap.objects.filter(post=post_id, begins_at__lte=at, ends_at__gte=at).exists()
