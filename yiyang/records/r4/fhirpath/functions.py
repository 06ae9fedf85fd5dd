"""The functions of FHIRPath that are about types, time, choice, order and what FHIR adds; the others stand beside."""

from __future__ import annotations

from functools import cmp_to_key
from typing import Any

from yiyang.kernel.time import now
from yiyang.records.r4 import definitions, narrative
from yiyang.records.r4.fhirpath import sets  # its functions are declared as it is read
from yiyang.records.r4.fhirpath.errors import FhirPathError
from yiyang.records.r4.fhirpath.nodes import Node, Nodes, as_kind, is_kind, of_resource, step, system
from yiyang.records.r4.fhirpath.operators import boolean, compared, equal, single, truth
from yiyang.records.r4.fhirpath.parsing import Tree
from yiyang.records.r4.fhirpath.registry import Step, closure_of, function, makes, simple
from yiyang.records.r4.fhirpath.scalars import text
from yiyang.records.r4.fhirpath.temporal import Temporal

__all__ = ["function", "sets"]

simple(
    "htmlChecks",
    lambda found: all(narrative.fault(str(node.value))[0] in ("", "attribute", "empty") for node in found),
)
simple("type", lambda found: [_type_info(node) for node in found])


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


@makes("iif", 2, 3)
def _iif(criterion: Tree, then: Tree, otherwise: Tree | None = None) -> Step:
    test: Any = closure_of(criterion)
    yes: Any = closure_of(then)
    no = closure_of(otherwise)

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
    aggregator: Any = closure_of(tree)
    first = closure_of(start)

    def result(found: Nodes, context: Any) -> Nodes:
        total = first(context) if first else []
        for at, node in enumerate(found):
            context.budget.spend(1)
            total = aggregator(context.at(node, at).with_total(total))
        return total

    return result


@makes("join", 0, 1)
def _join(tree: Tree | None = None) -> Step:
    between = closure_of(tree)

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
    made = closure_of(value)

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
        (tree[0] == "sign" and tree[1] == "-", closure_of(tree[2] if tree[0] == "sign" else tree))
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
    address: Any = closure_of(tree)

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
    profile: Any = closure_of(tree)

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
    address: Any = closure_of(tree)

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
    other: Any = closure_of(tree)

    def result(found: Nodes, context: Any) -> Nodes:
        one, two = single(found), single(other(context))
        return [] if one is None or two is None else truth(equal([one], [two]) is not None)

    return result
