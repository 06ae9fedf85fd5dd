"""Who acts. Accounts are in `access`; the kernel only knows what it must ask of an actor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from uuid import UUID


class Actor(Protocol):
    """Somebody, or the system itself, acting in one capacity."""

    @property
    def account_id(self) -> UUID | None: ...
    @property
    def label(self) -> str: ...
    @property
    def organisation_id(self) -> UUID | None: ...
    @property
    def role(self) -> str: ...
    @property
    def sees_all(self) -> bool: ...

    def may(self, permission: str, within: UUID | None = None) -> bool: ...
    def sees(self, person_id: UUID) -> bool: ...


@dataclass(frozen=True)
class System:
    """The platform itself: reactions, deadlines and importers act under it."""

    label: str = "system"
    account_id: UUID | None = None
    organisation_id: UUID | None = None
    role: str = "SYSTEM"
    sees_all: bool = True

    def may(self, permission: str, within: UUID | None = None) -> bool:
        return True

    def sees(self, person_id: UUID) -> bool:
        return True


SYSTEM = System()


def doer(by: Actor) -> Actor:
    """Who really acts: whoever stands at the counter, where somebody is served there; else the actor."""
    found: Actor = getattr(by, "assistant", None) or by
    return found


def assisted(by: Actor) -> dict[str, Any]:
    """For whom, how and after which check of identity it is done, where somebody is served; else nothing."""
    found: dict[str, Any] = getattr(by, "assistance", None) or {}
    return found


def through(by: Actor) -> dict[str, Any]:
    """The registered program or app by which it is done or read; else nothing."""
    client_id = getattr(by, "client_id", None)
    return {"by_app": str(client_id)} if client_id else {}


def identity(of: Any) -> UUID | None:
    """The id of a model instance or an id itself; None stays None."""
    return getattr(of, "pk", of)
