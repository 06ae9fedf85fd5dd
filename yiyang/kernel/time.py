"""The only clock of the platform, and half-open periods.

A demo installation alone may set it ahead (`clock.ahead_minutes`); tests and the demo's history fix it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_fixed: ContextVar[datetime | None] = ContextVar("fixed_clock", default=None)
_ahead = timedelta()


def now() -> datetime:
    """The present instant, timezone-aware (UTC)."""
    return _fixed.get() or datetime.now(UTC) + _ahead


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
