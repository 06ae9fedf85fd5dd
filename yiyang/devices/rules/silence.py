"""When a device has not been heard from for too long. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from .kinds import BY_KIND, DeviceKind

# As the policy `devices.silent_after` has it, where nobody passes another: so many intervals, and at least so long.
MISSED = 3
LEAST = 15 * 60


def expected(kind: str, own: int | None) -> int | None:
    """How often it should be heard from, in seconds; None when it speaks only if something happens."""
    return own or BY_KIND[DeviceKind(kind)].expected_seconds


def patience(seconds: int, times: int = MISSED, least: int = LEAST) -> timedelta:
    """How long nothing may come before it is too long."""
    return timedelta(seconds=max(times * seconds, least))


def silent(at: datetime, since: datetime, heard_at: datetime | None, seconds: int | None) -> bool:
    """Whether nothing came for too long, counted from the hand-out at the earliest."""
    if seconds is None:
        return False
    last = max(since, heard_at) if heard_at else since
    return at - last > patience(seconds)
