"""What is new and worth a look, from the intake to the judging: arrays that go together. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import UUID


def directly(_device_no: int, _code: int, _at: int) -> UUID | None:
    return None


@dataclass(slots=True)
class Fresh:
    """Readings that were not known before. Instants are µs since 1970-01-01T00:00Z.

    `through` says by which gateway a reading of a device came; asked only of those that alarm.
    """

    person_id: Sequence[UUID] = field(default_factory=list)
    code: Sequence[int] = field(default_factory=list)
    at: Sequence[int] = field(default_factory=list)
    value: Sequence[float] = field(default_factory=list)
    device_no: Sequence[int] = field(default_factory=list)
    marks: Sequence[int] = field(default_factory=list)
    through: Callable[[int, int, int], UUID | None] = directly
