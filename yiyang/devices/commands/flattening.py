"""The packs of one group as arrays: one place for each reading, position and signal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from yiyang.devices import wire
from yiyang.devices.packs import Pack, Rejection, Sender, Taken, Why

MILLISECOND = 1000  # readings are told apart by the millisecond
SAMPLES = 4 * 1024 * 1024  # bytes of one signal
Entry = tuple[Sender, Pack]


@dataclass(slots=True)
class Flat:
    """Readings of all packs, and for each pack where its readings begin."""

    entry: Any
    at: Any  # µs since 2000
    code: Any
    value: Any
    marks: Any
    starts: Any
    since: Any  # of each pack, over everything in it
    until: Any
    places: Any  # of each pack: does it tell where somebody is
    signals: Any  # of each pack: does it bring raw signals
    size: Any  # of each pack: how many readings, places and signals


def sound(entries: Sequence[Entry], taken: list[Taken]) -> list[Entry]:
    """Packs that are whole. One that is not is answered, and replaced by an empty one: the others go on."""
    found = []
    for place, (sender, pack) in enumerate(entries):
        if why := _unsound(pack):
            taken[place].rejected.append(Rejection(None, Why.MALFORMED, why))
            pack = Pack(urn=str(pack.urn)[:120])
        found.append((sender, pack))
    return found


def _unsound(pack: Pack) -> str:
    if not len(pack.at) == len(pack.code) == len(pack.value) == len(pack.marks):
        return "at, code, value and marks differ in length"
    try:
        np.array(
            [wire.EPOCH, *(one[0] for one in pack.positions), *(one.at for one in pack.signals)], np.int64
        )
        np.array([one[1:3] for one in pack.positions], np.float64)
        if pack.at:
            np.array(pack.at, np.int64), np.array(pack.code, np.int16), np.array(pack.marks, np.int16)
            np.array(pack.value, np.float64)
    except (OverflowError, TypeError, ValueError) as wrong:
        return str(wrong)[:100]
    return ""


def flatten(entries: Sequence[Entry], taken: list[Taken]) -> tuple[list[Entry], Flat]:
    """All at once; only if that fails, pack by pack to find the broken one."""
    try:
        return list(entries), _flat(entries)
    except (OverflowError, TypeError, ValueError):
        whole = sound(entries, taken)
        return whole, _flat(whole)


def _flat(entries: Sequence[Entry]) -> Flat:
    packs = [pack for _sender, pack in entries]
    lengths = np.fromiter((len(pack.at) for pack in packs), np.int64, len(packs))
    total = int(lengths.sum())
    at = _joined([pack.at for pack in packs], np.int64, total) - wire.EPOCH
    at -= at % MILLISECOND
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    flat = Flat(
        entry=np.repeat(np.arange(len(packs)), lengths),
        at=at,
        code=_joined([pack.code for pack in packs], np.int16, total),
        value=_joined([pack.value for pack in packs], np.float64, total),
        marks=_joined([pack.marks for pack in packs], np.int16, total),
        starts=starts,
        since=np.full(len(packs), wire.FOREVER, np.int64),
        until=np.full(len(packs), wire.EVER, np.int64),
        places=np.fromiter((bool(pack.positions) for pack in packs), bool, len(packs)),
        signals=np.fromiter((bool(pack.signals) for pack in packs), bool, len(packs)),
        size=lengths.copy(),
    )
    full = lengths > 0
    if full.any():
        flat.since[full] = np.minimum.reduceat(at, starts[full])
        flat.until[full] = np.maximum.reduceat(at, starts[full])
    for place, pack in enumerate(packs):
        if pack.positions or pack.signals:
            others = [one[0] for one in pack.positions] + [one.at for one in pack.signals]
            times = np.array(others, np.int64) - wire.EPOCH
            flat.since[place] = min(int(times.min()), int(flat.since[place]))
            flat.until[place] = max(int(times.max()), int(flat.until[place]))
            flat.size[place] += len(others)
    return flat


def _joined(lists: Sequence[Sequence[Any]], kind: Any, total: int) -> Any:
    return np.fromiter(chain.from_iterable(lists), kind, total)
