"""In which order items can be looked at: each after those that decide whether it is asked or what it is worth."""

from __future__ import annotations

from collections.abc import Iterable
from graphlib import CycleError, TopologicalSorter

from yiyang.assessments.rules.formulas import name_of, names_in
from yiyang.assessments.rules.instruments import Item
from yiyang.assessments.rules.parts import Part


def ordered(items: Iterable[Item], root: Part) -> tuple[str, ...]:
    """Item codes in order; a circle is a fault of the file."""
    items = tuple(items)
    graph = {item.code: needs(item, items) for item in items}
    try:
        order = tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " → ".join(str(code) for code in reversed(error.args[1]))
        root.fault(
            "条目的显示条件或公式成环：{circle}",
            "show_when or value goes in a circle: {circle}",
            circle=circle,
        )
        return ()
    return tuple(code for code in order if code in graph)


def needs(item: Item, items: Iterable[Item]) -> frozenset[str]:
    needed: set[str] = set()
    if item.show_when is not None:
        needed |= item.show_when.items()
    for table in item.tables:
        if table.when is not None:
            needed |= table.when.items()
    if item.value:
        try:
            names = names_in(item.value)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            names = frozenset()
        needed |= {other.code for other in items if name_of(other.code) in names}
    return frozenset(needed)
