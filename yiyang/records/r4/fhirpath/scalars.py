"""Functions of one text or number. Each: least and most arguments, and what it computes from nodes."""

from __future__ import annotations

import base64
import binascii
import html
import json
import math
import re
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from yiyang.records.r4.fhirpath.errors import FhirPathError
from yiyang.records.r4.fhirpath.nodes import Node, Nodes, plain, system
from yiyang.records.r4.fhirpath.operators import is_number
from yiyang.records.r4.fhirpath.quantities import Quantity
from yiyang.records.r4.fhirpath.temporal import Temporal

LONGEST_PATTERN = 500
LONGEST_MATCHED = 20_000


def text(node: Node) -> str:
    if type(node.value) is not str:
        raise FhirPathError("a text is expected")
    return node.value


def whole(node: Node) -> int:
    if type(node.value) is not int:
        raise FhirPathError("a whole number is expected")
    return node.value


@lru_cache(maxsize=256)
def pattern(said: str) -> re.Pattern[str]:
    if len(said) > LONGEST_PATTERN:
        raise FhirPathError("the pattern is too long")
    try:
        return re.compile(said, re.DOTALL)
    except (re.error, OverflowError, RecursionError):
        raise FhirPathError("the pattern cannot be read") from None


def _matched(node: Node) -> str:
    found = text(node)
    if len(found) > LONGEST_MATCHED:
        raise FhirPathError("the text is too long to be matched")
    return found


def _substring(node: Node, start: Node, length: Node | None = None) -> str | None:
    found, at = text(node), whole(start)
    if not 0 <= at < len(found):
        return None
    return found[at:] if length is None else found[at : at + max(0, whole(length))]


def _number(node: Node) -> Any:
    value = plain(node)
    if not is_number(value):
        raise FhirPathError("a number is expected")
    return value


def _abs(node: Node) -> Any:
    value = plain(node)
    if isinstance(value, Quantity):
        return Quantity(abs(value.value), value.unit, value.calendar)
    return abs(_number(node))


def _rounded(way: str) -> Callable[[Node], Any]:
    return lambda node: int(Decimal(_number(node)).to_integral_value(rounding=way))


def _round(node: Node, digits: Node | None = None) -> Any:
    places = whole(digits) if digits is not None else 0
    if not 0 <= places <= 28:
        raise FhirPathError("so many digits cannot be had")
    found = Decimal(_number(node)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return found if places else int(found) if isinstance(node.value, int) else found


def _real(compute: Callable[[Decimal], Decimal]) -> Callable[[Node], Any]:
    def result(node: Node) -> Any:
        try:
            return compute(Decimal(_number(node)))
        except (InvalidOperation, ArithmeticError):
            return None

    return result


def _log(node: Node, base: Node) -> Any:
    try:
        return Decimal(_number(node)).ln() / Decimal(_number(base)).ln()
    except ArithmeticError:
        return None


def _power(node: Node, exponent: Node) -> Any:
    base, up = _number(node), _number(exponent)
    if abs(up) > 1000:
        raise FhirPathError("the exponent is too large")
    try:
        if isinstance(base, int) and isinstance(up, int) and up >= 0:
            return base**up if abs(base) < 10**9 else Decimal(base) ** up
        return Decimal(base) ** Decimal(up)
    except ArithmeticError:
        return None


def _encode(node: Node, way: Node) -> str | None:
    raw = text(node).encode()
    if way.value == "base64":
        return base64.b64encode(raw).decode()
    if way.value == "urlbase64":
        return base64.urlsafe_b64encode(raw).decode()
    return raw.hex() if way.value == "hex" else None


def _decode(node: Node, way: Node) -> str | None:
    found = text(node)
    try:
        if way.value == "base64":
            return base64.b64decode(found, validate=True).decode()
        if way.value == "urlbase64":
            return base64.urlsafe_b64decode(found).decode()
        return bytes.fromhex(found).decode() if way.value == "hex" else None
    except (ValueError, binascii.Error):
        return None


def _escape(node: Node, way: Node) -> str | None:
    if way.value == "html":
        return html.escape(text(node))
    return json.dumps(text(node), ensure_ascii=False)[1:-1] if way.value == "json" else None


def _unescape(node: Node, way: Node) -> str | None:
    if way.value == "html":
        return html.unescape(text(node))
    try:
        return str(json.loads(f'"{text(node)}"')) if way.value == "json" else None
    except ValueError:
        return None


def _boundary(high: bool) -> Callable[..., Any]:
    def result(node: Node, precision: Node | None = None) -> Any:
        value, digits = plain(node), whole(precision) if precision is not None else None
        if isinstance(value, Temporal):
            return value.boundary(high, digits)
        if isinstance(value, Quantity):
            found = _number_boundary(value.value, high, digits)
            return None if found is None else Quantity(found, value.unit, value.calendar)
        return _number_boundary(Decimal(str(value)), high, digits) if is_number(value) else None

    return result


def _number_boundary(value: Decimal, high: bool, digits: int | None) -> Decimal | None:
    places = 8 if digits is None else digits
    if not 0 <= places <= 28:
        return None
    exponent = value.as_tuple().exponent
    half = Decimal(5).scaleb((exponent if isinstance(exponent, int) else 0) - 1)
    moved = value + half if high else value - half
    return moved.quantize(Decimal(1).scaleb(-places), rounding=ROUND_CEILING if high else ROUND_FLOOR)


def _precision(node: Node) -> Any:
    value = plain(node)
    if isinstance(value, Temporal):
        return value.precision()
    if isinstance(value, Quantity):
        value = value.value
    if not is_number(value):
        return None
    return len(str(value).partition(".")[2]) if isinstance(value, Decimal) else 0


def _replace(node: Node, old: Node, new: Node) -> str:
    return text(node).replace(text(old), text(new))


def _split(node: Node, by: Node) -> Nodes:
    parts = text(node).split(text(by)) if by.value else list(text(node))
    return [system(one) for one in parts]


SCALARS: dict[str, tuple[int, int, Callable[..., Any]]] = {
    "indexOf": (1, 1, lambda node, part: text(node).find(text(part))),
    "lastIndexOf": (1, 1, lambda node, part: text(node).rfind(text(part))),
    "substring": (1, 2, _substring),
    "startsWith": (1, 1, lambda node, part: text(node).startswith(text(part))),
    "endsWith": (1, 1, lambda node, part: text(node).endswith(text(part))),
    "contains": (1, 1, lambda node, part: text(part) in text(node)),
    "upper": (0, 0, lambda node: text(node).upper()),
    "lower": (0, 0, lambda node: text(node).lower()),
    "trim": (0, 0, lambda node: text(node).strip()),
    "length": (0, 0, lambda node: len(text(node))),
    "toChars": (0, 0, lambda node: [system(one) for one in text(node)]),
    "split": (1, 1, _split),
    "replace": (2, 2, _replace),
    "matches": (1, 1, lambda node, said: pattern(text(said)).search(_matched(node)) is not None),
    "matchesFull": (1, 1, lambda node, said: pattern(text(said)).fullmatch(_matched(node)) is not None),
    "replaceMatches": (
        2, 2, lambda node, said, new: pattern(text(said)).sub(re.sub(r"\$(\d)", r"\\\1", text(new)), _matched(node)),
    ),
    "encode": (1, 1, _encode),
    "decode": (1, 1, _decode),
    "escape": (1, 1, _escape),
    "unescape": (1, 1, _unescape),
    "abs": (0, 0, _abs),
    "ceiling": (0, 0, _rounded(ROUND_CEILING)),
    "floor": (0, 0, _rounded(ROUND_FLOOR)),
    "truncate": (0, 0, lambda node: math.trunc(_number(node))),
    "round": (0, 1, _round),
    "exp": (0, 0, _real(Decimal.exp)),
    "ln": (0, 0, _real(Decimal.ln)),
    "sqrt": (0, 0, _real(Decimal.sqrt)),
    "log": (1, 1, _log),
    "power": (1, 1, _power),
    "lowBoundary": (0, 1, _boundary(False)),
    "highBoundary": (0, 1, _boundary(True)),
    "precision": (0, 0, _precision),
}  # fmt: skip
