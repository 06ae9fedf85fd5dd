"""From the tree of an expression to closures. A closure gets the context and gives a list of nodes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from yiyang.records.r4.fhirpath import arithmetic, operators
from yiyang.records.r4.fhirpath.errors import FhirPathError
from yiyang.records.r4.fhirpath.nodes import Node, Nodes, as_kind, is_kind, of_resource, step, system
from yiyang.records.r4.fhirpath.parsing import Tree, parse

MOST_STEPS = 1_000_000
EXTENSIONS = "http://hl7.org/fhir/StructureDefinition/"
VALUE_SETS = "http://hl7.org/fhir/ValueSet/"
ADDRESSES = {
    "ucum": "http://unitsofmeasure.org",
    "sct": "http://snomed.info/sct",
    "loinc": "http://loinc.org",
}


class Budget:
    """Ends what would go on and on."""

    __slots__ = ("left", "strict")

    def __init__(self, strict: bool) -> None:
        self.left = MOST_STEPS
        self.strict = strict

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise FhirPathError("the expression takes too many steps")


@dataclass(slots=True)
class Context:
    """What $this, $index, $total and the %variables are."""

    this: Nodes
    variables: dict[str, Nodes]
    budget: Budget
    index: int = 0
    total: Nodes | None = None

    def at(self, node: Node, index: int) -> Context:
        return Context([node], self.variables, self.budget, index, self.total)

    def on(self, found: Nodes) -> Context:
        return Context(found, self.variables, self.budget, self.index, self.total)

    def with_total(self, total: Nodes) -> Context:
        return replace(self, total=total)


Closure = Callable[[Context], Nodes]
Step = Callable[[Nodes, Context], Nodes]


class Expression:
    """An expression that can be asked of many resources."""

    __slots__ = ("_run", "text")

    def __init__(self, text: str, run: Closure) -> None:
        self.text = text
        self._run = run

    def of(self, node: Any, *, strict: bool = False, **variables: Any) -> Nodes:
        """The nodes it finds, from a resource (a dict) or a node; a variable is a node or a resource."""
        start = [] if node is None else [_node(node)]
        known = {name: [_node(value)] for name, value in variables.items()}
        for name in ("resource", "rootResource", "context"):
            known.setdefault(name, start)
        return self._run(Context(start, known, Budget(strict)))

    def holds(self, node: Any, **variables: Any) -> bool:
        """Whether it is true, as a rule of HL7 is: finding nothing is no."""
        found = self.of(node, **variables)
        return len(found) == 1 and found[0].value is True


def _node(value: Any) -> Node:
    return value if isinstance(value, Node) else of_resource(value)


@lru_cache(maxsize=2048)
def path(text: str) -> Expression:
    """Read and compiled once; raises FhirPathError for what is no expression."""
    try:
        return Expression(text, closure(parse(text)))
    except (ValueError, ArithmeticError) as error:
        raise error if isinstance(error, FhirPathError) else FhirPathError(str(error)) from None


def scoped(tree: Tree) -> Closure:
    """A part of an expression whose variables end with it."""
    run = closure(tree)
    if not _defines(tree):
        return run
    return lambda context: run(replace(context))


def _defines(tree: Any) -> bool:
    return isinstance(tree, tuple) and (tree[:2] == ("call", "defineVariable") or any(map(_defines, tree)))


def closure(tree: Tree) -> Closure:
    sort = tree[0]
    if sort == "dot":
        left, then = closure(tree[1]), invocation(tree[2])
        return lambda context: then(left(context), context)
    if sort == "literal":
        found = [system(tree[1])]
        return lambda _context: found
    if sort == "empty":
        return lambda _context: []
    if sort == "group":
        return closure(tree[1])
    if sort == "index":
        return _indexed(closure(tree[1]), closure(tree[2]))
    if sort == "sign":
        return arithmetic.signed(tree[1], closure(tree[2]))
    if sort == "type":
        return _typed(tree[1], closure(tree[2]), tree[3])
    if sort == "operator":
        return arithmetic.BINARY[tree[1]](scoped(tree[2]), scoped(tree[3]))
    if sort == "env":
        return _variable(tree[1])
    if sort == "member":
        return _first_member(tree[1])
    then = invocation(tree)
    return lambda context: then(context.this, context)


def invocation(tree: Tree) -> Step:
    """What stands after a dot: an element, or a function of what was found so far."""
    sort = tree[0]
    if sort == "member":
        return _member(tree[1])
    if sort == "call":
        from yiyang.records.r4.fhirpath.functions import function

        return function(tree[1], tree[2])
    return {"$this": _this, "$index": _index, "$total": _total}[sort]


def _this(_found: Nodes, context: Context) -> Nodes:
    return context.this


def _index(_found: Nodes, context: Context) -> Nodes:
    return [system(context.index)]


def _total(_found: Nodes, context: Context) -> Nodes:
    return context.total or []


def _member(name: str) -> Step:
    def members(found: Nodes, context: Context) -> Nodes:
        into: Nodes = []
        strict = context.budget.strict
        for node in found:
            step(node, name, into, strict)
        context.budget.spend(len(found) + len(into))
        return into

    return members


def _first_member(name: str) -> Closure:
    """A name at the beginning may be that of the type itself: `Patient.name`."""
    members = _member(name)
    if not name[:1].isupper():
        return lambda context: members(context.this, context)

    def typed(context: Context) -> Nodes:
        found = [node for node in context.this if node.kind == name or _derived(node.kind, name)]
        return found or members(context.this, context)

    return typed


def _derived(kind: str, name: str) -> bool:
    try:
        return is_kind(kind, name)
    except FhirPathError:
        return False


def _indexed(left: Closure, number: Closure) -> Closure:
    def one(context: Context) -> Nodes:
        at = operators.single(number(context))
        if at is None or type(at.value) is not int or at.value < 0:
            return []
        return left(context)[at.value : at.value + 1]

    return one


def _typed(word: str, left: Closure, name: str) -> Closure:
    is_kind("string", name)

    def typed(context: Context) -> Nodes:
        found = left(context)
        if word == "as":
            # HL7's own search parameters ask it of several nodes.
            return [node for node in found if as_kind(node.kind, name)]
        node = operators.single(found)
        return [] if node is None else [system(is_kind(node.kind, name))]

    return typed


def _variable(name: str) -> Closure:
    if name in ADDRESSES:
        found = [system(ADDRESSES[name])]
        return lambda _context: found
    for prefix, address in (("ext-", EXTENSIONS), ("vs-", VALUE_SETS)):
        if name.startswith(prefix):
            found = [system(address + name.removeprefix(prefix))]
            return lambda _context: found

    def known(context: Context) -> Nodes:
        if name not in context.variables:
            raise FhirPathError(f"there is no %{name}")
        return context.variables[name]

    return known
