"""How a function of FHIRPath is declared, and found by its name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from yiyang.records.r4.fhirpath.conversions import CONVERSIONS
from yiyang.records.r4.fhirpath.errors import FhirPathError
from yiyang.records.r4.fhirpath.nodes import Nodes, system
from yiyang.records.r4.fhirpath.operators import single
from yiyang.records.r4.fhirpath.parsing import Tree
from yiyang.records.r4.fhirpath.scalars import SCALARS

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


def closure_of(tree: Tree | None) -> Closure | None:
    from yiyang.records.r4.fhirpath.compiling import scoped

    return None if tree is None else scoped(tree)


def simple(name: str, compute: Callable[[Nodes], Any]) -> None:
    """A function without arguments over the whole collection; a boolean result stands for itself."""

    def result(found: Nodes, _context: Any) -> Nodes:
        made = compute(found)
        return made if isinstance(made, list) else [system(made)]

    makes(name)(lambda: result)
