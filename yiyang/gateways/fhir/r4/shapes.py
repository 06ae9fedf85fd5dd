"""HL7's definitions as tables: written by `tools/r4_shapes.py`, read once by each process."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("shapes.json")
BASE64 = r"[0-9a-zA-Z+/=\s]+"  # HL7's own pattern takes ages on long texts that are none


@dataclass(frozen=True, slots=True)
class Element:
    """One element of a type; `most` 0 is any number. `name` is without [x], `kind` the type, `choice` if several."""

    name: str
    kind: str
    least: int
    most: int
    codes: frozenset[str] | None = None
    choice: str = ""

    @property
    def listed(self) -> bool:
        return self.most != 1


@dataclass(frozen=True, slots=True)
class Shape:
    """A type: its elements by the key that JSON has for them, and the choices of which one must be there."""

    elements: dict[str, Element]
    required: tuple[str, ...]


@cache
def tables() -> dict[str, Shape]:
    data = json.loads(FILE.read_text(encoding="utf-8"))
    codes = {name: frozenset(listed) for name, listed in data["codes"].items()}
    found = {}
    for path, shape in data["shapes"].items():
        elements = {}
        for name, one in shape.items():
            bound = codes.get(one.get("codes", ""))
            choice = name.removesuffix("[x]") if name.endswith("[x]") else ""
            for kind in one["types"]:
                key = choice + kind[0].upper() + kind[1:] if choice else name
                elements[key] = Element(key, kind, one["least"], one["most"], bound, choice)
        required = tuple(name for name, one in shape.items() if one["least"])
        found[path] = Shape(elements, required)
    return found


@cache
def patterns() -> dict[str, re.Pattern[str]]:
    data = json.loads(FILE.read_text(encoding="utf-8"))
    return {
        name: re.compile(BASE64 if name == "base64Binary" else pattern)
        for name, pattern in data["patterns"].items()
        if pattern
    }


@cache
def resource_types() -> frozenset[str]:
    return frozenset(json.loads(FILE.read_text(encoding="utf-8"))["resources"])
