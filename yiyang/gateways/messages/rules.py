"""Pure rules: when what can wait goes out, and when a failed attempt is repeated."""

from __future__ import annotations

from datetime import datetime, time, timedelta

ATTEMPTS = 6
RECEIPT_AFTER = timedelta(seconds=30)
RECEIPT_WITHIN = timedelta(hours=24)


def not_before(at: datetime, quiet_from: time, quiet_until: time) -> datetime:
    """The first instant at or after `at` outside the quiet hours; `at` is in the district's own time."""
    clock = at.timetz().replace(tzinfo=None)
    over_midnight = quiet_from > quiet_until
    quiet = (
        (clock >= quiet_from or clock < quiet_until) if over_midnight else quiet_from <= clock < quiet_until
    )
    if not quiet:
        return at
    end = at.replace(hour=quiet_until.hour, minute=quiet_until.minute, second=0, microsecond=0)
    return end if end > at else end + timedelta(days=1)


def pause_after(attempt: int) -> timedelta:
    """One, two, four … minutes, at most half an hour."""
    return timedelta(minutes=min(2 ** (attempt - 1), 30))


def receipt_pause(waited: timedelta) -> timedelta:
    """Asked for soon, then ever less often."""
    return max(RECEIPT_AFTER, waited)
