"""How times are said: the absolute time, and beside it how far away it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def absolute(at: datetime, now: datetime) -> str:
    """As short as it can be without doubt: the hour today, the day this year, the year otherwise."""
    local, today = timezone.localtime(at), timezone.localtime(now)
    if local.date() == today.date():
        return local.strftime("%H:%M")
    return _with_day(local, today)


def ended(at: datetime, since: datetime, now: datetime) -> str:
    """The end of a time, with its day unless it began on that day: "9 Nov, 15:36 – 23 Nov, 08:10", never "– 08:10"."""
    local, begun = timezone.localtime(at), timezone.localtime(since)
    if local.date() == begun.date():
        return local.strftime("%H:%M")
    return _with_day(local, timezone.localtime(now))


def _with_day(local: datetime, today: datetime) -> str:
    if local.year == today.year:
        return date_format(local, pgettext("format of day and hour", "j M, H:i"))
    return date_format(local, pgettext("format of date and hour", "j M Y, H:i"))


def in_full(at: datetime) -> str:
    """Day, year and hour, for paper: a sheet is read on other days than the one it was printed on."""
    return date_format(timezone.localtime(at), pgettext("format of date and hour", "j M Y, H:i"))


def full_day(on: date) -> str:
    return date_format(on, pgettext("format of date", "j M Y"))


def relative(at: datetime, now: datetime) -> str:
    """How far away: "in 16 min", "3 days ago"."""
    distance = at - now
    if abs(distance) < MINUTE / 2:
        return _("just now")
    words = length(abs(distance))
    return (_("in {length}") if distance > timedelta() else _("{length} ago")).format(length=words)


def left(deadline: datetime, now: datetime) -> str:
    """What remains until a deadline, or by how much it has passed."""
    words = length(abs(deadline - now))
    return (_("{length} left") if now < deadline else _("overdue by {length}")).format(length=words)


def length(of: timedelta) -> str:
    """A length in its one or two leading units, rounded to the minute."""
    minutes = max(1, round(of / MINUTE))
    if minutes < 60:
        return ngettext("{n} min", "{n} min", minutes).format(n=minutes)
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        if hours >= 6 or not rest:
            hours = round(minutes / 60)
            return ngettext("{n} h", "{n} h", hours).format(n=hours)
        return _("{hours} h {minutes} min").format(hours=hours, minutes=rest)
    return _long(round(minutes / (24 * 60)))


def _long(days: int) -> str:
    if days < 60:
        return ngettext("{n} day", "{n} days", days).format(n=days)
    if days < 730:
        months = round(days / 30.4)
        return ngettext("{n} month", "{n} months", months).format(n=months)
    years = round(days / 365.25)
    return ngettext("{n} year", "{n} years", years).format(n=years)


def pressing(deadline: datetime, now: datetime, soon_minutes: int) -> str:
    """How much a deadline presses: "" (ink), "soon" (warning), "late" (danger)."""
    if now >= deadline:
        return "late"
    return "soon" if deadline - now <= soon_minutes * MINUTE else ""
