"""What did not happen in time: nobody came back to bed at night, nobody moved by day. Pure.

The same functions judge what is so now and what would have been so last month. Instants are µs since 1970.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple

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
    at: int
    door: bool = False


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


def no_motion(watch: Watch, movements: Sequence[Movement], until: int, zone: tzinfo) -> list[Absence]:
    """Gaps between movements that lasted too many of the hours that count."""
    found = []
    for place, one in enumerate(movements):
        after = movements[place + 1].at if place + 1 < len(movements) else None
        due = quiet_too_long(watch, one, zone)
        if due <= (until if after is None else after):
            found.append(Absence(one.at, due, after))
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


def movements(readings: Mapping[int, Sequence[Reading]]) -> list[Movement]:
    """When somebody moved, in the order of time: what sensors saw, a door, a step more than before, leaving the bed."""
    doors = [one.at for one in trusted(readings.get(DOOR, ())) if one.value >= 0.5]
    at = {one.at for one in trusted(readings.get(MOTION, ())) if one.value >= 0.5}
    for left, back in outings(readings.get(OUT_OF_BED, ())):
        at |= {left} if back is None else {left, back}
    steps = trusted(readings.get(STEPS, ()))
    at |= {one.at for before, one in itertools.pairwise(steps) if one.value not in (0, before.value)}
    found = []
    for moment in sorted({*at, *doors}):
        door = any(moment - THROUGH_THE_DOOR <= opened <= moment for opened in doors)
        found.append(Movement(moment, door))
    return found


def _clock(at: int, zone: tzinfo) -> time:
    return _local(at, zone).time()


def _local(at: int, zone: tzinfo) -> datetime:
    return (EPOCH + timedelta(microseconds=at)).astimezone(zone)


def _micro(at: datetime) -> int:
    return (at - EPOCH) // timedelta(microseconds=1)
