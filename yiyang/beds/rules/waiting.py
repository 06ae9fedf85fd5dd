"""The order of the waiting list: special before priority before ordinary, then who came first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

CHANNELS = {"SPECIAL": 0, "PRIORITY": 1, "ORDINARY": 2}


@dataclass(frozen=True)
class Waiting:
    entry_id: UUID
    channel: str
    joined_at: datetime
    suspended: bool = False


def order(entries: list[Waiting]) -> list[Waiting]:
    """The list in its order. It depends on nothing but channel, time of joining and id: it can be replayed."""
    return sorted(entries, key=lambda e: (CHANNELS[e.channel], e.joined_at, e.entry_id.hex))


def place(entries: list[Waiting], entry_id: UUID) -> tuple[int, int]:
    """(rank overall, rank in the channel), from 1."""
    ordered = order(entries)
    overall = next(i for i, e in enumerate(ordered, start=1) if e.entry_id == entry_id)
    channel = next(e.channel for e in ordered if e.entry_id == entry_id)
    within = [e for e in ordered if e.channel == channel]
    return overall, next(i for i, e in enumerate(within, start=1) if e.entry_id == entry_id)
