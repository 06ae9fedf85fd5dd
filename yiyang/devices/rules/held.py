"""Which limits held when, as lines of a chart: those of the rules, and where a clinician set own ones. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from yiyang.devices.rules.alarms import Severity
from yiyang.devices.rules.judging.rules import HIGH, LOW, Rule


@dataclass(frozen=True, slots=True)
class Line:
    """Readings on this side of `value` alarmed from `since` to `until`; `severity` "" where no rule alarms there."""

    side: str
    value: float
    severity: str
    own: bool
    since: datetime
    until: datetime

    @property
    def shown(self) -> str:
        return f"{self.value:g}"

    @property
    def grave(self) -> bool:
        return self.severity == Severity.EMERGENCY


@dataclass(frozen=True, slots=True)
class Piece:
    """A time in which the same held: the rules as they stood for the person, and the person's own limits."""

    since: datetime
    until: datetime
    rules: Sequence[Rule]
    low: float | None = None
    high: float | None = None


def lines(pieces: Iterable[Piece]) -> list[Line]:
    """One line for each limit and time; what goes on unchanged is one line."""
    found: list[Line] = []
    for piece in pieces:
        for one in _of(piece):
            before = next((n for n, other in enumerate(found) if _goes_on(other, one)), None)
            if before is None:
                found.append(one)
            else:
                found[before] = replace(found[before], until=one.until)
    return sorted(found, key=lambda one: (one.side, one.since, one.value))


def _of(piece: Piece) -> list[Line]:
    own = {LOW: piece.low, HIGH: piece.high}
    found: dict[tuple[str, float], Line] = {}
    ruled = set()
    for rule in piece.rules:
        if rule.change_seconds or not rule.quantity:
            continue
        ruled.add(rule.side)
        for level in rule.levels:
            line = Line(
                rule.side,
                level.limit,
                level.severity.value,
                own[rule.side] is not None,
                piece.since,
                piece.until,
            )
            found.setdefault((rule.side, level.limit), line)
    for side, value in own.items():
        if value is not None and side not in ruled:
            found[side, value] = Line(side, value, "", True, piece.since, piece.until)
    return list(found.values())


def _goes_on(before: Line, after: Line) -> bool:
    return before.until == after.since and replace(before, since=after.since, until=after.until) == after
