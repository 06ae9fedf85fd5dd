"""The app through which somebody acts: it narrows what its account may do, and never widens it."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from .scopes import Opened, opened


@dataclass(frozen=True)
class App:
    """`person_id` is the one person for whom it was opened; `beside` are types that a write of the moment has to look at."""

    client_id: UUID
    name: str
    scope: str
    person_id: UUID | None = None
    beside: frozenset[str] = field(default_factory=frozenset)

    @property
    def opened(self) -> Opened:
        return opened(self.scope)

    @property
    def context(self) -> str:
        """With which word its scopes begin."""
        return self.scope.partition("/")[0]

    def reads(self, type: str) -> bool:
        """Of everybody whom its account may see."""
        return type in self.beside or self.opened.reads(type)

    def reads_of_person(self, type: str) -> bool:
        return self.opened.reads_of_person(type)
