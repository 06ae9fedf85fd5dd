"""Through which window of time a chart looks, from an hour to ten years. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

SPANS: dict[str, tuple[Any, timedelta]] = {
    "hour": (_("1 hour"), timedelta(hours=1)),
    "watch": (_("8 hours"), timedelta(hours=8)),
    "day": (_("24 hours"), timedelta(days=1)),
    "week": (_("7 days"), timedelta(days=7)),
    "month": (_("31 days"), timedelta(days=31)),
    "year": (_("A year"), timedelta(days=366)),
    "decade": (_("Ten years"), timedelta(days=3653)),
}
USUAL = "day"
SHORTEST, LONGEST = timedelta(seconds=30), timedelta(days=4000)
FIRST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Window:
    """`[since, until)`; `span` is its name, "" for one that somebody drew by hand."""

    since: datetime
    until: datetime
    span: str = ""

    @property
    def length(self) -> timedelta:
        return self.until - self.since


def window(span: str, until: datetime | None, now: datetime) -> Window:
    """The window of a name that ends at `until`, or now; an unknown name is a day."""
    name = span if span in SPANS else USUAL
    end = min(until, now) if until else now
    end = max(end, FIRST + SPANS[name][1])
    return Window(end - SPANS[name][1], end, name)


def drawn_window(since: datetime, until: datetime, now: datetime) -> Window:
    """A window drawn by hand: within what can be kept, neither empty nor longer than a life of readings."""
    until = min(max(until, FIRST + SHORTEST), now)
    since = min(max(since, FIRST, until - LONGEST), until - SHORTEST)
    return Window(since, until)
