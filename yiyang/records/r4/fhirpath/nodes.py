"""What an expression walks through: JSON values, each with the type that HL7's tables give it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

from yiyang.records.r4 import definitions
from yiyang.records.r4.definitions import Element
from yiyang.records.r4.fhirpath.errors import FhirPathError
from yiyang.records.r4.fhirpath.quantities import Quantity, fraction_digits
from yiyang.records.r4.fhirpath.temporal import Temporal

TEMPORAL = {"date": "Date", "dateTime": "DateTime", "instant": "DateTime", "time": "Time"}
SYSTEM = {
    "boolean": "Boolean", "integer": "Integer", "positiveInt": "Integer", "unsignedInt": "Integer",
    "decimal": "Decimal", **TEMPORAL,
}  # fmt: skip
QUANTITIES = ("Quantity", "SimpleQuantity", "MoneyQuantity", "Age", "Count", "Distance", "Duration")
UCUM = "http://unitsofmeasure.org"

Place = tuple[dict[str, Any], str, str, int | None]


class Node:
    """`kind` is FHIR's (`string`, `Observation.component`) or `System.Integer` …; `beside` what `_key` says of a primitive.

    `place` is where it stands: the object, its type, the key and the number in a list.
    """

    __slots__ = ("beside", "kind", "place", "value")

    def __init__(self, value: Any, kind: str, beside: Any = None, place: Place | None = None) -> None:
        self.value = value
        self.kind = kind
        self.beside = beside
        self.place = place

    def __repr__(self) -> str:
        return f"Node({self.value!r}, {self.kind})"


Nodes = list[Node]


def of_resource(resource: dict[str, Any]) -> Node:
    return Node(resource, str(resource.get("resourceType")))


def system(value: Any) -> Node:
    """A value that the expression itself made."""
    kind = type(value)
    if kind is bool:
        return TRUE if value else FALSE
    if kind is str:
        return Node(value, "System.String")
    if kind is int:
        return Node(value, "System.Integer")
    if kind is Quantity:
        return Node(value, "System.Quantity")
    if kind is Temporal:
        return Node(value, f"System.{value.kind}")
    return Node(value, "System.Decimal")


TRUE = Node(True, "System.Boolean")
FALSE = Node(False, "System.Boolean")


@cache
def keys_of(kind: str, name: str) -> tuple[tuple[str, str, str], ...] | None:
    """JSON key, its type and the key of what stands beside it; None when the type has no such element."""
    element = element_of(kind, name)
    if element is None:
        return None
    return tuple(
        (key, of, "_" + key if definitions.is_primitive(of) else "") for key, of in element.keys().items()
    )


def element_of(kind: str, name: str) -> Element | None:
    try:
        return definitions.structure(kind).elements.get(name)
    except KeyError:
        return None


def step(node: Node, name: str, into: Nodes, strict: bool = False) -> None:
    """The children of this name."""
    value = node.value
    if type(value) is dict:
        if node.kind == "TypeInfo":
            if name in value:
                into.append(system(value[name]))
            return
        keys = keys_of(node.kind, name)
        if keys is None:
            if strict:
                raise FhirPathError(f"{node.kind} has no element {name}")
            return
        for key, kind, beside in keys:
            if key in value or (beside and beside in value):
                _add(
                    value.get(key),
                    kind,
                    value.get(beside) if beside else None,
                    into,
                    (value, node.kind, key, None),
                )
    elif node.beside is not None and name in ("extension", "id") and type(node.beside) is dict:
        step(Node(node.beside, "Element"), name, into)
    elif name == "value" and value is not None and node.kind[:7] != "System.":
        into.append(system(plain(node)))


def _add(value: Any, kind: str, beside: Any, into: Nodes, place: Place) -> None:
    if type(value) is list or type(beside) is list:
        values = value if type(value) is list else []
        others = beside if type(beside) is list else []
        for number in range(max(len(values), len(others))):
            one = values[number] if number < len(values) else None
            other = others[number] if number < len(others) else None
            if one is not None or other is not None:
                into.append(Node(one, _kind(kind, one), other, (*place[:3], number)))
    elif value is not None or beside is not None:
        into.append(Node(value, _kind(kind, value), beside, place))


def _kind(kind: str, value: Any) -> str:
    return str(value.get("resourceType")) if kind == "Resource" and type(value) is dict else kind


def children(node: Node) -> Nodes:
    into: Nodes = []
    if type(node.value) is dict:
        try:
            names = definitions.structure(node.kind).elements
        except KeyError:
            return into
        for name in names:
            step(node, name, into)
    elif type(node.beside) is dict:
        for name in ("id", "extension"):
            step(node, name, into)
    return into


def plain(node: Node) -> Any:
    """The value as FHIRPath computes with it: dates and quantities too."""
    value, kind = node.value, node.kind
    if kind in TEMPORAL and type(value) is str:
        found = Temporal.read(value, TEMPORAL[kind])
        return value if found is None else found
    if kind in QUANTITIES and type(value) is dict:
        return _quantity(value)
    return value


def _quantity(value: dict[str, Any]) -> Any:
    amount = value.get("value")
    if not isinstance(amount, int | Decimal) or "comparator" in value:
        return value
    unit = value.get("code") if value.get("system") == UCUM else value.get("unit", value.get("code"))
    return Quantity(Decimal(str(amount)), str(unit or "1"))


@cache
def is_kind(kind: str, wanted: str) -> bool:
    """Whether one type is another or derived from it; the wanted one must exist."""
    space, _, name = wanted.rpartition(".")
    if space not in ("", "FHIR", "System"):
        raise FhirPathError(f"there is no type {wanted}")
    if kind.startswith("System."):
        return space != "FHIR" and kind[7:] == name
    known = definitions.known()
    if name not in known and space != "System":
        if name in SYSTEM.values() or name in ("String", "Any"):
            return False
        raise FhirPathError(f"there is no type {wanted}")
    if space == "System":
        return False
    at = definitions.plain(kind)
    if "." in at:
        at = "BackboneElement" if definitions.is_resource(at.partition(".")[0]) else "Element"
    while at:
        if at == name:
            return True
        at = definitions.base_of(at) if at in known else ""
    return False


def as_kind(kind: str, wanted: str) -> bool:
    """What `as` and `ofType` let through: a code is a string, but is not had as one."""
    if not is_kind(kind, wanted):
        return False
    return not definitions.is_primitive(kind) or kind == wanted.rpartition(".")[2]


def same(one: Node, two: Node) -> bool | None:
    """Equality (=); None when it cannot be known."""
    mine, its = plain(one), plain(two)
    if isinstance(mine, Temporal) or isinstance(its, Temporal):
        return _same_time(mine, its)
    if isinstance(mine, Quantity) or isinstance(its, Quantity):
        return _same_quantity(mine, its)
    if type(mine) is dict or type(its) is dict:
        return one is two or identical(mine, its)
    if isinstance(mine, bool) or isinstance(its, bool):
        return mine is its
    return bool(mine == its)


def identical(mine: Any, its: Any) -> bool:
    if type(mine) is dict and type(its) is dict:
        return mine.keys() == its.keys() and all(identical(mine[key], its[key]) for key in mine)
    if type(mine) is list and type(its) is list:
        return len(mine) == len(its) and all(map(identical, mine, its))
    return bool(mine == its) and isinstance(mine, bool) == isinstance(its, bool)


def _same_time(mine: Any, its: Any) -> bool | None:
    one, two = as_time(mine), as_time(its)
    if one is None or two is None or (one.kind == "Time") != (two.kind == "Time"):
        return False
    found = one.compare(two)
    return None if found is None else found == 0


def _same_quantity(mine: Any, its: Any) -> bool | None:
    one, two = as_quantity(mine), as_quantity(its)
    if one is None or two is None:
        return False
    found = one.compare(two)
    if found is None and one.calendar == two.calendar:
        return None if one.base()[1] != two.base()[1] else False
    return None if found is None else found == 0


def as_time(value: Any) -> Temporal | None:
    if isinstance(value, Temporal):
        return value
    return Temporal.read(value) if type(value) is str else None


def as_quantity(value: Any) -> Quantity | None:
    if isinstance(value, Quantity):
        return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return Quantity(Decimal(value), "1")
    return None


def alike(one: Node, two: Node) -> bool:
    """Equivalence (~): letters of any case, numbers as precise as the less precise of them, lists in any order."""
    mine, its = plain(one), plain(two)
    if isinstance(mine, Quantity) or isinstance(its, Quantity):
        first, second = as_quantity(mine), as_quantity(its)
        return first is not None and second is not None and first.alike(second)
    if isinstance(mine, Temporal) or isinstance(its, Temporal):
        one_time, two_time = as_time(mine), as_time(its)
        return one_time is not None and two_time is not None and one_time.compare(two_time) == 0
    if type(mine) is str and type(its) is str:
        return " ".join(mine.lower().split()) == " ".join(its.lower().split())
    if _is_number(mine) and _is_number(its):
        digits = min(fraction_digits(mine), fraction_digits(its))
        return round(Decimal(mine), digits) == round(Decimal(its), digits)
    if type(mine) is dict and type(its) is dict:
        return _equivalent(one, two)
    return type(mine) is type(its) and bool(mine == its)


def _equivalent(one: Node, two: Node) -> bool:
    mine, its = children(one), children(two)
    left = [n for n in mine if not is_id(one, n)]
    right = [n for n in its if not is_id(two, n)]
    return all_alike(left, right)


def is_id(parent: Node, node: Node) -> bool:
    return type(parent.value) is dict and node.value is parent.value.get("id") and node.value is not None


def all_alike(left: Nodes, right: Nodes) -> bool:
    if len(left) != len(right):
        return False
    rest = list(right)
    for one in left:
        for number, other in enumerate(rest):
            if alike(one, other):
                del rest[number]
                break
        else:
            return False
    return True


def _is_number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)
