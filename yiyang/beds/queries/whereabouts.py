"""Where a person's rows say that they may come back to, and which bed is promised."""

from __future__ import annotations

from collections.abc import Sequence

from yiyang.beds.models import Occupancy, Transfer
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.occupancy import State


def kept_for_return(rows: Sequence[Occupancy], transfer: Transfer) -> Occupancy | None:
    """The held bed of the kind that is asked for: a return to it needs no offer."""
    for row in rows:
        held = row.state == State.HELD and row.period.upper is None and row.episode is not None
        if held and row.episode.kind == transfer.target_kind and row.episode.lane == Lane.RESIDENCE:
            return row
    return None


def reserved_bed(rows: Sequence[Occupancy], transfer: Transfer) -> Occupancy | None:
    """The bed that is promised to the transfer now."""
    for row in rows:
        if row.state == State.RESERVED and row.transfer_id == transfer.pk and row.period.upper is None:
            return row
    return None
