"""Glucose over weeks: how much of it was measured, mean, variation, and how a day goes. Pure, on whole arrays.

What a sensor report shows (Battelino et al., Diabetes Care 2019;42:1593): time in range from `judging/glucose.py`,
mean, coefficient of variation (at most 36 % is stable), glucose management indicator (3.31 + 0.02392 × mean in mg/dL;
Bergenstal et al., Diabetes Care 2018;41:2275), and that 70 % of fourteen days be measured. Values count as they are
shown, with one decimal: 70 mg/dL is 3.9 mmol/L and in range.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

import numpy as np

from yiyang.devices.rules.buckets import UNTRUE
from yiyang.devices.rules.judging.glucose import Pattern, pattern
from yiyang.devices.rules.judging.series import SECOND, Reading

MG_PER_MMOL = 18.016
ENOUGH = 0.7  # of the readings that were to be expected
STABLE_CV = 36.0  # percent
CONTINUOUS = 30 * 60  # seconds between readings: rarer ones are single measurements
PERCENTILES = (5, 25, 50, 75, 95)
SLOT = 30  # minutes of the day that are taken together


@dataclass(frozen=True)
class Summary:
    """`present`: share of the readings that a sensor would have sent in the window; None for single measurements."""

    count: int
    days: int
    days_with: int
    every_minutes: float | None
    present: float | None
    mean: float
    sd: float
    shares: Pattern

    @property
    def continuous(self) -> bool:
        return self.present is not None

    @property
    def enough(self) -> bool:
        return self.present is not None and self.present >= ENOUGH

    @property
    def present_percent(self) -> int:
        return int(100 * (self.present or 0.0))

    @property
    def cv(self) -> float | None:
        """None: a single reading does not vary."""
        return 100 * self.sd / self.mean if self.count > 1 else None

    @property
    def gmi(self) -> float:
        return 3.31 + 0.02392 * self.mean * MG_PER_MMOL


@dataclass(frozen=True)
class Slot:
    """Half an hour of the day: its beginning in minutes, and the percentiles of all days; None where nothing was."""

    minute: int
    percentiles: tuple[float, ...] | None

    @property
    def label(self) -> str:
        return f"{self.minute // 60:02}:{self.minute % 60:02}"


def summary(
    at: Any, value: Any, marks: Any, since: datetime, until: datetime, zone: tzinfo
) -> Summary | None:
    """Of readings in order of time (µs since 1970, mmol/L); None when there is none."""
    at, shown = _true(at, value, marks)
    if not len(at):
        return None
    gap = float(np.median(np.diff(at))) / SECOND if len(at) > 1 else None
    present = None
    if gap and gap <= CONTINUOUS:
        places = len(np.unique(at // round(gap * SECOND)))
        present = min(1.0, places * gap / (until - since).total_seconds())
    minutes = _local_minutes(at, zone)
    return Summary(
        len(at), _days(since, until, zone), len(np.unique(minutes // 1440)),
        gap / 60 if gap else None, present, float(shown.mean()),
        float(shown.std(ddof=1)) if len(shown) > 1 else 0.0,
        pattern(Reading(*one) for one in zip(at.tolist(), shown.tolist(), strict=True)),
    )  # fmt: skip


def day_profile(at: Any, value: Any, marks: Any, zone: tzinfo) -> list[Slot]:
    """The 5th, 25th, 50th, 75th and 95th percentile of each half hour of the day."""
    at, shown = _true(at, value, marks)
    slot = _local_minutes(at, zone) % 1440 // SLOT
    found = []
    for number in range(1440 // SLOT):
        own = shown[slot == number]
        told = tuple(float(one) for one in np.percentile(own, PERCENTILES)) if len(own) else None
        found.append(Slot(number * SLOT, told))
    return found


def _days(since: datetime, until: datetime, zone: tzinfo) -> int:
    return (until.astimezone(zone).date() - since.astimezone(zone).date()).days + 1


def _true(at: Any, value: Any, marks: Any) -> tuple[Any, Any]:
    true = (marks & UNTRUE) == 0
    return at[true], np.round(value[true].astype(np.float64), 1)


def _local_minutes(at: Any, zone: tzinfo) -> Any:
    """Minutes since 1970 on the clock on the wall; the zone is asked once for each hour."""
    hours, place = np.unique(at // (3600 * SECOND), return_inverse=True)
    ahead = [datetime.fromtimestamp(int(hour) * 3600, UTC).astimezone(zone).utcoffset() for hour in hours]
    offsets = np.array([one.total_seconds() // 60 if one else 0 for one in ahead], np.int64)
    return at // (60 * SECOND) + (offsets[place] if len(at) else 0)
