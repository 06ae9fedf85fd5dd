"""Whether a resource meets a condition: the exact answer, by which every hit of the index is judged again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from yiyang.records.r4 import texts, units
from yiyang.records.r4.dates import Span
from yiyang.records.r4.extracting import parameters, values
from yiyang.records.r4.extracting.values import (
    Amount,
    Place,
    Referred,
    Text,
    Together,
    Token,
    Uri,
    Value,
)
from yiyang.records.r4.search.query import (
    Chain,
    Condition,
    Has,
    Missing,
    Part,
    Wanted,
    WantedAmount,
    WantedKind,
    WantedPlace,
    WantedReference,
    WantedSpan,
    WantedText,
    WantedTogether,
    WantedToken,
    WantedUri,
)


def meets(resource: dict[str, Any], condition: Part, at: datetime, base: str = "") -> bool:
    """What leads to other resources (chains, `_has`) is not judged here: the database answers it."""
    if isinstance(condition, Chain | Has):
        return True
    parameter = parameters(resource["resourceType"]).get(condition.parameter)
    if parameter is None:
        return False
    found = values(parameter, resource, base)
    if isinstance(condition.wanted[0], Missing):
        return any(isinstance(one, Missing) and one.missing is not bool(found) for one in condition.wanted)
    hit = any(fits(one, wanted, condition, at) for one in found for wanted in condition.wanted)
    return hit is not condition.negative


def fits(value: Value, wanted: Wanted, condition: Condition, at: datetime) -> bool:
    """Whether one value is what one value of the search asks for."""
    judge = JUDGES.get((type(value), type(wanted)))
    return judge is not None and judge(value, wanted, condition, at)


def _token(value: Token, wanted: WantedToken, _condition: Condition, _at: datetime) -> bool:
    return any(
        wanted.system in (None, system) and wanted.code in (None, code)
        for system, code in value.codes
        if code or wanted.code is None
    )


def _kind(value: Token, wanted: WantedKind, _condition: Condition, _at: datetime) -> bool:
    held = any(code == wanted.value for _system, code in value.codes)
    return held and any(
        code == wanted.code and (not wanted.system or system == wanted.system) for system, code in value.kinds
    )


def _token_text(value: Token | Referred, wanted: WantedText, _condition: Condition, _at: datetime) -> bool:
    return any(contains(text, wanted.text) for text in value.texts)


def _reference(value: Referred, wanted: WantedReference, _condition: Condition, _at: datetime) -> bool:
    return value.target is not None and str(value.target) in wanted.targets


def _reference_identifier(value: Referred, wanted: WantedToken, condition: Condition, at: datetime) -> bool:
    return value.identifier is not None and _token(value.identifier, wanted, condition, at)


def _span(value: Span, wanted: WantedSpan, _condition: Condition, at: datetime) -> bool:
    return COMPARED[wanted.prefix](value, approximately(wanted, at))


def approximately(wanted: WantedSpan, at: datetime) -> Span:
    """The span that is compared: for `ap` wider by a tenth of how long it is from now."""
    span = wanted.span
    if wanted.prefix != "ap":
        return span
    tenth = abs(at - span.start) / 10
    return Span(_later(span.start, -tenth), _later(span.end, tenth))


def _later(at: datetime, by: timedelta) -> datetime:
    try:
        return at + by
    except OverflowError:
        return at.replace(year=9999 if by > timedelta(0) else 1, tzinfo=UTC)


COMPARED: dict[str, Callable[[Span, Span], bool]] = {
    "eq": lambda has, asked: asked.start <= has.start and has.end <= asked.end,
    "ne": lambda has, asked: not (asked.start <= has.start and has.end <= asked.end),
    "gt": lambda has, asked: has.end > asked.end,
    "lt": lambda has, asked: has.start < asked.start,
    "ge": lambda has, asked: has.end > asked.end or (asked.start <= has.start and has.end <= asked.end),
    "le": lambda has, asked: has.start < asked.start or (asked.start <= has.start and has.end <= asked.end),
    "sa": lambda has, asked: has.start >= asked.end,
    "eb": lambda has, asked: has.end <= asked.start,
    "ap": lambda has, asked: has.start < asked.end and has.end > asked.start,
}


def _amount(value: Amount, wanted: WantedAmount, _condition: Condition, _at: datetime) -> bool:
    factors = _comparable(value, wanted)
    if factors is None:
        return False
    low = value.low if value.low is None else value.low * factors[0]
    high = value.high if value.high is None else value.high * factors[0]
    number, start, end = (one * factors[1] for one in (wanted.number, wanted.low, wanted.high))
    inside = low is not None and high is not None and start <= low and high < end
    match wanted.prefix:
        case "eq":
            return inside
        case "ne":
            return not inside
        case "gt" | "ge":
            return high is None or high > number or (wanted.prefix == "ge" and high == number)
        case "lt" | "le":
            return low is None or low < number or (wanted.prefix == "le" and low == number)
        case "sa":
            return low is not None and low > number
        case "eb":
            return high is not None and high < number
    tenth = abs(number) / 10
    return (low is None or low <= number + tenth) and (high is None or high >= number - tenth)


def _comparable(value: Amount, wanted: WantedAmount) -> tuple[Fraction, Fraction] | None:
    """By what both are multiplied to be in the same unit; None when they cannot be."""
    if not wanted.code:
        same = wanted.system is None or wanted.system == value.system
        return (Fraction(1), Fraction(1)) if same else None
    if wanted.system is None:
        return (Fraction(1), Fraction(1)) if wanted.code in value.units else None
    if wanted.system != value.system:
        return None
    if wanted.system == units.UCUM:
        one, other = units.canonical(value.code), units.canonical(wanted.code)
        if one is not None and other is not None:
            return (one[0], other[0]) if one[1] == other[1] else None
    return (Fraction(1), Fraction(1)) if wanted.code == value.code else None


def _text(value: Text, wanted: WantedText, condition: Condition, _at: datetime) -> bool:
    if condition.modifier == "exact":
        return value.text == wanted.text
    if condition.modifier == "contains":
        return contains(value.text, wanted.text)
    return begins(value.text, wanted.text)


def contains(text: str, asked: str) -> bool:
    words = texts.normal(asked)
    return any(words in form for form in texts.forms(text))


def begins(text: str, asked: str) -> bool:
    """Chinese has no spaces between its words: there any place may be the beginning of one."""
    words = texts.normal(asked)
    if texts.is_han(words):
        return contains(text, asked)
    return any(form.startswith(words) for form in texts.forms(text))


def _uri(value: Uri, wanted: WantedUri, condition: Condition, _at: datetime) -> bool:
    if condition.modifier == "below":
        return value.text.startswith(wanted.text)
    if condition.modifier == "above":
        return wanted.text.startswith(value.text)
    return value.text == wanted.text


def _place(value: Place, wanted: WantedPlace, _condition: Condition, _at: datetime) -> bool:
    return kilometres(value, wanted) <= wanted.kilometres


def kilometres(one: Place, other: WantedPlace) -> float:
    """Along the surface of the earth."""
    first, second = math.radians(one.latitude), math.radians(other.latitude)
    across = math.radians(one.longitude - other.longitude)
    half = (
        math.sin((first - second) / 2) ** 2 + math.cos(first) * math.cos(second) * math.sin(across / 2) ** 2
    )
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(half)))


def _together(value: Together, wanted: WantedTogether, condition: Condition, at: datetime) -> bool:
    return all(
        any(fits(one, asked, condition, at) for one in part)
        for part, asked in zip(value.parts, wanted.parts, strict=True)
    )


def met(resource: dict[str, Any], conditions: Iterable[Part], at: datetime, base: str = "") -> bool:
    return all(meets(resource, one, at, base) for one in conditions)


Judge = Callable[[Any, Any, Condition, datetime], bool]

JUDGES: dict[tuple[type, type], Judge] = {
    (Token, WantedToken): _token,
    (Token, WantedKind): _kind,
    (Token, WantedText): _token_text,
    (Referred, WantedText): _token_text,
    (Referred, WantedReference): _reference,
    (Referred, WantedToken): _reference_identifier,
    (Span, WantedSpan): _span,
    (Amount, WantedAmount): _amount,
    (Text, WantedText): _text,
    (Uri, WantedUri): _uri,
    (Place, WantedPlace): _place,
    (Together, WantedTogether): _together,
}
