"""The only clock of the platform, and half-open periods.

A demo installation alone may give the clock an offset and a rate; tests and the demo's history set it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta

_fixed: ContextVar[datetime | None] = ContextVar("fixed_clock", default=None)


def now() -> datetime:
    """The present instant, timezone-aware (UTC)."""
    return _fixed.get() or datetime.now(UTC)


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


def days(number: float) -> timedelta:
    return timedelta(days=number)
