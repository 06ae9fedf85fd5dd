"""What is new and worth a look, from the intake to the judging: arrays that go together. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(slots=True)
class Fresh:
    """Readings that were not known before. Instants are µs since 1970-01-01T00:00Z."""

    person_id: Sequence[UUID] = field(default_factory=list)
    code: Sequence[int] = field(default_factory=list)
    at: Sequence[int] = field(default_factory=list)
    value: Sequence[float] = field(default_factory=list)
    device_no: Sequence[int] = field(default_factory=list)
    marks: Sequence[int] = field(default_factory=list)
