"""Results with one code as lines over time: each measure and unit apart, with the limits that were sent. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from yiyang.records.r4.body import Number
from yiyang.records.rules import items, words
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
            number, unit = _number(part)
            name = concept(part.get("code"))
            key = words.coding_of(part.get("code"))[1] or name
            names[key] = name
            found.setdefault((key, unit), []).append(_point(resource, part, said, number))
    return [Line(names[key], unit, tuple(points)) for (key, unit), points in found.items()]


def _point(resource: Json, part: Json, said: str, number: float | None) -> Point:
    low, high = _limits(part)
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


def _number(part: Json) -> tuple[float | None, str]:
    quantity = part.get("valueQuantity")
    if isinstance(quantity, Mapping) and "value" in quantity and "comparator" not in quantity:
        return _float(quantity["value"]), words.unit(quantity)
    if isinstance(part.get("valueInteger"), int):
        return float(part["valueInteger"]), ""
    return None, ""


def _limits(part: Json) -> tuple[float | None, float | None]:
    """The limits of the reference range, where there is one alone."""
    ranges = [one for one in parts(part.get("referenceRange")) if isinstance(one, Mapping)]
    if len(ranges) != 1:
        return None, None
    low, high = (ranges[0].get(end) for end in ("low", "high"))
    return tuple(_float(one.get("value")) if isinstance(one, Mapping) else None for one in (low, high))  # type: ignore[return-value]


def _float(value: Any) -> float | None:
    return float(value) if isinstance(value, int | Decimal | Number) else None
