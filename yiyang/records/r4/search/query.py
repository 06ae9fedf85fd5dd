"""A search as it was understood."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from yiyang.records.r4.dates import Span

PREFIXES = ("eq", "ne", "gt", "ge", "lt", "le", "sa", "eb", "ap")


@dataclass(frozen=True)
class WantedToken:
    """`code`, `system|code`, `|code` or `system|`: None is "any", an empty system is "none"."""

    system: str | None
    code: str | None


@dataclass(frozen=True)
class WantedKind:
    """`:of-type`: an identifier by its type and value."""

    system: str
    code: str
    value: str


@dataclass(frozen=True)
class WantedReference:
    """`Type/id` or an address; several, when the type was left open."""

    targets: tuple[str, ...]


@dataclass(frozen=True)
class WantedSpan:
    prefix: str
    span: Span


@dataclass(frozen=True)
class WantedAmount:
    """A number with the half-open range that its digits cover. `system` None is any; no code is no unit."""

    prefix: str
    number: Fraction
    low: Fraction
    high: Fraction
    system: str | None = None
    code: str = ""


@dataclass(frozen=True)
class WantedText:
    text: str


@dataclass(frozen=True)
class WantedUri:
    text: str


@dataclass(frozen=True)
class WantedPlace:
    latitude: float
    longitude: float
    kilometres: float


@dataclass(frozen=True)
class WantedTogether:
    parts: tuple[Wanted, ...]


@dataclass(frozen=True)
class WantedSet:
    """`:in` a value set that is not HL7's: its codes are put in its place before anything is looked for."""

    url: str


@dataclass(frozen=True)
class Missing:
    missing: bool


Wanted = (
    WantedToken
    | WantedKind
    | WantedReference
    | WantedSpan
    | WantedAmount
    | WantedText
    | WantedUri
    | WantedPlace
    | WantedTogether
    | WantedSet
    | Missing
)


@dataclass(frozen=True)
class Condition:
    """One of the values has to fit; with the modifiers `not` and `not-in`, none of them."""

    parameter: str
    type: str
    modifier: str
    wanted: tuple[Wanted, ...]

    @property
    def negative(self) -> bool:
        return self.modifier in ("not", "not-in")


@dataclass(frozen=True)
class Chain:
    """The reference leads to a resource of one of the types that meets the condition."""

    parameter: str
    targets: tuple[tuple[str, Part], ...]


@dataclass(frozen=True)
class Has:
    """A resource of this type refers to it by this parameter and meets the condition."""

    type: str
    reference: str
    condition: Part


Part = Condition | Chain | Has


@dataclass(frozen=True)
class Include:
    """`source` and `parameter` may be `*`."""

    source: str
    parameter: str
    target: str = ""
    iterate: bool = False


@dataclass(frozen=True)
class Sort:
    parameter: str
    type: str
    descending: bool = False


@dataclass(frozen=True)
class Query:
    types: tuple[str, ...]
    conditions: tuple[Part, ...] = ()
    sort: tuple[Sort, ...] = ()
    count: int = 50
    includes: tuple[Include, ...] = ()
    revincludes: tuple[Include, ...] = ()
    total: str = "none"
    summary: str = "false"
    elements: tuple[str, ...] = ()
    cursor: str = ""
    used: tuple[tuple[str, str], ...] = field(default=(), compare=False)
    """The parameters that were taken, for the link to itself."""
    ignored: tuple[str, ...] = field(default=(), compare=False)
    """The names of those that were not."""
