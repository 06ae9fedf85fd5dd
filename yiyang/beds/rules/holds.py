"""How long person or family may have a bed kept themselves, by what was agreed with the unit."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from yiyang.kernel.time import midnight

# What is agreed is said of hospital and leave; about somebody who cannot be found the unit decides.
OF_AGREEMENTS = ("HOSPITAL", "LEAVE")


def latest(kept_since: datetime, days: int | None, agreement_ends_on: date | None) -> datetime | None:
    """Until when an agreement of so many days keeps the bed; None where it names none. Never past its own end."""
    if days is None:
        return None
    until = kept_since + timedelta(days=days)
    return min(until, midnight(agreement_ends_on)) if agreement_ends_on else until


def end_of(day: date, at_most: datetime | None) -> datetime:
    """A day is meant with all its hours; the last day that is agreed ends at its hour."""
    until = midnight(day + timedelta(days=1))
    return at_most if at_most is not None and midnight(day) < at_most < until else until
