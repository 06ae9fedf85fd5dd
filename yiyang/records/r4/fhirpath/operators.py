"""The operators of FHIRPath, each a closure over the closures of its two sides."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from yiyang.records.r4.fhirpath.errors import FhirPathError
from yiyang.records.r4.fhirpath.nodes import Node, Nodes, all_alike, as_quantity, as_time, plain, same, system
from yiyang.records.r4.fhirpath.quantities import Quantity
from yiyang.records.r4.fhirpath.temporal import Temporal

Closure = Callable[[Any], Nodes]
YES, NO = [system(True)], [system(False)]


def truth(value: bool | None) -> Nodes:
    return [] if value is None else YES if value else NO


def single(found: Nodes) -> Node | None:
    if len(found) > 1:
        raise FhirPathError("one value is expected, there are several")
    return found[0] if found else None


def boolean(found: Nodes) -> bool | None:
    """One value that is no boolean counts as true."""
    node = single(found)
    if node is None:
        return None
    return bool(node.value) if isinstance(node.value, bool) else True


def equal(left: Nodes, right: Nodes) -> bool | None:
    if not left or not right:
        return None
    if len(left) != len(right):
        return False
    unknown = False
    for one, two in zip(left, right, strict=True):
        found = same(one, two)
        if found is False:
            return False
        unknown = unknown or found is None
    return None if unknown else True


def compared(left: Node, right: Node) -> int | None:
    mine, its = plain(left), plain(right)
    if isinstance(mine, Temporal) or isinstance(its, Temporal):
        one, two = as_time(mine), as_time(its)
        if one is None or two is None:
            raise FhirPathError("a date can only be compared with a date")
        return one.compare(two)
    if isinstance(mine, Quantity) or isinstance(its, Quantity):
        first, second = as_quantity(mine), as_quantity(its)
        return first.compare(second) if first and second else None
    if type(mine) is str and type(its) is str:
        return (mine > its) - (mine < its)
    if is_number(mine) and is_number(its):
        return (mine > its) - (mine < its)
    raise FhirPathError("these two cannot be compared")


def is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def pair(left: Closure, right: Closure, context: Any) -> tuple[Node, Node] | None:
    one, two = single(left(context)), single(right(context))
    return None if one is None or two is None else (one, two)


def _comparison(holds: Callable[[int], bool]) -> Any:
    def make(left: Closure, right: Closure) -> Closure:
        def compare(context: Any) -> Nodes:
            both = pair(left, right, context)
            found = compared(*both) if both else None
            return [] if found is None else truth(holds(found))

        return compare

    return make


def _equality(wanted: bool) -> Any:
    def make(left: Closure, right: Closure) -> Closure:
        def compare(context: Any) -> Nodes:
            found = equal(left(context), right(context))
            return [] if found is None else truth(found is wanted)

        return compare

    return make


def _equivalence(wanted: bool) -> Any:
    def make(left: Closure, right: Closure) -> Closure:
        return lambda context: truth(all_alike(left(context), right(context)) is wanted)

    return make


def _and(left: Closure, right: Closure) -> Closure:
    def both(context: Any) -> Nodes:
        one = boolean(left(context))
        if one is False:
            return NO
        two = boolean(right(context))
        return NO if two is False else truth(True if one and two else None)

    return both


def _or(left: Closure, right: Closure) -> Closure:
    def either(context: Any) -> Nodes:
        one = boolean(left(context))
        if one:
            return YES
        two = boolean(right(context))
        return YES if two else truth(False if one is False and two is False else None)

    return either


def _xor(left: Closure, right: Closure) -> Closure:
    def one_of_both(context: Any) -> Nodes:
        one, two = boolean(left(context)), boolean(right(context))
        return truth(None if one is None or two is None else one is not two)

    return one_of_both


def _implies(left: Closure, right: Closure) -> Closure:
    def follows(context: Any) -> Nodes:
        one = boolean(left(context))
        if one is False:
            return YES
        two = boolean(right(context))
        return YES if two else truth(None if one is None else two)

    return follows


def _union(left: Closure, right: Closure) -> Closure:
    return lambda context: distinct([*left(context), *right(context)], context)


def distinct(found: Nodes, context: Any) -> Nodes:
    if len(found) < 2:
        return found
    kept: Nodes = []
    simple: set[Any] = set()
    for node in found:
        if type(node.value) is str and node.kind not in ("date", "dateTime", "instant", "time"):
            if node.value not in simple:
                simple.add(node.value)
                kept.append(node)
            continue
        context.budget.spend(len(kept))
        if not any(same(node, one) for one in kept):
            kept.append(node)
    return kept


def is_in(node: Node, found: Nodes) -> bool:
    return any(same(node, one) for one in found)


def _in(left: Closure, right: Closure) -> Closure:
    def among(context: Any) -> Nodes:
        node = single(left(context))
        return [] if node is None else truth(is_in(node, right(context)))

    return among


def _contains(left: Closure, right: Closure) -> Closure:
    return _in(right, left)


def _joined(left: Closure, right: Closure) -> Closure:
    def join(context: Any) -> Nodes:
        return [system(as_text(single(left(context))) + as_text(single(right(context))))]

    return join


def as_text(node: Node | None) -> str:
    if node is None or node.value is None:
        return ""
    if isinstance(node.value, str):
        return node.value
    if is_number(node.value) or isinstance(node.value, bool):
        return str(node.value).lower()
    raise FhirPathError("only texts can be joined")


LOGICAL: dict[str, Callable[[Closure, Closure], Closure]] = {
    "=": _equality(True),
    "!=": _equality(False),
    "~": _equivalence(True),
    "!~": _equivalence(False),
    "<": _comparison(lambda found: found < 0),
    "<=": _comparison(lambda found: found <= 0),
    ">": _comparison(lambda found: found > 0),
    ">=": _comparison(lambda found: found >= 0),
    "and": _and,
    "or": _or,
    "xor": _xor,
    "implies": _implies,
    "|": _union,
    "in": _in,
    "contains": _contains,
    "&": _joined,
}
