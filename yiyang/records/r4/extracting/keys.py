"""The 64-bit keys under which a value is looked for: the same when it is written and when it is searched.

A key may by chance stand for two values; hits are therefore compared with the resource itself before they are given.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from hashlib import blake2b

from yiyang.records.r4 import units
from yiyang.records.r4.extracting.values import Amount, Coded

FIELD, PART = "\x1f", "\x1e"
"""What parts the strings of an index row, and a string's parameter from its words."""


def key(kind: str, parameter: str, *parts: str) -> int:
    text = "\x00".join((kind, parameter, *parts))
    return int.from_bytes(
        blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True
    )


def present(parameter: str) -> int:
    return key("present", parameter)


def coded(parameter: str, one: Coded) -> int:
    """`system|code`; without a system, `|code`."""
    return key("coded", parameter, *one)


def code(parameter: str, one: str) -> int:
    """`code` in any system."""
    return key("code", parameter, one)


def system(parameter: str, one: str) -> int:
    """`system|`: any code of it."""
    return key("system", parameter, one)


def of_type(parameter: str, kind: Coded, value: str) -> int:
    return key("of-type", parameter, *kind, value)


def kind_code(parameter: str, kind: str, value: str) -> int:
    return key("of-type code", parameter, kind, value)


def reference(parameter: str, target: str) -> int:
    return key("reference", parameter, target)


def identifier(parameter: str) -> str:
    """The name under which the identifiers of references are kept."""
    return f"{parameter}:identifier"


def uri(parameter: str, text: str) -> int:
    return key("uri", parameter, text)


def below(parameter: str, text: str) -> int:
    return key("below", parameter, text)


def exactly(parameter: str, text: str) -> int:
    return key("exactly", parameter, text)


def prefixes(address: str) -> list[str]:
    """An address and all that it lies below."""
    places = [place for place, letter in enumerate(address) if letter in "/:"]
    found = [address[:place] for place in places] + [address[: place + 1] for place in places] + [address]
    return list(dict.fromkeys(one for one in found if one))[-32:]


def range_key(parameter: str, *unit: str) -> int:
    return key("range", parameter, *unit)


def as_float(number: Fraction) -> float:
    """As near as it comes; what is too large for it is endless."""
    try:
        return float(number)
    except OverflowError:
        return float("inf") if number > 0 else float("-inf")


def amount_ranges(parameter: str, amount: Amount) -> Iterator[tuple[int, float, float]]:
    """Where a number is looked for: plain, by the code or word of its unit, and in base units."""
    low = float("-inf") if amount.low is None else as_float(amount.low)
    high = float("inf") if amount.high is None else as_float(amount.high)
    yield range_key(parameter), low, high
    for word in amount.units:
        yield range_key(parameter, "unit", word), low, high
    if amount.system != units.UCUM:
        if amount.code:
            yield range_key(parameter, "code", amount.system, amount.code), low, high
        return
    base = units.canonical(amount.code)
    if base is None:
        yield range_key(parameter, "code", amount.system, amount.code), low, high
    else:
        factor, kind = base
        low = low if amount.low is None else as_float(amount.low * factor)
        high = high if amount.high is None else as_float(amount.high * factor)
        yield range_key(parameter, "kind", kind), low, high
