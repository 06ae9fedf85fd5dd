"""toInteger, convertsToDate …: from one of FHIRPath's own types to another, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from yiyang.records.r4.fhirpath.nodes import Node, plain
from yiyang.records.r4.fhirpath.operators import is_number
from yiyang.records.r4.fhirpath.quantities import CALENDAR, Quantity
from yiyang.records.r4.fhirpath.temporal import Temporal

TRUE = {"true", "t", "yes", "y", "1", "1.0"}
FALSE = {"false", "f", "no", "n", "0", "0.0"}
INTEGER = re.compile(r"[+-]?\d{1,30}", re.ASCII)
DECIMAL = re.compile(r"[+-]?\d{1,40}(\.\d{1,40})?", re.ASCII)
QUANTITY = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*(?:'([^']+)'|([a-zA-Z]+))?", re.ASCII)


def to_boolean(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    if is_number(value):
        return True if value == 1 else False if value == 0 else None
    said = value.lower() if isinstance(value, str) else ""
    return True if said in TRUE else False if said in FALSE else None


def to_integer(value: Any) -> int | None:
    if isinstance(value, bool | int):
        return int(value)
    return int(value) if isinstance(value, str) and INTEGER.fullmatch(value) else None


def to_decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool | int):
        return Decimal(int(value))
    if isinstance(value, Decimal):
        return value
    return Decimal(value) if isinstance(value, str) and DECIMAL.fullmatch(value) else None


def to_string(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if isinstance(value, dict | list) or value is None else str(value)


def to_quantity(value: Any) -> Quantity | None:
    if isinstance(value, Quantity):
        return value
    if isinstance(value, bool) or is_number(value):
        return Quantity(Decimal(int(value)) if isinstance(value, bool) else Decimal(value), "1")
    found = QUANTITY.fullmatch(value) if isinstance(value, str) else None
    if found is None or (found[3] and found[3] not in CALENDAR):
        return None
    return Quantity(Decimal(found[1]), found[2] or found[3] or "1", bool(found[3]))


def _to_time(kind: str) -> Callable[[Any], Temporal | None]:
    def convert(value: Any) -> Temporal | None:
        if isinstance(value, Temporal):
            if kind == "Time" or value.kind == "Time":
                return value if kind == value.kind else None
            parts = value.parts[:3] if kind == "Date" else value.parts
            made = Temporal(kind, parts, value.zone if kind == "DateTime" else None, "")
            return Temporal(kind, parts, made.zone, made.written() if kind == "Date" else value.text)
        if not isinstance(value, str) or value.startswith("T"):
            return None
        return Temporal.read(value.partition("T")[0] if kind == "Date" else value, kind)

    return convert


KINDS: dict[str, Callable[[Any], Any]] = {
    "Boolean": to_boolean,
    "Integer": to_integer,
    "Decimal": to_decimal,
    "String": to_string,
    "Quantity": to_quantity,
    "Date": _to_time("Date"),
    "DateTime": _to_time("DateTime"),
    "Time": _to_time("Time"),
}


def _to(convert: Callable[[Any], Any]) -> Callable[[Node], Any]:
    return lambda node: convert(plain(node))


def _converts(convert: Callable[[Any], Any]) -> Callable[[Node], Any]:
    return lambda node: convert(plain(node)) is not None


CONVERSIONS: dict[str, tuple[int, int, Callable[..., Any]]] = {
    **{f"to{name}": (0, 0, _to(convert)) for name, convert in KINDS.items()},
    **{f"convertsTo{name}": (0, 0, _converts(convert)) for name, convert in KINDS.items()},
}
