"""Units of UCUM that multiply: a quantity in any of them is compared in the base units of its kind.

Units with another zero (Cel, [degF]) and those that are agreed on arbitrarily ([iU]) stand for themselves.
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

UCUM = "http://unitsofmeasure.org"

PREFIXES = {
    "Y": 24, "Z": 21, "E": 18, "P": 15, "T": 12, "G": 9, "M": 6, "k": 3, "h": 2, "da": 1,
    "d": -1, "c": -2, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18, "z": -21, "y": -24,
}  # fmt: skip

# Metric units take prefixes. Each: how much of which base units.
METRIC: dict[str, tuple[str, dict[str, int]]] = {
    "m": ("1", {"m": 1}),
    "g": ("1", {"g": 1}),
    "s": ("1", {"s": 1}),
    "mol": ("602213670000000000000000", {}),
    "L": ("0.001", {"m": 3}),
    "l": ("0.001", {"m": 3}),
    "Pa": ("1000", {"g": 1, "m": -1, "s": -2}),
    "bar": ("100000000", {"g": 1, "m": -1, "s": -2}),
    "m[Hg]": ("133322387.415", {"g": 1, "m": -1, "s": -2}),
    "m[H2O]": ("9806650", {"g": 1, "m": -1, "s": -2}),
    "N": ("1000", {"g": 1, "m": 1, "s": -2}),
    "J": ("1000", {"g": 1, "m": 2, "s": -2}),
    "W": ("1000", {"g": 1, "m": 2, "s": -3}),
    "cal": ("4184", {"g": 1, "m": 2, "s": -2}),
    "Hz": ("1", {"s": -1}),
    "K": ("1", {"K": 1}),
    "C": ("1", {"C": 1}),
    "cd": ("1", {"cd": 1}),
    "A": ("1", {"C": 1, "s": -1}),
    "V": ("1000", {"g": 1, "m": 2, "s": -2, "C": -1}),
    "eq": ("602213670000000000000000", {}),
    "kat": ("602213670000000000000000", {"s": -1}),
    "U": ("10036894500000000", {"s": -1}),
    "Bq": ("1", {"s": -1}),
    "Gy": ("1", {"m": 2, "s": -2}),
    "Sv": ("1", {"m": 2, "s": -2}),
    "[iU]": ("1", {"[iU]": 1}),
    "[IU]": ("1", {"[iU]": 1}),
    "t": ("1000000", {"g": 1}),
    "osm": ("602213670000000000000000", {}),
}
PLAIN: dict[str, tuple[str, dict[str, int]]] = {
    "%": ("0.01", {}),
    "[ppth]": ("0.001", {}),
    "[ppm]": ("0.000001", {}),
    "min": ("60", {"s": 1}),
    "h": ("3600", {"s": 1}),
    "d": ("86400", {"s": 1}),
    "wk": ("604800", {"s": 1}),
    "mo": ("2629800", {"s": 1}),
    "a": ("31557600", {"s": 1}),
    "[in_i]": ("0.0254", {"m": 1}),
    "[ft_i]": ("0.3048", {"m": 1}),
    "[lb_av]": ("453.59237", {"g": 1}),
    "[oz_av]": ("28.349523125", {"g": 1}),
    "[drp]": ("0.00000005", {"m": 3}),
}
FACTOR = re.compile(r"(?P<unit>(?:[^./()\[\]{}0-9+\-*]|\[[^\]]*\])*(?:10[*^])?)(?P<power>[+-]?\d+)?")


@lru_cache(maxsize=4096)
def canonical(code: str) -> tuple[Fraction, str] | None:
    """How many base units one of this unit is, and the name of these; None for a unit that stands for itself."""
    text = re.sub(r"\{[^}]*\}", "", code)
    if "(" in text or (not text and not code):
        return None
    try:
        return _product(text)
    except (KeyError, ZeroDivisionError, ValueError):
        return None


def _product(text: str) -> tuple[Fraction, str]:
    factor, powers = Fraction(1), dict[str, int]()
    for sign, one in re.findall(r"([./]?)([^./]*)", text):
        if not one:
            continue
        amount, kinds = _factor(one)
        up = -1 if sign == "/" else 1
        factor = factor * amount if up > 0 else factor / amount
        for kind, power in kinds.items():
            powers[kind] = powers.get(kind, 0) + up * power
    return factor, ".".join(f"{kind}{power}" for kind, power in sorted(powers.items()) if power) or "1"


def _factor(text: str) -> tuple[Fraction, dict[str, int]]:
    if text.isdecimal():
        return Fraction(text), {}
    found = FACTOR.fullmatch(text)
    if found is None:
        raise ValueError(text)
    power = int(found["power"] or 1)
    if abs(power) > 30:
        raise ValueError(text)
    if found["unit"] in ("10*", "10^"):
        return Fraction(10) ** power, {}
    amount, kinds = _unit(found["unit"])
    return amount**power, {kind: one * power for kind, one in kinds.items()}


def _unit(text: str) -> tuple[Fraction, dict[str, int]]:
    for table in (PLAIN, METRIC):
        if text in table:
            amount, kinds = table[text]
            return Fraction(amount), kinds
    for length in (1, 2):
        if text[:length] in PREFIXES and text[length:] in METRIC:
            amount, kinds = METRIC[text[length:]]
            return Fraction(amount) * Fraction(10) ** PREFIXES[text[:length]], kinds
    raise KeyError(text)
