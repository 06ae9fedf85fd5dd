"""A search is read as a whole before anything is looked for; what is wrong in it is said by name."""

from __future__ import annotations

from collections.abc import Sequence

from yiyang.records.r4 import definitions
from yiyang.records.r4.extracting import Parameter, parameters
from yiyang.records.r4.search import controls
from yiyang.records.r4.search.query import Chain, Condition, Has, Part, Query, Wanted, WantedSet, WantedToken
from yiyang.records.r4.search.refusals import (
    SearchChainUnfit,
    SearchParameterUnknown,
    SearchTooLarge,
    SearchTypeUnknown,
    SearchValueMalformed,
)
from yiyang.records.r4.search.wanted import LONGEST, check_modifier, is_text, malformed, read
from yiyang.records.r4.search.writing import parts

DEEPEST = 3
MOST_PARAMETERS = 60
MOST_VALUES = 500

# Read by whoever answers, not by the search.
ELSEWHERE = ("_format", "_pretty")


def parse(
    of: str | None, given: Sequence[tuple[str, str]], handling: str = "lenient", base: str = ""
) -> Query:
    """The query for a type; for all types (or those of `_type`) when `of` is None.

    A parameter that is not known is refused when `handling` is "strict", else left out and named in `ignored`.
    """
    if len(given) > MOST_PARAMETERS:
        raise SearchTooLarge(parameter=given[MOST_PARAMETERS][0], most=MOST_PARAMETERS)
    types = (of,) if of else _types(given)
    reader = controls.Controls(types)
    conditions: list[Part] = []
    used, ignored = [], []
    for name, value in given:
        if name in ELSEWHERE or (name == "_type" and of is None):
            used += [(name, value)] if name == "_type" else []
            continue
        if not value and handling != "strict":
            ignored.append(name)
            continue
        try:
            if not reader.take(name, value):
                conditions.append(condition(types, name, value, base))
        except SearchParameterUnknown:
            if handling == "strict":
                raise
            ignored.append(name)
            continue
        used.append((name, value))
    return reader.query(tuple(dict.fromkeys(conditions)), tuple(used), tuple(ignored))


def condition(types: Sequence[str], name: str, value: str, base: str = "") -> Part:
    """One parameter with its value, chains and `_has` to a bounded depth."""
    if name.count(".") + name.count("_has:") > DEEPEST:
        raise SearchTooLarge(parameter=name, most=DEEPEST)
    if name.startswith("_has:"):
        return _has(types, name, value, base)
    first, dot, rest = name.partition(".")
    code, _colon, modifier = first.partition(":")
    parameter = _parameter(types, code)
    if dot:
        return _chain(parameter, modifier, rest, value, base)
    check_modifier(parameter, modifier)
    wanted: tuple[Wanted, ...]
    if modifier in ("in", "not-in"):
        wanted = _members(parameter, value)
    else:
        values = [value] if modifier == "missing" else parts(value, ",")
        if len(values) > MOST_VALUES:
            raise SearchTooLarge(parameter=name, most=MOST_VALUES)
        wanted = tuple(dict.fromkeys(read(parameter, modifier, one, base) for one in values))
    return Condition(code, parameter.type, modifier, wanted)


def _parameter(types: Sequence[str], code: str) -> Parameter:
    """The parameter by this name that all the types have; for several types, one of every resource."""
    found = parameters(types[0]).get(code) if types else None
    if found is None or (len(types) > 1 and not code.startswith("_")):
        raise SearchParameterUnknown(type=", ".join(types[:3]), parameter=code)
    return found


def _chain(parameter: Parameter, modifier: str, rest: str, value: str, base: str) -> Chain:
    targets = (modifier,) if modifier else parameter.targets
    unfit = SearchChainUnfit(parameter=f"{parameter.code}.{rest}", type=modifier or parameter.code)
    if parameter.type != "reference" or not set(targets) <= set(parameter.targets):
        raise unfit
    found: list[tuple[str, Part]] = []
    for one in targets:
        try:
            found.append((one, condition([one], rest, value, base)))
        except (SearchParameterUnknown, SearchChainUnfit):
            continue
    if not found:
        raise unfit
    return Chain(parameter.code, tuple(found))


def _has(types: Sequence[str], name: str, value: str, base: str) -> Has:
    pieces = name.split(":", 3)
    if len(pieces) < 4:
        raise SearchParameterUnknown(type=", ".join(types[:3]), parameter=name)
    _word, of, code, rest = pieces
    if not definitions.is_resource(of):
        raise SearchTypeUnknown(parameter=name, value=of)
    reference = parameters(of).get(code)
    if reference is None or reference.type != "reference" or not set(types) & set(reference.targets or types):
        raise SearchChainUnfit(parameter=name, type=of)
    return Has(of, code, condition([of], rest, value, base))


def _members(parameter: Parameter, value: str) -> tuple[Wanted, ...]:
    """The codes of a value set; of one that HL7's definitions do not list, only its address."""
    codes = definitions.required_codes(value)
    if not codes:
        if not is_text(value) or len(value) > LONGEST:
            raise malformed(parameter, value, "http://hl7.org/fhir/ValueSet/observation-status")
        return (WantedSet(value),)
    return tuple(WantedToken(system, code) for system, ones in codes.items() for code in sorted(ones))


def _types(given: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    named = [one for name, value in given if name == "_type" for one in value.split(",")]
    for one in named:
        if not definitions.is_resource(one):
            raise SearchTypeUnknown(parameter="_type", value=one)
    if not named and any(name == "_type" for name, _value in given):
        raise SearchValueMalformed(parameter="_type", value="", example="Observation,Condition")
    return tuple(dict.fromkeys(named)) or definitions.types()
