"""Occupancy of some beds, in the fixed order of the bar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import pgettext_lazy

STATES = (
    ("present", pgettext_lazy("beds", "present")),
    ("held", pgettext_lazy("beds", "held")),
    ("reserved", pgettext_lazy("beds", "reserved")),
    ("cleaning", pgettext_lazy("beds", "cleaning")),
    ("maintenance", pgettext_lazy("beds", "maintenance")),
    ("free", pgettext_lazy("beds", "free")),
    ("closed", pgettext_lazy("beds", "closed")),
)


@dataclass(frozen=True)
class Figures:
    """How many of some open beds are in each state; `extra` beds stand beside the sum, not in it."""

    present: int = 0
    held: int = 0
    reserved: int = 0
    cleaning: int = 0
    maintenance: int = 0
    free: int = 0
    closed: int = 0
    extra: int = 0
    not_reported_since: datetime | None = None

    @property
    def total(self) -> int:
        return sum(getattr(self, state) for state, _label in STATES)


@dataclass(frozen=True)
class Segment:
    state: str
    label: Any
    count: int
    x: str
    width: str


def figures_of(source: Any) -> Figures:
    """Figures from Figures, a mapping with the same keys, or an object with the same attributes."""
    if isinstance(source, Figures):
        return source
    names = [name for name in Figures.__dataclass_fields__]
    if isinstance(source, Mapping):
        return Figures(**{name: source[name] for name in names if source.get(name) is not None})
    return Figures(**{n: v for n in names if (v := getattr(source, n, None)) is not None})


def segments(figures: Figures) -> Iterator[Segment]:
    """The states that hold any bed, each with its place on the bar in per cent."""
    total, before = figures.total or 1, 0
    for state, label in STATES:
        count = getattr(figures, state)
        if count:
            yield Segment(state, label, count, percent(before / total), percent(count / total))
        before += count


def percent(fraction: float) -> str:
    return f"{fraction * 100:.3f}%"
