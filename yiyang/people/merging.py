"""Contexts above say here why two records cannot be one person (two stays at one time)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

Check = Callable[[list[UUID], list[UUID]], list[str]]
_checks: list[Check] = []


def register(check: Check) -> Check:
    """`check(ids of one, ids of the other)` returns sentences; an empty list means no objection."""
    _checks.append(check)
    return check


def conflicts(one: list[UUID], other: list[UUID]) -> list[str]:
    return [sentence for check in _checks for sentence in check(one, other)]
