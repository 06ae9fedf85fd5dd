"""The values of a resource for each of its search parameters."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from yiyang.records.r4 import definitions
from yiyang.records.r4.dates import Span
from yiyang.records.r4.extracting.compiling import Reading, walk
from yiyang.records.r4.extracting.index import Index, Row
from yiyang.records.r4.extracting.parameters import Parameter, parameters
from yiyang.records.r4.extracting.typed import typed
from yiyang.records.r4.extracting.values import Referred, Together, Value
from yiyang.records.r4.references import target

# Columns of their own hold these.
APART = ("_id", "_lastUpdated")

# When something happened, before when it was written down; the first that a type has.
MAIN_DATES = (
    "date", "effective-time", "effective", "whenhandedover", "occurrence", "started", "start", "start-date",
    "period", "collected", "onset-date", "authoredon", "authored-on", "authored", "sent", "when", "recorded",
    "issued", "created", "birthdate", "recorded-date", "expiration-date", "modified",
)  # fmt: skip

# By which parameters a resource says first whose it is.
USUAL = ("patient", "subject", "beneficiary")


def extract(resource: dict[str, Any], base: str = "") -> Index:
    """The index row. `base` is the address under which this server is known, for absolute references to it."""
    name = str(resource["resourceType"])
    row = Row()
    main = main_date(name)
    for parameter in parameters(name).values():
        if parameter.code in APART or parameter.type == "composite" or parameter.parts:
            continue
        found = values(parameter, resource, base)
        if parameter.code == main:
            row.occurred = next((one for one in found if isinstance(one, Span)), None)
            row.note(parameter.code, bool(row.occurred))
        else:
            row.add(parameter.code, found)
    return row.index()


@lru_cache(maxsize=256)
def main_date(of: str) -> str:
    """The parameter that says when a resource of this type happened; empty when none says it once."""
    single = {
        one.code
        for one in parameters(of).values()
        if one.type == "date" and one.code not in APART and not one.reading.many
    }
    return next((code for code in MAIN_DATES if code in single), min(single, default=""))


def values(parameter: Parameter, resource: dict[str, Any], base: str = "") -> list[Value]:
    """What a parameter finds in a resource, in the order of the resource."""
    if parameter.type == "composite":
        return list(_together(parameter, resource, base))
    return list(_typed(parameter, parameter.reading, resource, None, base))


def _typed(
    parameter: Parameter, reading: Reading, resource: dict[str, Any], start: Any, base: str
) -> Iterator[Value]:
    if reading.truth is not None:
        yield from typed(parameter.type, "boolean", reading.truth(resource))
        return
    for route in reading.routes:
        begin = resource if route.from_resource or start is None else start
        for value in walk(begin, route.steps, resource):
            yield from typed(parameter.type, route.type, value, route.system, base)


def _together(parameter: Parameter, resource: dict[str, Any], base: str) -> Iterator[Together]:
    for place, route in enumerate(parameter.reading.routes):
        for start in walk(resource, route.steps, resource):
            parts = tuple(
                tuple(_typed(one.parameter, one.readings[place], resource, start, base))
                for one in parameter.components
            )
            if all(parts):
                yield Together(parts)


def person_references(resource: dict[str, Any], base: str = "") -> list[str]:
    """Whose resource it is: "Patient/ID" of all persons by whom it belongs to a record, the main one first."""
    name = str(resource["resourceType"])
    known = parameters(name)
    found: dict[str, None] = {}
    for code in _compartment(name):
        for value in values(known[code], resource, base):
            to = value.target if isinstance(value, Referred) else None
            if to is not None and to.type == "Patient" and not to.address:
                found[str(to)] = None
    return list(found)


@lru_cache(maxsize=256)
def _compartment(of: str) -> tuple[str, ...]:
    """HL7's patient compartment; a type outside of it (Task, Device) is somebody's by its patient or subject."""
    codes = definitions.compartment().get(of, ())
    return tuple(one for one in dict.fromkeys((*USUAL, *codes)) if one in parameters(of))


def own_references(resource: Any, base: str = "") -> list[str]:
    """Every literal reference to a resource of this server, anywhere in a resource, once each."""
    found: dict[str, None] = {}
    waiting = [resource]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            text = one.get("reference")
            to = target(text, base) if isinstance(text, str) else None
            if to is not None and to.id and not to.address:
                found[str(to)] = None
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return list(found)
