"""The functions of FHIRPath. Those over collections are here; texts, numbers and conversions stand beside."""

from __future__ import annotations

from collections.abc import Callable
from functools import cmp_to_key
from typing import Any

from yiyang.kernel.time import now
from yiyang.records.r4 import definitions, narrative
from yiyang.records.r4.fhirpath.conversions import CONVERSIONS
from yiyang.records.r4.fhirpath.errors import FhirPathError
from yiyang.records.r4.fhirpath.nodes import (
    Node,
    Nodes,
    as_kind,
    children,
    is_kind,
    of_resource,
    step,
    system,
)
from yiyang.records.r4.fhirpath.operators import boolean, compared, distinct, equal, is_in, single, truth
from yiyang.records.r4.fhirpath.parsing import Tree
from yiyang.records.r4.fhirpath.scalars import SCALARS, text
from yiyang.records.r4.fhirpath.temporal import Temporal

Closure = Callable[[Any], Nodes]
Step = Callable[[Nodes, Any], Nodes]
TAKES: dict[str, tuple[int, int]] = {}
MAKERS: dict[str, Callable[..., Step]] = {}


def function(name: str, arguments: tuple[Tree, ...]) -> Step:
    """The step of a call; a name that does not exist, or too many arguments, are told when it is compiled."""
    if name in MAKERS:
        least, most = TAKES[name]
        if not least <= len(arguments) <= most:
            raise FhirPathError(f"{name}() does not take {len(arguments)} arguments")
        return MAKERS[name](*arguments)
    return _scalar(name, arguments)


def _scalar(name: str, arguments: tuple[Tree, ...]) -> Step:
    """A function of one value: nothing in, nothing out."""
    from yiyang.records.r4.fhirpath.compiling import scoped

    table = SCALARS if name in SCALARS else CONVERSIONS
    if name not in table:
        raise FhirPathError(f"there is no function {name}()")
    least, most, compute = table[name]
    if not least <= len(arguments) <= most:
        raise FhirPathError(f"{name}() does not take {len(arguments)} arguments")
    inner = [scoped(one) for one in arguments]

    def result(found: Nodes, context: Any) -> Nodes:
        node = single(found)
        if node is None:
            return []
        values = []
        for one in inner:
            value = single(one(context))
            if value is None:
                return []
            values.append(value)
        context.budget.spend(1)
        made = compute(node, *values)
        return made if isinstance(made, list) else [] if made is None else [system(made)]

    return result


def makes(name: str, least: int = 0, most: int | None = None) -> Callable[..., Any]:
    def declare(maker: Callable[..., Step]) -> Callable[..., Step]:
        MAKERS[name] = maker
        TAKES[name] = (least, least if most is None else most)
        return maker

    return declare


def _closure(tree: Tree | None) -> Closure | None:
    from yiyang.records.r4.fhirpath.compiling import scoped

    return None if tree is None else scoped(tree)


def _simple(name: str, compute: Callable[[Nodes], Any]) -> None:
    """A function without arguments over the whole collection; a boolean result stands for itself."""

    def result(found: Nodes, _context: Any) -> Nodes:
        made = compute(found)
        return made if isinstance(made, list) else [system(made)]

    makes(name)(lambda: result)


_simple("empty", lambda found: not found)
_simple("count", len)
_simple("first", lambda found: found[:1])
_simple("last", lambda found: found[-1:])
_simple("tail", lambda found: found[1:])
_simple("single", lambda found: [node] if (node := single(found)) else [])
_simple("allTrue", lambda found: all(node.value is True for node in found))
_simple("anyTrue", lambda found: any(node.value is True for node in found))
_simple("allFalse", lambda found: all(node.value is False for node in found))
_simple("anyFalse", lambda found: any(node.value is False for node in found))
_simple(
    "hasValue",
    lambda found: len(found) == 1 and type(found[0].value) is not dict and found[0].value is not None,
)
_simple("getValue", lambda found: [n for n in found if type(n.value) is not dict and n.value is not None][:1])
_simple("children", lambda found: [child for node in found for child in children(node)])
_simple(
    "htmlChecks",
    lambda found: all(narrative.fault(str(node.value))[0] in ("", "attribute", "empty") for node in found),
)
_simple("type", lambda found: [_type_info(node) for node in found])


def _type_info(node: Node) -> Node:
    space, _, name = node.kind.rpartition(".") if node.kind.startswith("System.") else ("FHIR", "", node.kind)
    return Node({"namespace": space, "name": name}, "TypeInfo")


@makes("not")
def _not() -> Step:
    def result(found: Nodes, _context: Any) -> Nodes:
        value = boolean(found)
        return truth(None if value is None else not value)

    return result


@makes("now")
def _now() -> Step:
    return lambda _found, _context: [
        system(Temporal.read(now().isoformat(timespec="milliseconds"), "DateTime"))
    ]


@makes("today")
def _today() -> Step:
    return lambda _found, _context: [system(Temporal.read(now().date().isoformat(), "Date"))]


@makes("timeOfDay")
def _time_of_day() -> Step:
    return lambda _found, _context: [system(Temporal.read(now().strftime("%H:%M:%S.000"), "Time"))]


def _filtered(criteria: Closure, found: Nodes, context: Any) -> Nodes:
    context.budget.spend(len(found))
    return [node for at, node in enumerate(found) if boolean(criteria(context.at(node, at)))]


@makes("where", 1)
def _where(tree: Tree) -> Step:
    criteria = _closure(tree)
    return lambda found, context: _filtered(criteria, found, context)  # type: ignore[arg-type]


@makes("exists", 0, 1)
def _exists(tree: Tree | None = None) -> Step:
    criteria = _closure(tree)
    if criteria is None:
        return lambda found, _context: truth(bool(found))
    return lambda found, context: truth(bool(_filtered(criteria, found, context)))


@makes("all", 1)
def _all(tree: Tree) -> Step:
    criteria = _closure(tree)
    return lambda found, context: truth(len(_filtered(criteria, found, context)) == len(found))  # type: ignore[arg-type]


@makes("select", 1)
def _select(tree: Tree) -> Step:
    projection: Any = _closure(tree)

    def result(found: Nodes, context: Any) -> Nodes:
        context.budget.spend(len(found))
        return [one for at, node in enumerate(found) for one in projection(context.at(node, at))]

    return result


@makes("repeat", 1)
def _repeat(tree: Tree) -> Step:
    projection: Any = _closure(tree)

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


@makes("ofType", 1)
def _of_type(tree: Tree) -> Step:
    name = _type_name(tree)
    return lambda found, _context: [node for node in found if as_kind(node.kind, name)]


@makes("as", 1)
def _as(tree: Tree) -> Step:
    name = _type_name(tree)

    def result(found: Nodes, _context: Any) -> Nodes:
        # HL7's own search parameters and rules ask several nodes at once.
        return [node for node in found if as_kind(node.kind, name)]

    return result


@makes("is", 1)
def _is(tree: Tree) -> Step:
    name = _type_name(tree)

    def result(found: Nodes, _context: Any) -> Nodes:
        node = single(found)
        return [] if node is None else truth(is_kind(node.kind, name))

    return result


def _type_name(tree: Tree) -> str:
    if tree[0] == "member":
        name = str(tree[1])
    elif tree[0] == "dot" and tree[1][0] == "member" and tree[2][0] == "member":
        name = f"{tree[1][1]}.{tree[2][1]}"
    else:
        raise FhirPathError("the name of a type is expected")
    is_kind("string", name)
    return name


@makes("distinct")
def _distinct() -> Step:
    return distinct


@makes("isDistinct")
def _is_distinct() -> Step:
    return lambda found, context: truth(len(distinct(found, context)) == len(found))


def _with_other(name: str, compute: Callable[[Nodes, Nodes, Any], Nodes]) -> None:
    """A function of two collections."""

    def maker(tree: Tree) -> Step:
        other: Any = _closure(tree)
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


@makes("iif", 2, 3)
def _iif(criterion: Tree, then: Tree, otherwise: Tree | None = None) -> Step:
    test: Any = _closure(criterion)
    yes: Any = _closure(then)
    no = _closure(otherwise)

    def result(found: Nodes, context: Any) -> Nodes:
        single(found)
        inner = context if found is context.this else context.on(found)
        said = single(test(inner))
        if said is not None and not isinstance(said.value, bool):
            raise FhirPathError("iif() decides by true or false")
        if said is not None and said.value:
            return yes(inner)  # type: ignore[no-any-return]
        return no(inner) if no else []

    return result


@makes("aggregate", 1, 2)
def _aggregate(tree: Tree, start: Tree | None = None) -> Step:
    aggregator: Any = _closure(tree)
    first = _closure(start)

    def result(found: Nodes, context: Any) -> Nodes:
        total = first(context) if first else []
        for at, node in enumerate(found):
            context.budget.spend(1)
            total = aggregator(context.at(node, at).with_total(total))
        return total

    return result


@makes("join", 0, 1)
def _join(tree: Tree | None = None) -> Step:
    between = _closure(tree)

    def result(found: Nodes, context: Any) -> Nodes:
        sign = single(between(context)) if between else None
        texts = [node.value for node in found if type(node.value) is str]
        return [system((text(sign) if sign else "").join(texts))] if found else []

    return result


@makes("trace", 1, 2)
def _trace(_name: Tree, _projection: Tree | None = None) -> Step:
    return lambda found, _context: found


@makes("defineVariable", 1, 2)
def _define(name: Tree, value: Tree | None = None) -> Step:
    if name[0] != "literal":
        raise FhirPathError("a variable needs a name")
    made = _closure(value)

    def result(found: Nodes, context: Any) -> Nodes:
        if str(name[1]) in context.variables:
            raise FhirPathError(f"%{name[1]} is there already")
        made_of = made(context.on(found)) if made else found
        context.variables = {**context.variables, str(name[1]): made_of}
        return found

    return result


@makes("sort", 0, 9)
def _sort(*trees: Tree) -> Step:
    keys = [
        (tree[0] == "sign" and tree[1] == "-", _closure(tree[2] if tree[0] == "sign" else tree))
        for tree in trees
    ]

    def result(found: Nodes, context: Any) -> Nodes:
        marked = [
            (node, [(down, single(key(context.at(node, at)))) for down, key in keys] or [(False, node)])  # type: ignore[misc]
            for at, node in enumerate(found)
        ]

        def order(one: Any, two: Any) -> int:
            for (down, mine), (_, its) in zip(one[1], two[1], strict=True):
                if mine is None or its is None:
                    way = (mine is None) - (its is None)
                else:
                    way = compared(mine, its) or 0
                if way:
                    return -way if down else way
            return 0

        return [node for node, _ in sorted(marked, key=cmp_to_key(order))]

    return result


@makes("extension", 1)
def _extension(tree: Tree) -> Step:
    address: Any = _closure(tree)

    def result(found: Nodes, context: Any) -> Nodes:
        url = single(address(context))
        into: Nodes = []
        for node in found:
            step(node, "extension", into)
        return [one for one in into if url is not None and one.value.get("url") == url.value]

    return result


@makes("resolve")
def _resolve() -> Step:
    def result(found: Nodes, context: Any) -> Nodes:
        return [one for node in found if (one := _resolved(node, context)) is not None]

    return result


def _resolved(node: Node, context: Any) -> Node | None:
    """What is contained; of anything else only its type is known, from the reference itself."""
    from yiyang.records.r4.referring import type_led_to

    reference = node.value.get("reference") if type(node.value) is dict else node.value
    root = context.variables.get("rootResource") or context.variables["resource"]
    if not isinstance(reference, str) or not root:
        return None
    if reference == "#":
        return root[0]  # type: ignore[no-any-return]
    if reference.startswith("#"):
        inside = root[0].value.get("contained") if type(root[0].value) is dict else None
        for one in inside if isinstance(inside, list) else ():
            if type(one) is dict and one.get("id") == reference[1:]:
                return of_resource(one)
        return None
    kind = type_led_to(reference, {})
    return Node({"resourceType": kind}, kind) if kind else None


@makes("conformsTo", 1)
def _conforms_to(tree: Tree) -> Step:
    profile: Any = _closure(tree)

    def result(found: Nodes, context: Any) -> Nodes:
        node, url = single(found), single(profile(context))
        if node is None or url is None:
            return []
        name = str(url.value).removeprefix("http://hl7.org/fhir/StructureDefinition/")
        if name not in definitions.known():
            raise FhirPathError(f"{url.value} is not known")
        return truth(is_kind(node.kind, name))

    return result


@makes("memberOf", 1)
def _member_of(tree: Tree) -> Step:
    address: Any = _closure(tree)

    def result(found: Nodes, context: Any) -> Nodes:
        node, url = single(found), single(address(context))
        codes = definitions.value_set(str(url.value)) if url is not None else None
        if node is None or codes is None:
            return []
        if type(node.value) is not dict:
            return truth(any(node.value in listed for listed in codes.values()))
        coding = node.value.get("coding", [node.value])
        return truth(
            any(
                one.get("code") in codes.get(str(one.get("system")), ())
                for one in coding
                if type(one) is dict
            )
        )

    return result


@makes("comparable", 1)
def _comparable(tree: Tree) -> Step:
    other: Any = _closure(tree)

    def result(found: Nodes, context: Any) -> Nodes:
        one, two = single(found), single(other(context))
        return [] if one is None or two is None else truth(equal([one], [two]) is not None)

    return result
