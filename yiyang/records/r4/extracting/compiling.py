"""From an expression to routes: which keys of the JSON lead to which typed values.

The types are known beforehand from R4's structures, so a value is reached by plain look-ups in dictionaries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from yiyang.records.r4.extracting import paths
from yiyang.records.r4.extracting.elements import children
from yiyang.records.r4.references import resource_type

Found = tuple[str, Any]
"""A value with its FHIR type."""

Test = Callable[[Any, dict[str, Any]], bool]


@dataclass(frozen=True)
class Step:
    key: str
    place: int | None = None
    test: Test | None = None


@dataclass(frozen=True)
class Route:
    steps: tuple[Step, ...]
    type: str
    owner: str
    """Where this type's own elements are found: the type, or the path of a part of a resource."""
    many: bool = False
    from_resource: bool = False
    system: str = ""
    """The code system of a code that is bound to one."""


@dataclass(frozen=True)
class Reading:
    """What an expression came to: routes, or a yes or no on the resource."""

    routes: tuple[Route, ...] = ()
    truth: Callable[[dict[str, Any]], bool] | None = None

    def values(self, resource: dict[str, Any], start: Any = None) -> list[Found]:
        if self.truth is not None:
            return [("boolean", self.truth(resource))]
        found: list[Found] = []
        for route in self.routes:
            begin = resource if route.from_resource or start is None else start
            found += [(route.type, value) for value in walk(begin, route.steps, resource)]
        return found

    @property
    def many(self) -> bool:
        return any(route.many for route in self.routes)


def compile_expression(expression: str, of: str) -> Reading:
    """The reading of an expression on a type of resource."""
    return _reading(paths.parse(expression), Route((), of, of))


def compile_part(expression: str, start: Route) -> Reading:
    """The reading of a component's expression on the values that a composite's own expression leads to."""
    return _reading(paths.parse(expression), Route((), start.type, start.owner))


def walk(value: Any, steps: tuple[Step, ...], resource: dict[str, Any]) -> Iterator[Any]:
    if not steps:
        yield value
        return
    step = steps[0]
    if not isinstance(value, dict) or step.key not in value:
        return
    below = value[step.key]
    ones = below if isinstance(below, list) else [below]
    if step.place is not None:
        ones = ones[step.place : step.place + 1]
    for one in ones:
        if one is not None and (step.test is None or step.test(one, resource)):
            yield from walk(one, steps[1:], resource)


def _reading(node: paths.Node, start: Route) -> Reading:
    if isinstance(node, paths.Both | paths.Differs | paths.Exists):
        return Reading(truth=_truth(node, start))
    return Reading(tuple(dict.fromkeys(_routes(node, start))))


def _truth(node: paths.Node, start: Route) -> Callable[[dict[str, Any]], bool]:
    match node:
        case paths.Both(left, right):
            first, second = _truth(left, start), _truth(right, start)
            return lambda resource: first(resource) and second(resource)
        case paths.Exists(base):
            there = _reading(base, start)
            return lambda resource: bool(there.values(resource))
        case paths.Differs(base, than):
            other = _reading(base, start)
            return lambda resource: any(value is not than for _type, value in other.values(resource))
    raise paths.NotUnderstood(str(node))


def _routes(node: paths.Node, start: Route) -> Iterator[Route]:
    match node:
        case paths.Either(parts):
            for part in parts:
                yield from _routes(part, start)
        case paths.Name(None, name):
            yield from _begin(name, start)
        case paths.Name(base, name) if base is not None:
            for route in _routes(base, start):
                yield from _down(route, name)
        case paths.Root():
            resource = start.owner.split(".")[0]
            yield Route((), resource, resource, from_resource=True)
        case paths.As(base, name):
            yield from (route for route in _routes(base, start) if route.type.lower() == name.lower())
        case paths.At(base, place):
            for route in _routes(base, start):
                yield _with_last(route, place=place)
        case paths.Where(base, field, text):
            for route in _routes(base, start):
                yield _with_last(route, test=Equals(field, text))
        case paths.Resolves(base, name):
            for route in _routes(base, start):
                yield _with_last(route, test=LeadsTo(name))
        case _:
            raise paths.NotUnderstood(str(node))


def _begin(name: str, start: Route) -> Iterator[Route]:
    """A type's name stands for the resource, where it is of that type; else it is an element."""
    if name in (start.owner, "Resource", "DomainResource"):
        yield start
    elif not name[0].isupper():
        yield from _down(start, name)


def _down(route: Route, name: str) -> Iterator[Route]:
    for child in children(route.owner, name):
        yield Route(
            (*route.steps, Step(child.key)),
            child.type,
            child.owner,
            many=route.many or child.many,
            from_resource=route.from_resource,
            system=child.system,
        )


def _with_last(route: Route, place: int | None = None, test: Test | None = None) -> Route:
    *before, last = route.steps
    changed = Step(last.key, last.place if place is None else place, test or last.test)
    many = route.many and place is None
    return Route((*before, changed), route.type, route.owner, many, route.from_resource, route.system)


@dataclass(frozen=True)
class Equals:
    field: str
    text: str

    def __call__(self, value: Any, _resource: dict[str, Any]) -> bool:
        return isinstance(value, dict) and value.get(self.field) == self.text


@dataclass(frozen=True)
class LeadsTo:
    type: str

    def __call__(self, value: Any, resource: dict[str, Any]) -> bool:
        return resource_type(value, resource) == self.type
