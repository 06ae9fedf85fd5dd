"""The search parameters of each type of resource, compiled once."""

from __future__ import annotations

from dataclasses import dataclass
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


@lru_cache(maxsize=256)
def parameters(of: str) -> dict[str, Parameter]:
    """Every parameter of a type of resource, by its code."""
    given = [one for one in definitions.search_parameters(of).values() if one.expression]
    found: dict[str, Parameter] = {}
    for one in sorted(given, key=lambda one: one.kind == "composite"):
        found[one.code] = _parameter(of, one, found)
    return found


def _parameter(of: str, given: SearchParameter, others: dict[str, Parameter]) -> Parameter:
    reading = compile_expression(given.expression, of)
    components = tuple(
        Component(others[one.code], tuple(compile_part(one.expression, route) for route in reading.routes))
        for one in given.component
    )
    return Parameter(given.code, given.kind, reading, given.target, components)
