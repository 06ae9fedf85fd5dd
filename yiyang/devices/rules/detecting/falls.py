"""Falls in a window of acceleration, whatever the sensor, its rate and its unit. Pure.

A fall is an impact after which the body lies another way round. Two ways to be sure of the impact:

- hard: the acceleration reaches 2.2 g, the mark published with SisFall (peak above 2.2 g and tilt over 50 degrees:
  sensitivity 0.883, specificity 0.969 there); or
- a drop: for a moment the body weighs less than 0.6 g, then it lands with 1.3 g or more, and then lies still.
  Soft landings of frail people, and of a sensor at the waist, stay below 2.2 g.

In both, gravity points more than 50 degrees elsewhere afterwards. Somebody who sits down, jumps or climbs stairs ends
upright; somebody who lies down slowly neither drops nor lands.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yiyang.devices.rules.detecting.units import in_g

HARD_G = 2.2
LANDING_G = 1.3
DROP_G = 0.6
TILT_DEGREES = 50.0
STILL_G = 0.2
DROP_BEFORE_S = 1.0
POSTURE_S = 2.0  # how long gravity is averaged, before and after
SETTLE_S = 1.0  # from the impact until the body has come to rest
SHORTEST_S = 0.4  # less of a posture than this says nothing
APART_S = 5.0  # bounces of one fall are one fall


@dataclass(frozen=True)
class Fall:
    """`at_s`: seconds from the first sample to the impact; `drop_g`: the least weight in the second before."""

    at_s: float
    peak_g: float
    drop_g: float
    tilt_degrees: float
    still: bool


def falls_in(samples: NDArray[Any], rate_hz: float, unit: str = "") -> list[Fall]:
    """The falls that a window shows, in the order of time.

    `samples` is (n, 3): x, y, z in `unit` (`g`, `mg`, `m/s2`; without one it is told from the weight at rest).
    Raises ValueError for another shape, a rate below 10 Hz or values that are not numbers.
    """
    force = in_g(samples, unit)
    if rate_hz < 10:
        raise ValueError("An acceleration below 10 samples a second shows no impact.")
    if len(force) < rate_hz:
        return []
    weight = _without_spikes(np.linalg.norm(force, axis=1))
    found: list[Fall] = []
    for peak in _impacts(weight, rate_hz):
        fall = _judge(force, weight, peak, rate_hz)
        if fall and (not found or fall.at_s - found[-1].at_s >= APART_S):
            found.append(fall)
    return found


def _judge(force: NDArray[Any], weight: NDArray[Any], peak: int, rate: float) -> Fall | None:
    before = force[max(0, round(peak - (POSTURE_S + SETTLE_S) * rate)) : max(0, round(peak - 0.5 * rate))]
    after = force[round(peak + SETTLE_S * rate) : round(peak + (SETTLE_S + POSTURE_S) * rate)]
    if min(len(before), len(after)) < SHORTEST_S * rate:
        return None
    tilt = _angle(before.mean(axis=0), after.mean(axis=0))
    if tilt < TILT_DEGREES:
        return None
    drop = float(weight[max(0, round(peak - DROP_BEFORE_S * rate)) : peak + 1].min())
    still = bool(np.linalg.norm(after, axis=1).std() < STILL_G)
    if weight[peak] < HARD_G and not (drop < DROP_G and still):
        return None
    return Fall(peak / rate, float(weight[peak]), drop, tilt, still)


def _impacts(weight: NDArray[Any], rate: float) -> list[int]:
    """The highest sample of each second in which something lands."""
    above = np.flatnonzero(weight >= LANDING_G)
    if not len(above):
        return []
    groups = np.split(above, np.flatnonzero(np.diff(above) > rate) + 1)
    return [int(peak) for group in groups for peak in _highest(weight, group, rate)]


def _highest(weight: NDArray[Any], group: NDArray[Any], rate: float) -> list[int]:
    """Steps of somebody who runs follow each other: each second is looked at by itself."""
    seconds = (group - group[0]) // max(1, round(rate))
    return [
        int(part[weight[part].argmax()])
        for part in (group[seconds == second] for second in np.unique(seconds))
    ]


def _without_spikes(weight: NDArray[Any]) -> NDArray[Any]:
    """A single wild sample is the sensor's, not the body's: each sample is the middle one of three."""
    padded = np.concatenate((weight[:1], weight, weight[-1:]))
    return np.median(np.stack((padded[:-2], padded[1:-1], padded[2:])), axis=0)


def _angle(one: NDArray[Any], other: NDArray[Any]) -> float:
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    if length == 0:
        return 0.0
    return float(np.degrees(np.arccos(np.clip(float(one @ other) / length, -1, 1))))
