"""Signed assessments, many at once, each as it was signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True)
class Standing:
    """Signed assessments by one instrument, row by row, each as it was signed."""

    ids: Sequence[UUID]
    persons: Sequence[UUID]
    versions: Sequence[str]
    born: Sequence[date | None]
    on: Sequence[date]
    until: Sequence[date | None]
    levels: Sequence[str]
    totals: Sequence[float | None]
    subscores: Sequence[Mapping[str, float]]
    answers: Sequence[object]
    context: Mapping[str, Sequence[object]]
    latest: Sequence[bool]  # whether it is the person's last by this instrument

    def __len__(self) -> int:
        return len(self.ids)
