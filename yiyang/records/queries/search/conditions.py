"""Conditions of a search as SQL over the rows of `records_index i`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from yiyang.records.r4 import texts, units
from yiyang.records.r4.dates import Span
from yiyang.records.r4.extracting import keys, main_date, names, parameters
from yiyang.records.r4.extracting.index import seconds
from yiyang.records.r4.search.matching import approximately
from yiyang.records.r4.search.query import (
    Condition,
    Missing,
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
from yiyang.records.stored import NOBODY

BY_KEYS = re.compile(r"i\.tokens (?:@>|&&) %\(w\d+\)s::bigint\[\]")
ASKED_OF_ROW = r"CASE WHEN \g<0> THEN true ELSE false END"


@dataclass
class Where:
    """A condition in the making: its text, its values by name, and what may be said of it."""

    parts: list[str] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    exact: bool = True
    """Whether the index alone decides (but for keys that are the same by chance)."""
    tokens: list[tuple[int, ...]] = field(default_factory=list)
    """Keys of which each result has at least one: by these the results may be begun from."""

    def name(self, value: Any) -> str:
        """A placeholder for a value."""
        name = f"w{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"

    def add(self, part: str) -> None:
        self.parts.append(part)

    @property
    def text(self) -> str:
        return " AND ".join(self.parts) or "true"

    def only_of(self, persons: Iterable[UUID]) -> None:
        """Rows of these persons, or of nobody's, asked of the rows that keys have found."""
        held = f"i.person_id = ANY({self.name([*persons, NOBODY])}::uuid[])"
        self.add(f"CASE WHEN {held} THEN true ELSE false END")

    def apart_from_keys(self) -> Where:
        """The same, so written that the database asks keys of the rows it has found otherwise, and looks up none.

        For each of many persons it would read anew where a common key occurs.
        """
        return replace(self, parts=[BY_KEYS.sub(ASKED_OF_ROW, one) for one in self.parts])


@dataclass(frozen=True)
class Scene:
    """What a condition is read in: the types searched, and the time by which "about" is measured."""

    types: Sequence[str]
    at: datetime

    def names(self, parameter: str) -> tuple[str, ...]:
        """Under which parameters its keys are kept."""
        return names(self.types[0], parameter) if len(self.types) == 1 else (parameter,)

    @property
    def main(self) -> str:
        return main_date(self.types[0]) if len(self.types) == 1 else ""


def add(where: Where, condition: Condition, scene: Scene) -> None:
    """Put one condition to the others."""
    if condition.parameter == "_id":
        where.add(_ids(where, condition))
    elif isinstance(condition.wanted[0], Missing):
        where.add(_missing(where, condition, scene))
    else:
        part = any_of(where, condition, scene)
        where.add(f"NOT {part}" if condition.negative else part)


def any_of(where: Where, condition: Condition, scene: Scene) -> str:
    """At least one of the values fits."""
    tokens: list[int] = []
    others: list[str] = []
    for name in scene.names(condition.parameter):
        named = replace(condition, parameter=name)
        for wanted in condition.wanted:
            found = KEYS[type(wanted)](named, wanted) if type(wanted) in KEYS else None
            if found is not None:
                tokens += found
            else:
                others.append(PARTS[type(wanted)](where, named, wanted, scene))
    if tokens:
        found_keys = tuple(dict.fromkeys(tokens))
        if not others and not condition.negative:
            where.tokens.append(found_keys)
        others.append(has_token(where, found_keys))
    return f"({' OR '.join(others)})"


def has_token(where: Where, tokens: Iterable[int]) -> str:
    found = list(tokens)
    sign = "@>" if len(found) == 1 else "&&"
    return f"i.tokens {sign} {where.name(found)}::bigint[]"


def _missing(where: Where, condition: Condition, scene: Scene) -> str:
    asked = {one.missing for one in condition.wanted if isinstance(one, Missing)}
    if len(asked) == 2:
        return "true"
    if condition.parameter == "_lastUpdated":
        return "false" if asked == {True} else "true"
    there = has_token(where, [keys.present(one) for one in scene.names(condition.parameter)])
    return f"NOT {there}" if asked == {True} else there


def _ids(where: Where, condition: Condition) -> str:
    if isinstance(condition.wanted[0], Missing):
        return "false" if condition.wanted[0].missing else "true"
    asked = [one.code for one in condition.wanted if isinstance(one, WantedToken) and not one.system]
    there = f"i.id = ANY({where.name(asked)})"
    return f"NOT {there}" if condition.negative else there


def _token(condition: Condition, wanted: WantedToken) -> list[int]:
    name = condition.parameter
    if condition.type == "reference":
        name = keys.identifier(name)
    if wanted.code is None:
        return [keys.system(name, wanted.system or "")]
    if wanted.system is None:
        return [keys.code(name, wanted.code)]
    return [keys.coded(name, (wanted.system, wanted.code))]


def _kind(condition: Condition, wanted: WantedKind) -> list[int]:
    if not wanted.system:
        return [keys.kind_code(condition.parameter, wanted.code, wanted.value)]
    return [keys.of_type(condition.parameter, (wanted.system, wanted.code), wanted.value)]


def _reference(condition: Condition, wanted: WantedReference) -> list[int]:
    return [keys.reference(condition.parameter, one) for one in wanted.targets]


def _uri(condition: Condition, wanted: WantedUri) -> list[int]:
    if condition.modifier == "below":
        return [keys.below(condition.parameter, wanted.text)]
    if condition.modifier == "above":
        return [keys.uri(condition.parameter, one) for one in keys.prefixes(wanted.text)]
    return [keys.uri(condition.parameter, wanted.text)]


def _whole_text(condition: Condition, wanted: WantedText) -> list[int] | None:
    return [keys.exactly(condition.parameter, wanted.text)] if condition.modifier == "exact" else None


def _text(where: Where, condition: Condition, wanted: WantedText, _scene: Scene) -> str:
    words = texts.normal(wanted.text)
    name = f"{condition.parameter}:text" if condition.modifier == "text" else condition.parameter
    anywhere = condition.modifier in ("contains", "text") or texts.is_han(words)
    begin = f"{keys.FIELD}{name}{keys.PART}"
    if anywhere:
        pattern = f"{re.escape(begin)}[^{keys.FIELD}]*{_in_pattern(words)}"
        return f"i.strings ~ {where.name(pattern)}"
    escaped = begin + re.sub(r"([\\%_])", r"\\\1", words)
    return f"i.strings LIKE {where.name(f'%{escaped}%')}"


def _in_pattern(words: str) -> str:
    return re.sub(r"([^\w\s])", r"\\\1", words)


def _span(where: Where, condition: Condition, wanted: WantedSpan, scene: Scene) -> str:
    span = approximately(wanted, scene.at)
    if condition.parameter == "_lastUpdated":
        return _moment(where, wanted.prefix, span)
    if condition.parameter == scene.main:
        start, end = (f"{where.name(one)}::timestamptz" for one in (span.start, span.end))
        return f"({_compared(wanted.prefix, 'i.starts_at', 'i.ends_at', start, end)})"
    start, end = (f"{where.name(seconds(one))}::float8" for one in (span.start, span.end))
    return _range(
        where, keys.range_key(condition.parameter), _compared(wanted.prefix, "r.low", "r.high", start, end)
    )


def _compared(prefix: str, low: str, high: str, start: str, end: str) -> str:
    """The same comparisons as in `matching`; where it follows, also by the beginning alone, which is in order."""
    within = f"{low} >= {start} AND {low} < {end} AND {high} <= {end}"
    return {
        "eq": within,
        "ne": f"NOT ({low} >= {start} AND {high} <= {end})",
        "gt": f"{high} > {end}",
        "lt": f"{low} < {start}",
        "ge": f"({high} > {end} OR ({within}))",
        "le": f"{low} < {end} AND ({low} < {start} OR {high} <= {end})",
        "sa": f"{low} >= {end}",
        "eb": f"{low} < {start} AND {high} <= {start}",
        "ap": f"{low} < {end} AND {high} > {start}",
    }[prefix]


def _moment(where: Where, prefix: str, span: Span) -> str:
    """An instant without width."""
    start, end = (f"{where.name(one)}::timestamptz" for one in (span.start, span.end))
    return {
        "eq": f"(i.updated_at >= {start} AND i.updated_at < {end})",
        "ne": f"NOT (i.updated_at >= {start} AND i.updated_at < {end})",
        "gt": f"i.updated_at >= {end}",
        "sa": f"i.updated_at >= {end}",
        "lt": f"i.updated_at < {start}",
        "eb": f"i.updated_at < {start}",
        "ge": f"i.updated_at >= {start}",
        "le": f"i.updated_at < {end}",
        "ap": f"(i.updated_at >= {start} AND i.updated_at < {end})",
    }[prefix]


def _range(where: Where, key: int, comparison: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM unnest(i.range_keys, i.range_lows, i.range_highs) AS r (key, low, high)"
        f" WHERE r.key = {where.name(key)}::bigint AND {comparison})"
    )


def _amount(where: Where, condition: Condition, wanted: WantedAmount, _scene: Scene) -> str:
    key, factor = _unit(condition.parameter, wanted)
    if wanted.system is not None and not wanted.code:
        where.exact = False
    tenth = abs(wanted.number) / 10
    numbers = [wanted.number, wanted.low, wanted.high, wanted.number - tenth, wanted.number + tenth]
    number, low, high, least, most = (f"{where.name(keys.as_float(one * factor))}::float8" for one in numbers)
    comparison = {
        "eq": f"r.low >= {low} AND r.high < {high}",
        "ne": f"NOT (r.low >= {low} AND r.high < {high})",
        "gt": f"r.high > {number}",
        "ge": f"r.high >= {number}",
        "lt": f"r.low < {number}",
        "le": f"r.low <= {number}",
        "sa": f"r.low > {number}",
        "eb": f"r.high < {number}",
        "ap": f"r.low <= {most} AND r.high >= {least}",
    }[wanted.prefix]
    return _range(where, key, comparison)


def _unit(parameter: str, wanted: WantedAmount) -> tuple[int, Any]:
    """Under which key the amounts lie that can be compared, and by what the number is multiplied for it."""
    if not wanted.code:
        return keys.range_key(parameter), 1
    if wanted.system is None:
        return keys.range_key(parameter, "unit", wanted.code), 1
    base = units.canonical(wanted.code) if wanted.system == units.UCUM else None
    if base is None:
        return keys.range_key(parameter, "code", wanted.system, wanted.code), 1
    return keys.range_key(parameter, "kind", base[1]), base[0]


def _place(where: Where, condition: Condition, _wanted: WantedPlace, _scene: Scene) -> str:
    where.exact = False
    return has_token(where, [keys.present(condition.parameter)])


def _together(where: Where, condition: Condition, wanted: WantedTogether, scene: Scene) -> str:
    """Each component by itself; whether they stand together is seen in the resource."""
    parameter = parameters(scene.types[0])[condition.parameter]
    whole = all(not route.steps for route in parameter.reading.routes)
    parts = []
    for component, one in zip(parameter.components, wanted.parts, strict=True):
        if not whole or component.parameter.reading.many:
            where.exact = False
        single = Condition(component.parameter.code, component.parameter.type, "", (one,))
        parts.append(any_of(where, single, scene))
    return f"({' AND '.join(parts)})"


KEYS: dict[type, Callable[[Condition, Any], list[int] | None]] = {
    WantedToken: _token,
    WantedKind: _kind,
    WantedReference: _reference,
    WantedUri: _uri,
    WantedText: _whole_text,
}
PARTS: dict[type[Wanted], Callable[[Where, Condition, Any, Scene], str]] = {
    WantedText: _text,
    WantedSpan: _span,
    WantedAmount: _amount,
    WantedPlace: _place,
    WantedTogether: _together,
}
