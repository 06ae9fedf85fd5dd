"""Reckoning in FHIRPath: numbers, quantities, and dates with what is added to them."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, DivisionByZero, InvalidOperation, localcontext
from typing import Any

from yiyang.records.r4.fhirpath.errors import FhirPathError
from yiyang.records.r4.fhirpath.nodes import Nodes, as_quantity, plain, system
from yiyang.records.r4.fhirpath.operators import LOGICAL, Closure, is_number, pair, single
from yiyang.records.r4.fhirpath.quantities import CALENDAR, Quantity
from yiyang.records.r4.fhirpath.temporal import Temporal


def _arithmetic(compute: Callable[[Any, Any], Any]) -> Any:
    def make(left: Closure, right: Closure) -> Closure:
        def result(context: Any) -> Nodes:
            both = pair(left, right, context)
            if both is None:
                return []
            try:
                with localcontext() as exact:
                    exact.prec = 34
                    found = compute(plain(both[0]), plain(both[1]))
            except (DivisionByZero, InvalidOperation, ZeroDivisionError, OverflowError):
                return []
            return [] if found is None else [system(found)]

        return result

    return make


def _numbers(one: Any, two: Any) -> None:
    if not (is_number(one) and is_number(two)):
        raise FhirPathError("numbers are expected")


def _plus(one: Any, two: Any) -> Any:
    if isinstance(one, str) and isinstance(two, str):
        return one + two
    if isinstance(one, Temporal):
        return _later(one, two, 1)
    if isinstance(one, Quantity) and isinstance(two, Quantity):
        return _sum(one, two, 1)
    _numbers(one, two)
    return one + two


def _minus(one: Any, two: Any) -> Any:
    if isinstance(one, Temporal):
        return _later(one, two, -1)
    if isinstance(one, Quantity) and isinstance(two, Quantity):
        return _sum(one, two, -1)
    _numbers(one, two)
    return one - two


def _later(one: Temporal, two: Any, way: int) -> Temporal | None:
    if not isinstance(two, Quantity):
        raise FhirPathError("only a time can be added to a date")
    words = {"wk": "week", "d": "day", "h": "hour", "min": "minute", "s": "second", "ms": "millisecond"}
    unit = two.unit if two.calendar or two.unit in CALENDAR else words.get(two.unit)
    if unit is None:
        raise FhirPathError(f"'{two.unit}' cannot be added to a date")
    return one.plus(two.value * way, unit)


def _sum(one: Quantity, two: Quantity, way: int) -> Quantity | None:
    if one.code == two.code:
        return Quantity(one.value + two.value * way, one.unit, one.calendar)
    (mine, kind), (its, its_kind) = one.base(), two.base()
    if kind != its_kind or one.value == 0:
        return None
    ratio = (mine + its * way) / (
        mine / Decimal(one.value).as_integer_ratio()[0] * Decimal(one.value).as_integer_ratio()[1]
    )
    return Quantity(Decimal(ratio.numerator) / ratio.denominator, one.unit, one.calendar)


def _times(one: Any, two: Any) -> Any:
    if isinstance(one, Quantity) or isinstance(two, Quantity):
        first, second = as_quantity(one), as_quantity(two)
        if first is None or second is None:
            raise FhirPathError("numbers are expected")
        return Quantity(first.value * second.value, _product(first.code, second.code))
    _numbers(one, two)
    return one * two


def _product(one: str, two: str) -> str:
    if "1" in (one, two):
        return two if one == "1" else one
    return f"{one}2" if one == two else f"{one}.{two}"


def _over(one: Any, two: Any) -> Any:
    if isinstance(one, Quantity) or isinstance(two, Quantity):
        first, second = as_quantity(one), as_quantity(two)
        if first is None or second is None:
            raise FhirPathError("numbers are expected")
        unit = (
            "1"
            if first.code == second.code
            else first.code
            if second.code == "1"
            else f"{first.code}/{second.code}"
        )
        return Quantity(first.value / second.value, unit)
    _numbers(one, two)
    return Decimal(one) / Decimal(two)


def _div(one: Any, two: Any) -> Any:
    _numbers(one, two)
    return int(Decimal(one) / Decimal(two))


def _mod(one: Any, two: Any) -> Any:
    _numbers(one, two)
    found = Decimal(one) % Decimal(two)
    return int(found) if isinstance(one, int) and isinstance(two, int) else found


def signed(sign: str, inner: Closure) -> Closure:
    def result(context: Any) -> Nodes:
        node = single(inner(context))
        if node is None:
            return []
        value = plain(node)
        if isinstance(value, Quantity):
            return [
                system(Quantity(-value.value if sign == "-" else value.value, value.unit, value.calendar))
            ]
        if not is_number(value):
            raise FhirPathError("only a number has a sign")
        return [system(-value if sign == "-" else value)]

    return result


BINARY: dict[str, Callable[[Closure, Closure], Closure]] = {
    **LOGICAL,
    "+": _arithmetic(_plus),
    "-": _arithmetic(_minus),
    "*": _arithmetic(_times),
    "/": _arithmetic(_over),
    "div": _arithmetic(_div),
    "mod": _arithmetic(_mod),
}
