"""A raw signal on paper: an ECG at 25 mm a second and 10 mm a millivolt, anything else as wide as a page. Pure.

All lengths are millimetres: what is drawn is printed at the same size. Long signals are thinned to the lowest and the
highest sample of each quarter of a millimetre, so that no spike is lost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

WIDTH = 250.0  # of a row
ECG_SPEED, ECG_GAIN = 25.0, 10.0  # mm/s, mm/mV
COLUMN = 0.25
EDGE = 1.5
SHEET_SECONDS = 60  # of an ECG on one page: six rows of ten seconds
HEIGHT, LOWEST, HIGHEST = 60.0, 30.0, 90.0
AXES = ("x", "y", "z")
TO_MILLIVOLT = {"mV": 1.0, "uV": 0.001, "µV": 0.001, "V": 1000.0}


@dataclass(frozen=True, slots=True)
class Tick:
    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Line:
    """`name` tells several lines of one signal apart; `points` as SVG writes them."""

    name: str
    points: str


@dataclass(frozen=True, slots=True)
class Row:
    begins: float  # seconds from the first sample
    lines: tuple[Line, ...]
    across: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a signal. `speed` and `gain` in mm; `up` are the ticks of the values."""

    rows: tuple[Row, ...]
    width: float
    height: float
    speed: float
    gain: float
    unit: str
    up: tuple[Tick, ...]
    is_ecg: bool
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Second:
    """For the table: from where to where the signal went within a time."""

    begins: float
    low: tuple[float, ...]
    high: tuple[float, ...]

    @property
    def pairs(self) -> list[tuple[float, float]]:
        return list(zip(self.low, self.high, strict=True))


def is_ecg(code: str, unit: str) -> bool:
    return code.upper().startswith("ECG") and unit in TO_MILLIVOLT


def channels(code: str, samples: Any) -> tuple[tuple[str, ...], Any]:
    """The names of the lines and the samples as (n, lines); an acceleration in one signal is x, y, z in turn."""
    if code.upper() == "ACCELERATION" and len(samples) >= 3 and len(samples) % 3 == 0:
        return AXES, samples.reshape(-1, 3)
    return (code,), samples.reshape(-1, 1)


def sheet(code: str, unit: str, rate: float, samples: Any, since: float = 0.0) -> Sheet:
    """The page of a signal that begins `since` seconds after its first sample."""
    names, values = channels(code, samples)
    values = np.where(np.isfinite(values), values, 0.0)
    ecg = is_ecg(code, unit)
    if ecg:
        values, unit = values * TO_MILLIVOLT[unit], "mV"
    whole = len(values) / rate
    since = min(max(since, 0.0), max(whole - 1 / rate, 0.0))
    until = min(whole, since + SHEET_SECONDS) if ecg else whole
    seen = values[math.floor(since * rate) : max(math.ceil(until * rate), 1)]
    low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 0.0)
    speed = ECG_SPEED if ecg else WIDTH / max(until - since, 1 / rate)
    step = _nice((high - low) / 5) if not ecg else 0.5
    bottom, top = math.floor(low / step) * step, math.ceil(high / step) * step
    top = top if top > bottom else bottom + step
    gain = ECG_GAIN if ecg else HEIGHT / (top - bottom)
    height = min(max((top - bottom) * gain, LOWEST), HIGHEST)
    length = WIDTH / speed
    rows = []
    for place in range(max(1, math.ceil((until - since) / length - 1e-9))):
        begins = since + place * length
        part = values[round(begins * rate) : round(min(until, begins + length) * rate) + 1]
        lines = tuple(
            Line(name, _points(part[:, nth], rate, speed, gain, top, height))
            for nth, name in enumerate(names)
        )
        rows.append(Row(begins, lines, tuple(_across(begins, min(length, until - begins), speed, ecg))))
    up = tuple(Tick(round((top - one) * gain, 2), f"{one:g}") for one in _steps(bottom, top, step))
    up = tuple(one for one in up if EDGE <= one.at <= height - EDGE)  # a figure at the edge would be cut off
    return Sheet(tuple(rows), WIDTH, round(height, 2), speed, gain, unit, up, ecg, since, until)


def overview(code: str, samples: Any) -> str:
    """The whole of a long signal as one line of 250 × 20 mm."""
    _names, values = channels(code, samples)
    line = np.where(np.isfinite(values[:, 0]), values[:, 0], 0.0)
    low, high = float(line.min()), float(line.max())
    gain = 18.0 / (high - low) if high > low else 1.0
    return _points(line, len(line) / WIDTH, 1.0, gain, high + 1 / gain, 20.0)


def seconds(code: str, rate: float, samples: Any, most: int = 60) -> list[Second]:
    """At most `most` equal times, for those who read a table instead."""
    _names, values = channels(code, samples)
    size = max(math.ceil(len(values) / most), math.ceil(rate))
    parts = [values[begin : begin + size] for begin in range(0, len(values), size)]
    return [
        Second(place * size / rate, tuple(one.min(axis=0).tolist()), tuple(one.max(axis=0).tolist()))
        for place, one in enumerate(parts)
    ]


def thinned(values: Any, rate: float, speed: float) -> tuple[Any, Any]:
    """Places in mm and values: all samples, or the lowest and highest of each column in the order they came."""
    at = np.arange(len(values)) / rate * speed
    if len(values) <= 2 * WIDTH / COLUMN:
        return at, values
    column = (at / COLUMN).astype(np.int64)
    starts = np.nonzero(np.diff(column, prepend=-1))[0]
    ends = np.append(starts[1:], len(values))
    kept = set()
    for begin, end in zip(starts.tolist(), ends.tolist(), strict=True):
        kept |= {begin + int(values[begin:end].argmin()), begin + int(values[begin:end].argmax())}
    order = np.array(sorted(kept), np.int64)
    return at[order], values[order]


def _points(values: Any, rate: float, speed: float, gain: float, top: float, height: float) -> str:
    at, kept = thinned(values, rate, speed)
    down = np.clip((top - kept) * gain, 0, height)
    return " ".join(f"{x:.2f},{y:.2f}" for x, y in zip(at.tolist(), down.tolist(), strict=True))


def _across(begins: float, length: float, speed: float, ecg: bool) -> list[Tick]:
    step = 1.0 if ecg else _nice(length / 10)
    first = math.ceil(begins / step - 1e-9) * step
    count = math.floor((begins + length - first) / step + 1e-9) + 1
    return [
        Tick(round((first + n * step - begins) * speed, 2), f"{first + n * step:g}") for n in range(count)
    ]


def _steps(bottom: float, top: float, step: float) -> list[float]:
    return [round(bottom + n * step, 6) for n in range(round((top - bottom) / step) + 1)]


def _nice(size: float) -> float:
    """1, 2 or 5 times a power of ten, not smaller than `size`."""
    if size <= 0 or not math.isfinite(size):
        return 1.0
    power = 10.0 ** math.floor(math.log10(size))
    return next(power * one for one in (1, 2, 5, 10) if power * one >= size - 1e-12)
