"""The last values of a measure as a small line, with the person's own limits as a band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.formats import localize
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

WIDTH, HEIGHT, EDGE = 120.0, 28.0, 3.0
JOINED = "{},{}"


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

    scale = (HEIGHT - 2 * EDGE) / (top - bottom)

    def y(value: float) -> float:
        return round(HEIGHT - EDGE - (value - bottom) * scale, 1)

    across, downs = _across(len(points)), [y(value) for value in points]
    upper = y(high) if high is not None else 0.0
    lower = y(low) if low is not None else HEIGHT
    limited = low is not None or high is not None
    outside = (low is not None and points[-1] < low) or (high is not None and points[-1] > high)
    return Spark(
        line=" ".join(map(JOINED.format, across, downs)),
        last_x=across[-1],
        last_y=downs[-1],
        band_y=upper,
        band_height=max(0.0, lower - upper) if limited else 0.0,
        outside=outside,
    )


@lru_cache(64)
def _across(number: int) -> list[float]:
    step = (WIDTH - 2 * EDGE) / max(1, number - 1)
    return [round(EDGE + place * step, 1) for place in range(number)]


def drawn(
    points: Sequence[float], low: float | None, high: float | None, label: Any = "", unit: Any = ""
) -> SafeString:
    """Written here and not by a template: a wall has hundreds of them."""
    spark = spark_of(points, low, high)
    if spark is None:
        return format_html('<span class="muted">{}</span>', gettext("no value yet"))
    band = f'<rect class="band" x="0" y="{spark.band_y}" width="120" height="{spark.band_height}"/>'
    return SafeString(
        f'<span class="spark{" outside" if spark.outside else ""}">'
        '<svg width="120" height="28" viewBox="0 0 120 28" aria-hidden="true" focusable="false">'
        f'{band if spark.band_height else ""}<polyline points="{spark.line}"/>'
        f'<circle cx="{spark.last_x}" cy="{spark.last_y}" r="3"/></svg>'
        f'<span class="spark-words"><span class="hidden-text">{conditional_escape(label)} </span>'
        f"<strong>{localize(points[-1])}</strong>{' ' if unit else ''}{conditional_escape(unit)}"
        f"{_told(low, high) if spark.outside else ''}</span></span>"
    )


def _told(low: float | None, high: float | None) -> SafeString:
    limits = ("" if one is None else localize(one) for one in (low, high))
    return format_html(' <span class="spark-outside">{} {}–{}</span>', gettext("outside the limits"), *limits)
