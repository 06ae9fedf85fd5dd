"""Results with one code as lines over time: each measure and unit apart, with the limits that were sent. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yiyang.records.rules import items, words
from yiyang.records.rules.judging import limits_of, number_of
from yiyang.records.rules.words import Json, concept, parts


@dataclass(frozen=True)
class Point:
    """One value as it was sent; `number` is None for a value in words."""

    id: str
    at: datetime
    when: str
    words: str
    number: float | None
    low: float | None
    high: float | None
    limits: str
    flag: str
    who: str
    struck: bool


@dataclass(frozen=True)
class Line:
    name: str
    unit: str
    points: tuple[Point, ...]
    code: str = ""

    @property
    def drawn(self) -> list[Point]:
        """What can be drawn: numbers that were not entered in error."""
        return [one for one in self.points if one.number is not None and not one.struck]


def lines(resources: Iterable[Mapping[str, Any]]) -> list[Line]:
    """The oldest first; parts of a panel are lines of their own."""
    found: dict[tuple[str, str], list[Point]] = {}
    names: dict[str, str] = {}
    for resource in resources:
        for part in (resource, *parts(resource.get("component"))):
            if not isinstance(part, Mapping) or not (said := items.value(part)):
                continue
            number, unit = number_of(part)
            name = concept(part.get("code"))
            key = words.coding_of(part.get("code"))[1] or name
            names[key] = name
            found.setdefault((key, unit), []).append(_point(resource, part, said, number))
    return [Line(names[key], unit, tuple(points), key) for (key, unit), points in found.items()]


def _point(resource: Json, part: Json, said: str, number: float | None) -> Point:
    low, high = limits_of(part)
    return Point(
        id=str(resource.get("id", "")),
        at=resource["starts_at"],
        when=items.when_of(resource),
        words=said,
        number=number,
        low=low,
        high=high,
        limits=items.limits_of(part),
        flag=items.flag_of(part),
        who=items.who_of(resource, {}),
        struck=items.state_of(resource) == "entered-in-error",
    )
