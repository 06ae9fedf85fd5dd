"""Whether a result is as it should be: what the laboratory says of it, else the limits that came with it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from yiyang.records.r4.body import Number
from yiyang.records.rules import words
from yiyang.records.rules.words import Json, parts

NORMAL, HIGH, LOW, ODD = "NORMAL", "HIGH", "LOW", "ODD"
INTERPRETED = {
    "N": NORMAL, "H": HIGH, "HH": HIGH, "HU": HIGH, ">": HIGH, "L": LOW, "LL": LOW, "LU": LOW, "<": LOW,
    "A": ODD, "AA": ODD, "POS": ODD, "NEG": NORMAL,
}  # fmt: skip
Limits = tuple[float | None, float | None]


def judged(resource: Json) -> str:
    """NORMAL, HIGH, LOW or ODD, of a panel the first part that is not normal; empty when nothing says."""
    inner = [one for one in parts(resource.get("component")) if isinstance(one, Mapping)]
    told = [said for one in (resource, *inner) if (said := _part(one))]
    return next((one for one in told if one != NORMAL), NORMAL if told else "")


def within(value: float, limits: Limits) -> str:
    low, high = limits
    if low is None and high is None:
        return ""
    return LOW if low is not None and value < low else HIGH if high is not None and value > high else NORMAL


def number_of(part: Json) -> tuple[float | None, str]:
    """The value as a number with its unit; None for words, and for more or less than."""
    quantity = part.get("valueQuantity")
    if isinstance(quantity, Mapping) and "value" in quantity and "comparator" not in quantity:
        return _float(quantity["value"]), words.unit(quantity)
    if isinstance(part.get("valueInteger"), int):
        return float(part["valueInteger"]), ""
    return None, ""


def limits_of(part: Json) -> Limits:
    """The limits of the reference range, where there is one alone."""
    ranges = [one for one in parts(part.get("referenceRange")) if isinstance(one, Mapping)]
    if len(ranges) != 1:
        return None, None
    low, high = (ranges[0].get(end) for end in ("low", "high"))
    return _end(low), _end(high)


def _part(part: Json) -> str:
    for one in parts(part.get("interpretation")):
        if said := INTERPRETED.get(words.coding_of(one)[1]):
            return said
    number, _unit = number_of(part)
    return "" if number is None else within(number, limits_of(part))


def _end(one: Any) -> float | None:
    return _float(one.get("value")) if isinstance(one, Mapping) else None


def _float(value: Any) -> float | None:
    return float(value) if isinstance(value, int | Decimal | Number) else None
