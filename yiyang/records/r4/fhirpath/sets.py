"""Functions of FHIRPath over whole collections: filters, projections, and one set with another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yiyang.records.r4.fhirpath.errors import FhirPathError
from yiyang.records.r4.fhirpath.nodes import Nodes, children
from yiyang.records.r4.fhirpath.operators import boolean, distinct, is_in, single, truth
from yiyang.records.r4.fhirpath.parsing import Tree
from yiyang.records.r4.fhirpath.registry import Closure, Step, closure_of, makes, simple

simple("empty", lambda found: not found)
simple("count", len)
simple("first", lambda found: found[:1])
simple("last", lambda found: found[-1:])
simple("tail", lambda found: found[1:])
simple("single", lambda found: [node] if (node := single(found)) else [])
simple("allTrue", lambda found: all(node.value is True for node in found))
simple("anyTrue", lambda found: any(node.value is True for node in found))
simple("allFalse", lambda found: all(node.value is False for node in found))
simple("anyFalse", lambda found: any(node.value is False for node in found))
simple(
    "hasValue",
    lambda found: len(found) == 1 and type(found[0].value) is not dict and found[0].value is not None,
)
simple("getValue", lambda found: [n for n in found if type(n.value) is not dict and n.value is not None][:1])
simple("children", lambda found: [child for node in found for child in children(node)])


def _filtered(criteria: Closure, found: Nodes, context: Any) -> Nodes:
    context.budget.spend(len(found))
    return [node for at, node in enumerate(found) if boolean(criteria(context.at(node, at)))]


@makes("where", 1)
def _where(tree: Tree) -> Step:
    criteria = closure_of(tree)
    return lambda found, context: _filtered(criteria, found, context)  # type: ignore[arg-type]


@makes("exists", 0, 1)
def _exists(tree: Tree | None = None) -> Step:
    criteria = closure_of(tree)
    if criteria is None:
        return lambda found, _context: truth(bool(found))
    return lambda found, context: truth(bool(_filtered(criteria, found, context)))


@makes("all", 1)
def _all(tree: Tree) -> Step:
    criteria = closure_of(tree)
    return lambda found, context: truth(len(_filtered(criteria, found, context)) == len(found))  # type: ignore[arg-type]


@makes("select", 1)
def _select(tree: Tree) -> Step:
    projection: Any = closure_of(tree)

    def result(found: Nodes, context: Any) -> Nodes:
        context.budget.spend(len(found))
        return [one for at, node in enumerate(found) for one in projection(context.at(node, at))]

    return result


@makes("repeat", 1)
def _repeat(tree: Tree) -> Step:
    projection: Any = closure_of(tree)

    def result(found: Nodes, context: Any) -> Nodes:
        all_found: Nodes = []
        waiting = list(found)
        seen: set[int] = set()
        while waiting:
            fresh = [one for at, node in enumerate(waiting) for one in projection(context.at(node, at))]
            context.budget.spend((len(fresh) + 1) * (len(all_found) + 1))
            waiting = []
            for node in fresh:
                # An object is itself; anything else is compared.
                known = id(node.value) in seen if type(node.value) is dict else is_in(node, all_found)
                if not known:
                    seen.add(id(node.value))
                    waiting.append(node)
                    all_found.append(node)
        return all_found

    return result


@makes("descendants")
def _descendants() -> Step:
    def result(found: Nodes, context: Any) -> Nodes:
        into: Nodes = []
        level = found
        while level:
            level = [child for node in level for child in children(node)]
            context.budget.spend(len(level))
            into += level
        return into

    return result


@makes("distinct")
def _distinct() -> Step:
    return distinct


@makes("isDistinct")
def _is_distinct() -> Step:
    return lambda found, context: truth(len(distinct(found, context)) == len(found))


def _with_other(name: str, compute: Callable[[Nodes, Nodes, Any], Nodes]) -> None:
    """A function of two collections."""

    def maker(tree: Tree) -> Step:
        other: Any = closure_of(tree)
        return lambda found, context: compute(found, other(context), context)

    makes(name, 1)(maker)


_with_other("union", lambda found, other, context: distinct([*found, *other], context))
_with_other("combine", lambda found, other, _context: [*found, *other])
_with_other(
    "intersect", lambda found, other, context: distinct([n for n in found if is_in(n, other)], context)
)
_with_other("exclude", lambda found, other, _context: [node for node in found if not is_in(node, other)])
_with_other("subsetOf", lambda found, other, _context: truth(all(is_in(node, other) for node in found)))
_with_other("supersetOf", lambda found, other, _context: truth(all(is_in(node, found) for node in other)))


def _number(found: Nodes) -> int:
    node = single(found)
    if node is None or type(node.value) is not int:
        raise FhirPathError("a whole number is expected")
    return max(0, node.value)


_with_other("skip", lambda found, number, _context: found[_number(number) :])
_with_other("take", lambda found, number, _context: found[: _number(number)])
