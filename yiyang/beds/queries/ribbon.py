"""A person's beds over time, for the ribbon that heads their pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.access.bed_kinds import BedKind
from yiyang.beds.models import Occupancy, Transfer
from yiyang.beds.models.occupancy import State
from yiyang.kernel.components import Block, Notch, Ribbon
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


def notches_of(found: Sequence[Transfer]) -> list[Notch]:
    """When each of these transfers was asked for, accepted, left and arrived."""
    return [notch for one in found for notch in _notches(one)]


def _notches(transfer: Any) -> list[Notch]:
    where = transfer.to_unit.name if transfer.to_unit else transfer.destination_outside
    words = _("Transfer to {where}").format(where=where or BedKind(transfer.target_kind).label)
    stopped = not transfer.live and transfer.arrived_at is None
    times = (
        ("asked", pgettext("transfer", "asked for"), transfer.requested_at),
        ("accepted", pgettext("transfer", "accepted"), transfer.accepted_at),
        ("left", pgettext("transfer", "left"), transfer.departed_at),
        ("arrived", pgettext("transfer", "arrived"), transfer.arrived_at),
    )
    return [
        Notch(
            at=at,
            label=f"{words}: {said}{f' ({transfer.get_state_display()})' if stopped else ''}",
            url=reverse("beds:transfer", args=[transfer.pk]),
            open=transfer.live,
            what=what,
        )
        for what, said, at in times
        if at is not None
    ]


def ribbon(rows: Sequence[Occupancy], label: Any = "", notches: Sequence[Notch] = ()) -> Ribbon | None:
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
        notches=tuple(notches),
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
