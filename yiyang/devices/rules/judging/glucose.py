"""Glucose as it is read: time in range, low, very low, high. Pure.

Range 3.9–10.0 mmol/L for most; for older people with a high risk at least half of the time there and less than 1 %
below 3.9 (Battelino et al., Diabetes Care 2019;42:1593, international consensus on time in range). A low below 3.9,
a clinically important one below 3.0, and 16.7 or more are the levels of the national primary-care rules.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

from yiyang.devices.rules.judging.series import SECOND, Reading, trusted

LOW, VERY_LOW, IN_RANGE_TO, HIGH, VERY_HIGH = 3.9, 3.0, 10.0, 13.9, 16.7
GAP = 30 * 60  # a sensor that is silent for longer says nothing of the time between


@dataclass(frozen=True)
class Pattern:
    """Shares of the time that was measured, and how many lows of a quarter of an hour there were."""

    seconds: int
    in_range: float | None
    below: float | None
    very_low: float | None
    above: float | None
    lows: int
    very_high: float | None = None  # above 13.9


def pattern(readings: Iterable[Reading], gap: int = GAP) -> Pattern:
    """Each value counts until the next one, at most for `gap` seconds."""
    series = trusted(readings)
    spans = [
        (one.value, min(after.at - one.at, gap * SECOND) / SECOND)
        for one, after in itertools.pairwise(series)
    ]
    whole = sum(seconds for _value, seconds in spans)
    if not whole:
        return Pattern(0, None, None, None, None, 0)

    def share(low: float, high: float) -> float:
        return sum(seconds for value, seconds in spans if low <= value < high) / whole

    return Pattern(
        int(whole), share(LOW, IN_RANGE_TO + 1e-9), share(0, LOW), share(0, VERY_LOW),
        share(IN_RANGE_TO + 1e-9, 1e9), _lows(series), share(HIGH + 1e-9, 1e9),
    )  # fmt: skip


def _lows(series: list[Reading]) -> int:
    """Lows that last a quarter of an hour; one ends when it was above for as long."""
    count, began, counted, above = 0, None, False, None
    for one in series:
        if one.value < LOW:
            began, above = (one.at if began is None else began), None
            if not counted and one.at - began >= 900 * SECOND:
                count, counted = count + 1, True
        elif began is not None:
            above = one.at if above is None else above
            if one.at - above >= 900 * SECOND:
                began, counted, above = None, False, None
    return count
