"""What a search parameter finds in a resource, by the parameter's type."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from yiyang.records.r4.dates import Span
from yiyang.records.r4.references import Target

Coded = tuple[str, str]
"""A system and a code or value; a system that is not said is empty."""


@dataclass(frozen=True)
class Token:
    """A code, identifier, yes or no, or contact, with the words that stand beside it."""

    codes: tuple[Coded, ...] = ()
    texts: tuple[str, ...] = ()
    kinds: tuple[Coded, ...] = ()
    """The types of an identifier, for `:of-type`."""


@dataclass(frozen=True)
class Referred:
    """Where a reference leads, its identifier and its words."""

    target: Target | None = None
    identifier: Token | None = None
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Amount:
    """A number, or one with a unit; `low` and `high` differ for a range, and None is an open end."""

    low: Fraction | None
    high: Fraction | None
    units: tuple[str, ...] = ()
    """The code and the words for the unit."""
    system: str = ""
    code: str = ""


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class Uri:
    text: str


@dataclass(frozen=True)
class Place:
    latitude: float
    longitude: float


Part = tuple["Value", ...]


@dataclass(frozen=True)
class Together:
    """A composite: for each component the values that stand together in one place."""

    parts: tuple[Part, ...]


Value = Token | Referred | Amount | Text | Uri | Place | Span | Together
