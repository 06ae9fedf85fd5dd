"""Whether readings make, change or end an alarm: the same for what arrives now and for a replay. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from yiyang.devices.rules.judging.rules import LOW, Rule

SECOND = 1_000_000
NOT_TRUE = 2 | 16  # IMPLAUSIBLE, ARTEFACT: kept, never alarmed as truth


class Reading(NamedTuple):
    """`at` in µs since 1970-01-01T00:00Z."""

    at: int
    value: float
    marks: int = 0


@dataclass(frozen=True)
class Change:
    """At a reading the alarm came to a level; 0 ends it."""

    at: int
    level: int
    evidence: tuple[Reading, ...]


def trusted(readings: Iterable[Reading]) -> list[Reading]:
    """In the order of time, without what cannot be true."""
    return sorted(one for one in readings if not one.marks & NOT_TRUE)


def changes(
    rule: Rule, readings: Sequence[Reading], *, level: int = 0, since: int | None = None
) -> list[Change]:
    """How the level changed along trusted readings, from `level` on; those before `since` are only looked back at."""
    measures = _measured(rule, readings)
    low, mildest = rule.side == LOW, rule.levels[0].limit
    found: list[Change] = []
    for place, one in enumerate(measures):
        if since is not None and one.at < since:
            continue
        if not level and not (one.value < mildest if low else one.value >= mildest):
            continue  # what lies beyond no level begins nothing: so it is with nearly all of a month's readings
        window = _window(rule, measures, place)
        after = _next(rule, window, level)
        if after != level:
            level = after
            found.append(Change(one.at, level, tuple(window)))
    return found


def replay(rule: Rule, readings: Iterable[Reading]) -> list[Change]:
    """The alarms that a rule would have made of recorded readings: every rise from nothing, rise, fall and end."""
    return changes(rule, trusted(readings))


def raised(found: Iterable[Change]) -> int:
    """How many alarms these changes are."""
    count, level = 0, 0
    for one in found:
        count += one.level > 0 and level == 0
        level = one.level
    return count


def _measured(rule: Rule, readings: Sequence[Reading]) -> Sequence[Reading]:
    """The readings themselves, or how far each is from the extreme of the time before it."""
    if not rule.change_seconds:
        return readings
    found, start = [], 0
    for place, one in enumerate(readings):
        while readings[start].at < one.at - rule.change_seconds * SECOND:
            start += 1
        before = [other.value for other in readings[start : place + 1]]
        change = one.value - (max(before) if rule.side == LOW else min(before))
        found.append(one._replace(value=change if _counts(rule, one.value) else 0.0))
    return found


def _counts(rule: Rule, value: float) -> bool:
    return rule.only is None or (value < rule.only if rule.side == LOW else value >= rule.only)


def _window(rule: Rule, readings: Sequence[Reading], place: int) -> list[Reading]:
    """The readings that add up with this one: close enough to one another, and no more than are asked for."""
    start, begins = place, readings[place].at - rule.seconds * SECOND
    while start > 0:
        before = readings[start - 1]
        enough = place - start + 1 >= rule.of and readings[start].at <= begins
        if enough or readings[start].at - before.at > rule.apart * SECOND:
            break
        start -= 1
    return list(readings[start : place + 1])


def _next(rule: Rule, window: Sequence[Reading], level: int) -> int:
    reached = max((n for n in range(1, len(rule.levels) + 1) if _lasts(rule, window, n)), default=0)
    if reached >= level:
        return reached
    newest = window[-rule.count :]
    held = max((rule.held_at(one.value) for one in newest), default=0)
    return max(reached, min(level, held)) if len(newest) >= rule.count or held else level


def _lasts(rule: Rule, window: Sequence[Reading], level: int) -> bool:
    """Enough of the last readings are beyond the level, or all of them for long enough; the newest is too."""
    if rule.level_of(window[-1].value) < level:
        return False
    if rule.seconds:
        begins = window[-1].at - rule.seconds * SECOND
        lasting = [one for one in window if one.at >= begins or one is window[0]]
        return window[0].at <= begins and all(rule.level_of(one.value) >= level for one in lasting)
    return sum(rule.level_of(one.value) >= level for one in window[-rule.of :]) >= rule.count
