"""Quantities of FHIRPath: with a unit of UCUM, or a word of the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from yiyang.records.r4.units import canonical

WORDS = {
    "year": "a", "month": "mo", "week": "wk", "day": "d", "hour": "h", "minute": "min", "second": "s", "millisecond": "ms",
}  # fmt: skip
CALENDAR = {**WORDS, **{f"{word}s": code for word, code in WORDS.items()}}
INEXACT = ("a", "mo")


@dataclass(frozen=True, slots=True)
class Quantity:
    """`calendar` says that the unit is a word (day), not a code ('d')."""

    value: Decimal
    unit: str
    calendar: bool = False

    def __str__(self) -> str:
        return f"{self.value} {self.unit}" if self.calendar else f"{self.value} '{self.unit}'"

    @property
    def code(self) -> str:
        return CALENDAR[self.unit] if self.calendar else self.unit

    def base(self) -> tuple[Fraction, str]:
        found = canonical(self.code)
        if found is None:
            return Fraction(self.value), self.code
        return Fraction(self.value) * found[0], found[1]

    def compare(self, other: Quantity) -> int | None:
        """-1, 0, 1; None when the two cannot be compared: a calendar's year is no fixed number of days."""
        differ = self.calendar != other.calendar and (self.code in INEXACT or other.code in INEXACT)
        if differ:
            return None
        if self.code == other.code:
            mine, its = Fraction(self.value), Fraction(other.value)
        else:
            (mine, kind), (its, its_kind) = self.base(), other.base()
            if kind != its_kind:
                return None
        return (mine > its) - (mine < its)

    def alike(self, other: Quantity) -> bool:
        """The same, as precisely as the less precise of the two is written."""
        if self.code == other.code:
            digits = min(fraction_digits(self.value), fraction_digits(other.value))
            return round(self.value, digits) == round(other.value, digits)
        return self._is_about(other) or other._is_about(self)

    def _is_about(self, other: Quantity) -> bool:
        mine, its = canonical(self.code), canonical(other.code)
        if mine is None or its is None or mine[1] != its[1]:
            return False
        digits = fraction_digits(self.value)
        return round(Fraction(other.value) * its[0] / mine[0], digits) == round(Fraction(self.value), digits)


def fraction_digits(value: int | Decimal) -> int:
    if isinstance(value, int):
        return 0
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
