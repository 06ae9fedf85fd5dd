"""When a device has not been heard from for too long. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from .kinds import BY_KIND, DeviceKind


@dataclass(frozen=True)
class Patience:
    """How long nothing may come, as the policy `devices.silent_after` has it: so many intervals, and at least so long."""

    times: int
    least_seconds: int

    def of(self, seconds: int) -> timedelta:
        return timedelta(seconds=max(self.times * seconds, self.least_seconds))


def expected(kind: str, own: int | None) -> int | None:
    """How often it should be heard from, in seconds; None when it speaks only if something happens."""
    return own or BY_KIND[DeviceKind(kind)].expected_seconds


def silent(
    at: datetime, since: datetime, heard_at: datetime | None, seconds: int | None, patience: Patience
) -> bool:
    """Whether nothing came for too long, counted from the hand-out at the earliest."""
    if seconds is None:
        return False
    last = max(since, heard_at) if heard_at else since
    return at - last > patience.of(seconds)
