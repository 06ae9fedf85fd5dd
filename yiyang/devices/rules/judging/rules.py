"""A rule as it is read from policy: what it looks at, from where on it alarms, how long it must last. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from yiyang.devices.rules.alarms import GRAVER, Cause, Severity
from yiyang.devices.rules.quantities import BY_NAME, BY_NO

LOOKED_BACK_AT_MOST = 2 * 3600  # as long as readings are at hand one by one
LOW, HIGH = "LOW", "HIGH"


class BadRule(ValueError):
    """A rule that cannot be: says which part of it."""


@dataclass(frozen=True)
class Level:
    limit: float
    severity: Severity


@dataclass(frozen=True)
class Rule:
    """Beyond a level is below its limit on the LOW side, at it or above on the HIGH side. `levels` go from the mildest to the gravest. It alarms when `count` of the last `of` readings are beyond a
    level, or all of them for `seconds`; it ends when as many are back by `margin`. Readings more than `apart`
    seconds from one another do not add up. With `change_seconds` it looks at the change within that time."""

    cause: Cause
    quantity: int
    side: str
    levels: tuple[Level, ...]
    count: int = 1
    of: int = 1
    seconds: int = 0
    margin: float = 0
    apart: int = 900
    change_seconds: int = 0
    only: float | None = None  # a change counts only where the reading itself is beyond this
    version: str = ""

    @property
    def looked_back(self) -> int:
        """How many seconds of readings it needs."""
        return min(
            max(self.of * self.apart, self.seconds + self.apart) + self.change_seconds, LOOKED_BACK_AT_MOST
        )

    @property
    def window(self) -> int:
        """How many seconds lie between the first and the last reading that it may ask for."""
        return max((self.of - 1) * self.apart, self.seconds) + self.change_seconds

    @property
    def worth_from(self) -> float:
        """From where on a reading is worth a look."""
        if self.change_seconds and self.only is not None:
            return self.only
        return self.levels[0].limit

    def level_of(self, value: float) -> int:
        """How many levels a value is beyond; 0 is none."""
        level, low = 0, self.side == LOW
        for place, one in enumerate(self.levels, 1):
            if value < one.limit if low else value >= one.limit:
                level = place
        return level

    def held_at(self, value: float) -> int:
        """The level that a value keeps up, once reached: it ends only beyond the margin."""
        return self.level_of(value + (-self.margin if self.side == LOW else self.margin))

    def severity(self, level: int) -> str:
        return self.levels[level - 1].severity.value if level else ""

    def level_for(self, severity: str) -> int:
        """The level of an alarm that is open."""
        return max((n for n, one in enumerate(self.levels, 1) if one.severity == severity), default=1)


def read(code: str, params: Mapping[str, Any], version: str) -> Rule:
    """A row of policy, or of a version that was signed, as a rule; BadRule says what is wrong."""
    try:
        cause, side = Cause(code), str(params["side"])
        quantity = 0 if cause == Cause.NEWS2 else BY_NAME[str(params["quantity"])].no
        levels = tuple(Level(float(one["limit"]), Severity(one["severity"])) for one in params["levels"])
        rule = Rule(
            cause, quantity, side, levels, int(params.get("count", 1)), int(params.get("of", 1)),
            int(params.get("seconds", 0)), float(params.get("margin", 0)), int(params.get("apart", 900)),
            int(params.get("change_seconds", 0)),
            None if params.get("only") is None else float(params["only"]), version,
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise BadRule(str(error)) from error
    _check(rule)
    return rule


def _check(rule: Rule) -> None:
    limits = [one.limit for one in rule.levels]
    graver = [GRAVER[one.severity.value] for one in rule.levels]
    if rule.side not in (LOW, HIGH) or not limits:
        raise BadRule("side")
    if limits != sorted(limits, reverse=rule.side == LOW) or graver != sorted(set(graver)):
        raise BadRule("levels")
    if not 1 <= rule.count <= rule.of <= 60 or rule.margin < 0 or rule.apart <= 0 or rule.seconds < 0:
        raise BadRule("count")
    if rule.seconds + rule.change_seconds > LOOKED_BACK_AT_MOST:
        raise BadRule("seconds")
    if rule.change_seconds and rule.only is None:
        raise BadRule("only")
    if rule.quantity and not rule.change_seconds:
        known = BY_NO[rule.quantity]
        if any(not known.low <= one <= known.high for one in limits):
            raise BadRule("limit")


def with_own_limits(rule: Rule, low: float | None, high: float | None) -> Rule:
    """A clinician's own limit takes the place of the first one; graver ones keep their distance from it."""
    own = low if rule.side == LOW else high
    if own is None or rule.change_seconds or not rule.quantity:
        return rule
    moved = own - rule.levels[0].limit
    return replace(
        rule,
        levels=tuple(replace(one, limit=round(one.limit + moved, 3)) for one in rule.levels),
        version=f"{rule.version}, own limit {own:g}",
    )
