"""What did not happen in time: nobody came back to bed at night, nobody moved by day. Pure.

The same functions judge what is so now and what would have been so last month. Instants are µs since 1970.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

import numpy as np

from yiyang.devices.rules.alarms import Cause, Severity
from yiyang.devices.rules.judging.rules import BadRule
from yiyang.devices.rules.judging.series import SECOND, Reading, trusted
from yiyang.devices.rules.quantities import BY_NAME

WATCHED = (Cause.LEFT_BED, Cause.NO_MOTION)
OUT_OF_BED, DOOR, MOTION, STEPS = (
    BY_NAME[name].no for name in ("OUT_OF_BED", "DOOR_OPEN", "MOTION", "STEPS")
)
MOVING = (OUT_OF_BED, DOOR, MOTION, STEPS)
MOST_MINUTES = 2 * 24 * 60
THROUGH_THE_DOOR = 300 * SECOND  # who moves last so soon after the door was opened may have gone out
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Watch:
    """Between `since` and `until` of the day (over midnight too), `minutes` without what is waited for.

    `after_door`: so many minutes instead, where the door was opened last and the person may have gone out.
    """

    cause: Cause
    since: time
    until: time
    minutes: int
    severity: Severity
    after_door: int = 0
    version: str = ""

    @property
    def patience(self) -> timedelta:
        return timedelta(minutes=self.minutes)


class Absence(NamedTuple):
    """Since `since` something did not happen; at `at` that was too long; until `until`, or still."""

    since: int
    at: int
    until: int | None


class Movement(NamedTuple):
    """`door`: the door was opened just before. `in_bed`: the last word of the bed was that somebody lies in it."""

    at: int
    door: bool = False
    in_bed: bool = False


class Moved(NamedTuple):
    """Movements of one person in the order of time, as arrays: a month of them is many thousands."""

    at: Any
    door: Any
    in_bed: Any

    def one(self, place: int) -> Movement:
        return Movement(int(self.at[place]), bool(self.door[place]), bool(self.in_bed[place]))


def read_watch(code: str, params: Mapping[str, Any], version: str) -> Watch:
    """A row of policy, or of a version that was signed; BadRule says what is wrong."""
    try:
        found = Watch(
            Cause(code), time.fromisoformat(params["since"]), time.fromisoformat(params["until"]),
            int(params["minutes"]), Severity(params["severity"]), int(params.get("after_door", 0)), version,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise BadRule(str(error)) from error
    if found.cause not in WATCHED:
        raise BadRule(code)
    if found.since == found.until:
        raise BadRule("until")
    if not 1 <= found.minutes <= MOST_MINUTES or not 0 <= found.after_door <= MOST_MINUTES:
        raise BadRule("minutes")
    return found


def counts_at(watch: Watch, clock: time) -> bool:
    """Whether an hour of the day is one of those that count."""
    if watch.since < watch.until:
        return watch.since <= clock < watch.until
    return clock >= watch.since or clock < watch.until


def outings(readings: Sequence[Reading]) -> list[tuple[int, int | None]]:
    """Each time out of bed: from the first word of it until the word of being back; None: not back yet."""
    found: list[tuple[int, int | None]] = []
    left: int | None = None
    for one in trusted(readings):
        if one.value >= 0.5:
            left = one.at if left is None else left
        elif left is not None:
            found.append((left, one.at))
            left = None
    return found if left is None else [*found, (left, None)]


def left_bed(watch: Watch, readings: Sequence[Reading], until: int, zone: tzinfo) -> list[Absence]:
    """Who left the bed in the hours of the night and was not back in time."""
    found = []
    for left, back in outings(readings):
        due = left + watch.minutes * 60 * SECOND
        if counts_at(watch, _clock(left, zone)) and due <= (until if back is None else back):
            found.append(Absence(left, due, back))
    return found


def no_motion(
    watch: Watch, moved: Moved, until: int, zone: tzinfo, *, only_in_bed: bool = False
) -> list[Absence]:
    """Gaps between movements that lasted too many of the hours that count.

    `only_in_bed`: nothing but a mattress sees this person move, so that a gap counts only while they lie on it.
    """
    found = []
    ends = np.append(moved.at[1:], until)
    least = min(watch.minutes, watch.after_door or watch.minutes) * 60 * SECOND
    for place in np.flatnonzero(ends - moved.at >= least).tolist():  # a shorter one cannot be too long
        one, last = moved.one(place), place + 1 == len(moved.at)
        due = quiet_too_long(watch, one, zone)
        if due <= ends[place] and (one.in_bed or not only_in_bed):
            found.append(Absence(one.at, due, None if last else int(ends[place])))
    return found


def quiet_too_long(watch: Watch, last: Movement, zone: tzinfo) -> int:
    """When it was too long since a movement: hours of the night, in which people sleep, are not counted."""
    minutes = watch.after_door if last.door and watch.after_door else watch.minutes
    left, at = timedelta(minutes=minutes), _local(last.at, zone)
    day = at.date() - timedelta(days=1)
    while True:
        begins = datetime.combine(day, watch.since, zone)
        ends = datetime.combine(day + timedelta(days=watch.until <= watch.since), watch.until, zone)
        begins = max(begins, at)
        if begins < ends:
            if begins + left <= ends:
                return _micro(begins + left)
            left -= ends - begins
        day += timedelta(days=1)


def movements(readings: Mapping[int, Sequence[Reading]], *, lay: bool = False) -> list[Movement]:
    """When somebody moved, of single readings. `lay`: whether they lay in bed when these begin."""
    rows = [(code, one.at, one.value) for code in MOVING for one in trusted(readings.get(code, ()))]
    code, at, value = (np.array(column) for column in zip(*rows, strict=True)) if rows else (np.zeros(0),) * 3
    found = moved(code, at, value, lay=lay)
    return [found.one(place) for place in range(len(found.at))]


def moved(code: Any, at: Any, value: Any, *, lay: bool = False) -> Moved:
    """When somebody moved, in the order of time: what sensors saw, a door, a step more than before, leaving the bed
    and finding it. Of trusted readings; those of each quantity in the order of time."""
    doors, motion = (at[(code == one) & (value >= 0.5)] for one in (DOOR, MOTION))
    words, out = at[code == OUT_OF_BED], value[code == OUT_OF_BED] >= 0.5
    left_or_back = words[out != np.concatenate([[False], out[:-1]])] if len(out) else words
    walked, steps = at[code == STEPS], value[code == STEPS]
    stepped = walked[1:][(steps[1:] != steps[:-1]) & (steps[1:] != 0)]
    found = np.unique(np.concatenate([doors, motion, left_or_back, stepped])).astype(np.int64)
    return Moved(found, _lately(doors, found, THROUGH_THE_DOOR), _lies(words, out, found, lay))


def _lately(happened: Any, at: Any, within: int) -> Any:
    """At which instants something had happened so shortly before."""
    place = np.searchsorted(happened, at, "right") - 1
    if not len(happened):
        return np.zeros(len(at), bool)
    return (place >= 0) & (happened[place] >= at - within)


def _lies(words: Any, out: Any, at: Any, lay: bool) -> Any:
    """At which instants the last word of the bed was that somebody lies in it."""
    if not len(words):
        return np.full(len(at), lay)
    place = np.searchsorted(words, at, "right") - 1
    return np.where(place >= 0, ~out[place], lay)


def _clock(at: int, zone: tzinfo) -> time:
    return _local(at, zone).time()


def _local(at: int, zone: tzinfo) -> datetime:
    return (EPOCH + timedelta(microseconds=at)).astimezone(zone)


def _micro(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
