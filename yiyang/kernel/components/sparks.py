"""The last values of a measure as a small line, with the person's own limits as a band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, EDGE = 120.0, 28.0, 3.0


@dataclass(frozen=True)
class Spark:
    line: str
    last_x: float
    last_y: float
    band_y: float
    band_height: float
    outside: bool
    width: float = WIDTH
    height: float = HEIGHT


def spark_of(points: Sequence[float], low: float | None, high: float | None) -> Spark | None:
    if not points:
        return None
    known = [*points, *(limit for limit in (low, high) if limit is not None)]
    bottom, top = min(known), max(known)
    if bottom == top:
        bottom, top = bottom - 1, top + 1

    def y(value: float) -> float:
        return round(HEIGHT - EDGE - (value - bottom) / (top - bottom) * (HEIGHT - 2 * EDGE), 1)

    step = (WIDTH - 2 * EDGE) / max(1, len(points) - 1)
    places = [(round(EDGE + i * step, 1), y(value)) for i, value in enumerate(points)]
    upper = y(high) if high is not None else 0.0
    lower = y(low) if low is not None else HEIGHT
    limited = low is not None or high is not None
    outside = (low is not None and points[-1] < low) or (high is not None and points[-1] > high)
    return Spark(
        line=" ".join(f"{px},{py}" for px, py in places),
        last_x=places[-1][0],
        last_y=places[-1][1],
        band_y=upper,
        band_height=max(0.0, lower - upper) if limited else 0.0,
        outside=outside,
    )
