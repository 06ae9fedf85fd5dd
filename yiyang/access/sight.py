"""Who may see whose record is decided by care relationships, which lie above this context.

The context that keeps them registers one function here; until then an actor sees only the person it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from .actors import AccountActor

Sight = Callable[["AccountActor", UUID], bool]
_sight: Sight | None = None
_service: Sight | None = None


def register_sight(check: Sight) -> None:
    """Say how to find out whether an actor has a live reason to see a person."""
    global _sight
    _sight = check


def has_sight(actor: AccountActor, person_id: UUID) -> bool:
    if actor.person_id == person_id:
        return True
    return _sight(actor, person_id) if _sight else False


def register_service(check: Sight) -> None:
    """Say how to find out whether an actor looks after a person who entrusted an account."""
    global _service
    _service = check


def serves(actor: AccountActor, account_id: UUID) -> bool:
    return _service(actor, account_id) if _service else False
