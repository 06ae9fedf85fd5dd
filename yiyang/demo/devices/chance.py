"""Chance that can be asked again: the same seed, wearer, channel and moment give the same number, in any order.

No state is kept, so an hour of a million wearers needs no hour before it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[Any]
# splitmix64, Steele, Lea and Flood 2014
STEP, FIRST, SECOND = (
    np.uint64(0x9E3779B97F4A7C15),
    np.uint64(0xBF58476D1CE4E5B9),
    np.uint64(0x94D049BB133111EB),
)


def uniform(*parts: Ints | int) -> Floats:
    """A number in [0, 1) for each combination of the parts, which are broadcast against each other."""
    with np.errstate(over="ignore"):
        mixed = np.uint64(0)
        for part in parts:
            mixed = _mix(mixed + STEP + np.asarray(part).astype(np.int64).astype(np.uint64))
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) / float(1 << 53))


def smooth(seed: int, who: Ints, channel: int, seconds: Floats, period: float) -> Floats:
    """Noise of about [-1, 1] that wanders within `period` seconds: one knot a period, eased between them."""
    place = np.asarray(seconds) / period
    knot = np.floor(place)
    between = place - knot
    eased = between * between * (3 - 2 * between)
    here, there = (uniform(seed, who, channel, knot + step) * 2 - 1 for step in (0, 1))
    return here * (1 - eased) + there * eased


def _mix(value: Any) -> Any:
    value = (value ^ (value >> np.uint64(30))) * FIRST
    value = (value ^ (value >> np.uint64(27))) * SECOND
    return value ^ (value >> np.uint64(31))
