"""The search parameters of each type of resource, compiled once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

from yiyang.records.r4 import definitions
from yiyang.records.r4.definitions import SearchParameter
from yiyang.records.r4.extracting.compiling import Reading, compile_expression, compile_part

# HL7 gives these no expression: they ask for more than a value of the resource.
WITHOUT_EXPRESSION = ("_text", "_content", "_query")


@dataclass(frozen=True)
class Component:
    """A part of a composite: the parameter it is compared as, and what is read from each of its places."""

    parameter: Parameter
    readings: tuple[Reading, ...]
    """One for each route of the composite."""


@dataclass(frozen=True)
class Parameter:
    code: str
    type: str
    reading: Reading
    targets: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    parts: tuple[str, ...] = ()
    """Other parameters that find the same between them: this one is looked for by theirs, and keeps no keys."""


def names(of: str, code: str) -> tuple[str, ...]:
    """Under which parameters the keys of this one are kept."""
    known = parameters(of).get(code)
    return (known.parts or (code,)) if known is not None else (code,)


@lru_cache(maxsize=256)
def parameters(of: str) -> dict[str, Parameter]:
    """Every parameter of a type of resource, by its code."""
    given = [one for one in definitions.search_parameters(of).values() if one.expression]
    found: dict[str, Parameter] = {}
    for one in sorted(given, key=lambda one: one.kind == "composite"):
        found[one.code] = _parameter(of, one, found)
    for code in sorted(found):
        found[code] = replace(found[code], parts=_parts(found[code], found))
    return found


def _parts(one: Parameter, others: dict[str, Parameter]) -> tuple[str, ...]:
    """`combo-code` is `code` and `component-code`; dates are left alone, the main one has columns of its own."""
    routes = set(one.reading.routes)
    if one.type in ("composite", "date", "special") or not routes:
        return ()
    alike = [
        other for other in others.values() if other.type == one.type and not other.parts and other is not one
    ]
    for other in alike:
        if set(other.reading.routes) == routes and other.code < one.code:
            return (other.code,)
    smaller = [other for other in alike if set(other.reading.routes) < routes]
    covered = {route for other in smaller for route in other.reading.routes}
    return tuple(other.code for other in smaller) if covered == routes else ()


def _parameter(of: str, given: SearchParameter, others: dict[str, Parameter]) -> Parameter:
    reading = compile_expression(given.expression, of)
    components = tuple(
        Component(others[one.code], tuple(compile_part(one.expression, route) for route in reading.routes))
        for one in given.component
    )
    return Parameter(given.code, given.kind, reading, given.target, components)
