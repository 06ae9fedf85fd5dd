"""The only clock of the platform, and half-open periods.

A demo installation alone may set it ahead (`clock.ahead_minutes`); tests and the demo's history fix it.

Nothing ends before it began because somebody set the machine's clock back: a running process then goes on from
where it was, at half the pace, until the machine's clock has caught up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from time import monotonic

from django.utils.timezone import get_default_timezone, make_aware

# What is set back by less is within the skew of two machines; by more, somebody means it.
SET_BACK_FROM, SET_BACK_TO = timedelta(seconds=1), timedelta(hours=1)

_fixed: ContextVar[datetime | None] = ContextVar("fixed_clock", default=None)
_ahead = timedelta()


def now() -> datetime:
    """The present instant, timezone-aware (UTC)."""
    return _fixed.get() or _steady.now() + _ahead


def midnight(day: date) -> datetime:
    """The instant at which a day of the district begins."""
    return make_aware(datetime.combine(day, time.min), get_default_timezone())


class SteadyClock:
    """The machine's clock, which for those who ask it never goes back."""

    def __init__(self) -> None:
        self._last = (self.machine(), self.elapsed(), timedelta())

    def machine(self) -> datetime:
        return datetime.now(UTC)

    def elapsed(self) -> timedelta:
        """Since the machine started; nobody can set it."""
        return timedelta(seconds=monotonic())

    def now(self) -> datetime:
        machine, elapsed = self.machine(), self.elapsed()
        was, then, kept = self._last
        passed = elapsed - then
        set_back = was + passed - machine
        # What was kept ahead is given back by half of the time that passes.
        kept = max(kept - passed / 2, timedelta())
        if SET_BACK_FROM < set_back <= SET_BACK_TO:
            kept += set_back
        elif set_back < -SET_BACK_FROM:
            kept = max(kept + set_back, timedelta())
        self._last = (machine, elapsed, kept)
        return machine + kept


_steady = SteadyClock()


def run_ahead(by: timedelta) -> None:
    """Set this process's clock ahead of the machine's, once, at its start."""
    global _ahead
    _ahead = by


@contextmanager
def clock_at(instant: datetime) -> Iterator[None]:
    """Everything inside believes that it is `instant`."""
    token = _fixed.set(instant)
    try:
        yield
    finally:
        _fixed.reset(token)


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def minutes_late(due: datetime, at: datetime) -> int:
    """How late something is done, in whole minutes; 0 when it is in time."""
    return max(0, int((at - due).total_seconds() // 60))


def days(number: float) -> timedelta:
    return timedelta(days=number)
