"""Readings as a chart shows them: single ones, or by minute, hour and day. Pure, on whole arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

import numpy as np

from yiyang.devices.packs import Mark

MINUTE, HOUR, DAY = 60, 3600, 86_400
MOST = 3_000  # points that are still told apart on a chart
RAW_SPAN, MINUTE_SPAN, HOUR_SPAN = timedelta(hours=26), timedelta(days=3), timedelta(days=100)
SINGLE = 0
UNTRUE = int(Mark.IMPLAUSIBLE | Mark.ARTEFACT)


@dataclass(frozen=True, slots=True)
class Series:
    """`step`: seconds of one place; None: single readings, then mean, low, high and last are the same."""

    step: int | None
    at: Any  # µs since 1970, where each place begins
    mean: Any
    low: Any
    high: Any
    count: Any
    last: Any
    marks: Any  # of single readings
    device_no: Any = None  # of single readings: which device told it

    def __len__(self) -> int:
        return len(self.at)

    def without(self, starts: Any) -> Series:
        kept = ~np.isin(self.at, starts)
        columns = (self.at, self.mean, self.low, self.high, self.count, self.last)
        return Series(self.step, *[one[kept] for one in columns], marks=self.marks)

    def by_day(self, zone: tzinfo) -> Series:
        """Hours as days of the district."""
        days = [_day(int(one), zone) for one in self.at]
        return _grouped(np.array(days, np.int64), self, DAY)


def resolution(span: timedelta) -> int:
    """Seconds of a place; 0: single readings, as long as they are not too many."""
    if span <= RAW_SPAN:
        return SINGLE
    if span <= MINUTE_SPAN:
        return MINUTE
    return HOUR if span <= HOUR_SPAN else DAY


def empty(step: int | None) -> Series:
    numbers, values = np.zeros(0, np.int64), np.zeros(0, np.float32)
    return Series(step, numbers, values, values, values, numbers, values, np.zeros(0, np.int16))


def bucketed(at: Any, value: Any, marks: Any, step: int) -> Series:
    """`at` in µs since 1970, in order. What cannot be true is shown among single readings, and counts in no mean."""
    if not step and len(at) <= MOST:
        return Series(None, at, value, value, value, np.ones(len(at), np.int64), value, marks)
    true = (marks & UNTRUE) == 0
    at, value = at[true], value[true]
    single = Series(None, at, value, value, value, np.ones(len(at), np.int64), value, np.zeros(0, np.int16))
    size = (step or MINUTE) * 1_000_000
    return _grouped(at // size * size, single, step or MINUTE)


def joined(parts: Sequence[Series], step: int) -> Series:
    """Series one beside the other, in order; a place that stands in several becomes one."""
    names = ("at", "mean", "low", "high", "count", "last")
    columns = [np.concatenate([getattr(one, name) for one in parts]) for name in names]
    order = np.argsort(columns[0], kind="stable")
    whole = Series(step, *[one[order] for one in columns], marks=np.zeros(0, np.int16))
    return _grouped(whole.at, whole, step) if len(whole) > len(np.unique(whole.at)) else whole


def _grouped(starts: Any, finer: Series, step: int) -> Series:
    if not len(starts):
        return empty(step)
    at, first = np.unique(starts, return_index=True)
    count = np.add.reduceat(finer.count, first)
    total = np.add.reduceat(finer.mean.astype(np.float64) * finer.count, first)
    ends = np.concatenate((first[1:], [len(starts)])) - 1
    return Series(
        step,
        at,
        (total / count).astype(np.float32),
        np.minimum.reduceat(finer.low, first),
        np.maximum.reduceat(finer.high, first),
        count,
        finer.last[ends],
        np.zeros(0, np.int16),
    )


def _day(micro: int, zone: tzinfo) -> int:
    at = datetime.fromtimestamp(micro / 1_000_000, UTC).astimezone(zone)
    begins = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return round(begins.timestamp()) * 1_000_000
