"""A person's beds over time, for the ribbon that heads their pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from yiyang.beds.models import Occupancy
from yiyang.beds.models.occupancy import State
from yiyang.kernel.components import Block, Ribbon
from yiyang.kernel.time import now

SHOWN = [State.PRESENT, State.HELD, State.RESERVED]
YEARS = timedelta(days=3 * 365)


def rows_of(person_id: UUID | Sequence[UUID]) -> list[Occupancy]:
    """All rows that say where the person was, what was kept and what is promised, oldest first."""
    ids = [person_id] if isinstance(person_id, UUID) else list(person_id)
    return list(
        Occupancy.objects.filter(person__in=ids, state__in=SHOWN)
        .select_related("bed", "unit", "episode")
        .order_by("period", "pk")
    )


def ribbon(rows: Sequence[Occupancy], label: Any = "") -> Ribbon | None:
    """The band over these rows; None when there is nothing to draw."""
    blocks = [_block(row) for row in rows]
    if not blocks:
        return None
    at = now()
    oldest = max(min(block.start for block in blocks), at - YEARS)
    span = max(at - oldest, timedelta(days=14))
    return Ribbon(
        start=at - span * 1.04,
        end=at + max(span * 0.12, timedelta(days=2)),
        now=at,
        blocks=tuple(blocks),
        label=label,
    )


def _block(row: Occupancy) -> Block:
    since, until = row.period.lower, row.period.upper
    if row.state == State.RESERVED:
        since = row.claim.lower
    return Block(
        lane=row.bed.lane if row.bed else "RESIDENCE",
        kind=row.bed.kind if row.bed else "ELSEWHERE",
        state=row.state,
        label=_label(row),
        start=since,
        end=until,
    )


def _label(row: Occupancy) -> str:
    if row.bed is None:
        return row.place_name or str(row.get_state_display())
    return f"{row.unit.name} {row.bed.label}" if row.unit else row.bed.label
