"""How the days of generated elders go: when they are in bed, up at night and moving about. Pure.

They lie down three times a day; most nights somebody is up for some minutes, now and then one wanders for an hour; on a
bad day one lies still for hours. The sizes are plausible, drawn and not fitted to a study. Instants are seconds since 1970, days those of Shanghai.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from .chance import uniform
from .physiology import DAY, HOUR, MINUTE, SHANGHAI

Span = tuple[float, float]
TRIPS = (22.8 * HOUR, 25.0 * HOUR, 27.5 * HOUR)  # about when somebody is up at night, from midnight before it
TRIP_SHARE, WANDER_NIGHTS, WANDERS_AT = 0.45, 1 / 40, 1
STILL_DAYS = 1 / 150
RESTS = (
    (9.2, 20, 20),
    (12.8, 40, 45),
    (16.3, 20, 20),
)  # about when, for at least and up to so many more minutes
SLOT = 6 * MINUTE
MOVES, TURNS = 0.5, 0.1  # of the slots, awake and in bed
DOOR_STANDS = 30.0
WALKS = 0.6


def out_of_bed(seed: int, who: int, since: float, until: float) -> Iterator[Span]:
    """Each time out of bed that touches (since, until], in order."""
    for day in range(_day(since) - 1, _day(until) + 1):
        yield from (one for one in _outings(seed, who, day) if one[1] > since and one[0] <= until)


def is_out_of_bed(seed: int, who: int, at: float) -> bool:
    return any(left <= at < back for left, back in out_of_bed(seed, who, at, at))


def doors(seed: int, who: int, since: float, until: float) -> Iterator[Span]:
    """When the door of the home stood open, in order: for a walk and back, and for who wanders."""
    for day in range(_day(since) - 1, _day(until) + 1):
        yield from (one for one in _doors(seed, who, day) if one[1] > since and one[0] <= until)


def movements(seed: int, who: int, since: float, until: float, *, in_bed: bool) -> Iterator[float]:
    """Instants in (since, until] at which somebody turns in bed, or else moves about."""
    share = TURNS if in_bed else MOVES
    for slot in range(int(since // SLOT), int(until // SLOT) + 1):
        at = (slot + float(uniform(seed, who, 621, slot))) * SLOT
        if since < at <= until and float(uniform(seed, who, 622, slot)) < share:
            still = _still(seed, who, _day(at))
            lies = still is not None and still[0] <= at < still[1]
            if not lies and is_out_of_bed(seed, who, at) != in_bed:
                yield at


def wanders(seed: int, who: int, day: int) -> bool:
    """Whether somebody wanders in the night that begins on this day."""
    return float(uniform(seed, who, 631, day)) < WANDER_NIGHTS


def lies_still(seed: int, who: int, day: int) -> bool:
    return float(uniform(seed, who, 632, day)) < STILL_DAYS


@lru_cache(maxsize=4096)
def _outings(seed: int, who: int, day: int) -> tuple[Span, ...]:
    """Those that begin on a day or in the night after it."""
    midnight = day * DAY - SHANGHAI
    chance = uniform(seed, who, 633, day, np.arange(20)).tolist()
    up, to_bed = midnight + 6.1 * HOUR + chance[0] * HOUR, midnight + 20.4 * HOUR + chance[1] * 1.3 * HOUR
    lies = []
    for nth, (about, least, more) in enumerate(RESTS):
        begins = midnight + (about - 0.4 + 0.8 * chance[2 + nth]) * HOUR
        lies.append((begins, begins + (least + more * chance[5 + nth]) * MINUTE))
    if still := _still(seed, who, day):
        lies = [still, lies[-1]]
    awake = zip([up, *(back for _, back in lies)], [*(lay for lay, _ in lies), to_bed], strict=True)
    return (*awake, *_nightly(midnight, chance[8:], wanders(seed, who, day)))


def _nightly(midnight: float, chance: list[float], wandering: bool) -> Iterator[Span]:
    for nth, about in enumerate(TRIPS):
        left = midnight + about + (chance[nth] - 0.5) * HOUR
        if wandering and nth == WANDERS_AT:
            yield left, left + (25 + 50 * chance[3 + nth]) * MINUTE
        elif chance[6 + nth] < TRIP_SHARE:
            yield left, left + (4 + 9 * chance[3 + nth]) * MINUTE


def _still(seed: int, who: int, day: int) -> Span | None:
    """Back to bed after breakfast, and no movement there until the late afternoon."""
    if not lies_still(seed, who, day):
        return None
    begins = day * DAY - SHANGHAI + (7.8 + 0.5 * float(uniform(seed, who, 634, day))) * HOUR
    return begins, begins + (6.5 + float(uniform(seed, who, 635, day))) * HOUR


@lru_cache(maxsize=4096)
def _doors(seed: int, who: int, day: int) -> tuple[Span, ...]:
    midnight = day * DAY - SHANGHAI
    chance = uniform(seed, who, 636, day, np.arange(4)).tolist()
    opened: list[float] = []
    if chance[0] < WALKS and not lies_still(seed, who, day):
        goes = midnight + (10.3 + 0.7 * chance[1]) * HOUR
        opened += [goes, goes + (25 + 45 * chance[2]) * MINUTE]
    if wanders(seed, who, day):
        left = next(
            left
            for left, back in _outings(seed, who, day)
            if back - left > 20 * MINUTE and left > midnight + 22 * HOUR
        )
        opened.append(left + 3 * MINUTE)
    return tuple((at, at + DOOR_STANDS) for at in opened)


def _day(seconds: float) -> int:
    return int((seconds + SHANGHAI) // DAY)
