"""Of whom an app may read, when one person is to be chosen: persons lie above this context, which asks here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

Named = Callable[[Any, Sequence[UUID]], dict[UUID, str]]
Own = Callable[[Any], dict[UUID, str]]
_named: Named | None = None
_own: Own | None = None


def register_persons(own: Own, named: Named) -> None:
    """Say whom an elder or relative is or looks after, and what persons are called whom an actor sees."""
    global _named, _own
    _own, _named = own, named


def own_persons(actor: Any) -> dict[UUID, str]:
    """The elder, or those who entrusted a relative; none for staff."""
    return _own(actor) if _own else {}


def names(actor: Any, persons: Sequence[UUID]) -> dict[UUID, str]:
    return _named(actor, persons) if _named and persons else {}
