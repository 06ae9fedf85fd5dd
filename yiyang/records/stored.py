"""One version of a resource, as commands and queries give it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

NOBODY = UUID(int=0)  # whose a resource is that is about no person


@dataclass(frozen=True, slots=True)
class Stored:
    person_id: UUID
    type: str
    id: str
    version: int
    updated_at: datetime
    body: str
    deleted: bool = False
    labels: int = 0
    written_in: UUID | None = None
    says: int = 0
