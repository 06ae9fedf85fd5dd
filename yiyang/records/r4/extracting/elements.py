"""What lies below a type or a part of a resource, and under which key of the JSON."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from yiyang.records.r4 import definitions
from yiyang.records.r4.definitions import Element


@dataclass(frozen=True)
class Child:
    key: str
    type: str
    """The type by its name; a group of elements that has none of its own is a BackboneElement."""
    owner: str
    """Where the elements of this one are found: its type, or its path."""
    many: bool
    system: str = ""
    """The code system of a code that is bound to one."""


@lru_cache(maxsize=4096)
def children(owner: str, name: str) -> tuple[Child, ...]:
    """The element of this name; one per type where it may be of several."""
    try:
        element = definitions.structure(owner).elements.get(name)
    except KeyError:
        return ()
    if element is None:
        return ()
    return tuple(_child(key, kind, element) for key, kind in element.keys().items())


def _child(key: str, kind: str, element: Element) -> Child:
    if "." in kind:
        return Child(key, "BackboneElement", kind, element.listed)
    kind = definitions.plain(kind)
    return Child(key, kind, kind, element.listed, _system(element) if kind == "code" else "")


def _system(element: Element) -> str:
    """Empty when the code is bound to none, or to codes of several systems."""
    codes = definitions.required_codes(element.values) if element.strength == "required" else None
    return next(iter(codes)) if codes and len(codes) == 1 else ""
