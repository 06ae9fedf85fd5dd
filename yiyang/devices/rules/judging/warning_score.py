"""The early warning score of what devices told: the points are those of the instrument, and it says what lacks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from yiyang.assessments.rules.instruments import Instrument
from yiyang.assessments.rules.scoring import score
from yiyang.devices.rules.judging.series import SECOND, Reading, trusted
from yiyang.devices.rules.quantities import BY_NAME

# Items of the instrument, and what devices tell for them. Whether oxygen is given and how awake somebody is, no
# device tells: such a score is partial.
ITEMS = {
    BY_NAME["BREATHING"].no: "rr",
    BY_NAME["OXYGEN"].no: "spo2",
    BY_NAME["SYSTOLIC"].no: "sbp",
    BY_NAME["HEART_RATE"].no: "pulse",
    BY_NAME["TEMPERATURE"].no: "temperature",
}
# Five readings of one point each reach five points only together with this one, which is measured most rarely.
RAREST = BY_NAME["SYSTOLIC"].no
ALL_ITEMS = ("rr", "spo2", "oxygen", "sbp", "pulse", "consciousness", "temperature")


@dataclass(frozen=True)
class WarningScore:
    """`points` of each item that is known; partial while any item lacks."""

    points: Mapping[str, float]
    used: Mapping[int, Reading]

    @property
    def total(self) -> int:
        return int(sum(self.points.values()))

    @property
    def alone(self) -> bool:
        """One item alone has three points: somebody looks at the person, however low the total is."""
        return any(one >= 3 for one in self.points.values())

    @property
    def lacking(self) -> tuple[str, ...]:
        return tuple(one for one in ALL_ITEMS if one not in self.points)

    def near_until(self, valid: Mapping[int, int], several: int) -> int | None:
        """Until when a high score may come by single points: while something is worth several, or the rarest one."""
        found = [
            one.at + valid[code] * SECOND
            for code, one in self.used.items()
            if self.points.get(ITEMS[code], 0) >= (1 if code == RAREST else several)
        ]
        return max(found, default=None)

    @property
    def partial(self) -> bool:
        return bool(self.lacking)


def warning_score(
    instrument: Instrument,
    latest: Mapping[int, Reading],
    *,
    at: int,
    valid: Mapping[int, int],
    scale: str = "1",
) -> WarningScore:
    """From the latest values that are still valid at an instant; `valid` in seconds by quantity."""
    used = {
        code: one
        for code, one in latest.items()
        if code in ITEMS and 0 <= at - one.at <= valid.get(code, 0) * SECOND
    }
    return WarningScore(_points(instrument, used, scale), used)


def along(
    instrument: Instrument, series: Mapping[int, list[Reading]], *, valid: Mapping[int, int], scale: str = "1"
) -> list[tuple[Reading, WarningScore]]:
    """The score after each reading of several quantities, as a series of its own."""
    ordered = sorted(
        (one, code) for code, readings in series.items() if code in ITEMS for one in trusted(readings)
    )
    latest: dict[int, Reading] = {}
    found = []
    for one, code in ordered:
        latest[code] = one
        now = warning_score(instrument, latest, at=one.at, valid=valid, scale=scale)
        found.append((Reading(one.at, now.total), now))
    return found


def totals(
    instrument: Instrument, at: Any, code: Any, value: Any, *, valid: Mapping[int, int], scale: str = "1"
) -> Any:
    """The totals of `along` for readings of one person in the order of time, as arrays."""
    found = np.zeros(len(at))
    places = np.arange(len(at))
    for item_code, item in ITEMS.items():
        mine = code == item_code
        latest = np.maximum.accumulate(np.where(mine, places, -1))
        values, which = np.unique(value[mine], return_inverse=True)
        points = [_point(instrument, item, round(one, 1), scale) or 0 for one in values.tolist()]
        worth = np.zeros(len(at))
        worth[mine] = np.array(points, float)[which]
        counts = (latest >= 0) & (at - at[latest] <= valid.get(item_code, 0) * SECOND)
        found += np.where(counts, worth[latest], 0)
    return found.astype(np.int64)


def _points(instrument: Instrument, used: Mapping[int, Reading], scale: str) -> dict[str, float]:
    points: dict[str, float] = {}
    for code, one in used.items():
        got = _point(instrument, ITEMS[code], round(one.value, 1), scale)
        if got is not None:
            points[ITEMS[code]] = got
    return points


_known: dict[tuple[str, str, float, str], float | None] = {}


def _point(instrument: Instrument, item: str, value: float, scale: str) -> float | None:
    """What the instrument gives for one value: whole numbers where it counts whole numbers. Asked again and again."""
    key = (instrument.version, item, value, scale)
    if key not in _known:
        given: dict[str, object] = {item: value if item == "temperature" else round(value)}
        if item == "spo2":
            given |= {"scale": scale, "oxygen": "air"}
        if len(_known) > 20_000:
            _known.clear()
        _known[key] = score(instrument, given).scores.get(item)
    return _known[key]


def band(instrument: Instrument, code: int, points: float) -> tuple[float, float]:
    """Between which values a quantity alone is worth less than `points`."""
    item = instrument.item(ITEMS[code])
    table = next(one for one in item.tables if one.when is None)
    low, high, below = float("-inf"), float("inf"), float("-inf")
    found = False
    for point in table.points:
        upto = float("inf") if point.upto is None else float(point.upto)
        if point.score is not None and point.score < points:
            if not found:
                low, found = below, True
            high = upto
        below = upto
    return low, high
