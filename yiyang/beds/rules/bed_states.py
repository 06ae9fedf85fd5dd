"""The one state in which a bed counts, out of everything that is so or promised about it. Pure.

The figures of the district count the same in SQL (`queries/figures/statements.py`); a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

FIRST = ("PRESENT", "HELD", "CLEANING", "MAINTENANCE", "CLOSED", "RESERVED", "FREE")


def counts_as(
    state: str, reason: str, *, claimed_until: datetime | None, expires_at: datetime | None, at: datetime
) -> str:
    """What one live row says of its bed now; FREE when it no longer takes it up."""
    if state in ("PRESENT", "HELD"):
        return state
    if state == "RESERVED":
        return "RESERVED" if expires_at is not None and expires_at > at else "FREE"
    if reason == "CLEANING":
        return "FREE" if claimed_until is not None and claimed_until <= at else "CLEANING"
    return "MAINTENANCE" if reason == "MAINTENANCE" else "CLOSED"


def first_of(states: Iterable[str]) -> str:
    """The state that counts when several rows speak of one bed."""
    return min(states, key=FIRST.index, default="FREE")
