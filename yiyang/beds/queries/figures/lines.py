"""What a figure of the boards is: a unit's line, several added up, the bed behind it, a day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import get_language

from yiyang.beds.queries.figures.statements import STATES
from yiyang.kernel.components import Figures
from yiyang.kernel.components.occupancy import STATES as WORDS


class UnitFigures(NamedTuple):
    """How many beds of one kind a unit has in each state now; extra beds are a line of their own.

    A district has thousands of these lines, and a page makes them all: so a tuple, as the row came.
    """

    unit_id: UUID
    name_zh: str
    name_en: str
    unit_kind: str
    area: str
    street_name: str | None
    kind: str
    extra: bool
    open: int
    present: int
    held: int
    reserved: int
    cleaning: int
    maintenance: int
    free: int
    closed: int
    approved: int
    last_at: datetime | None

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def street(self) -> str:
        return self.area[:9]


COUNTED = tuple(UnitFigures._fields[8:17])


@dataclass
class Sums:
    """Several lines of figures added up; extra beds are counted apart. Read when all lines are in it."""

    lines: list[UnitFigures] = field(default_factory=list)

    def sum(self, name: str, extra: bool = False) -> int:
        return self._sums[extra][name]

    @property
    def any_open(self) -> bool:
        """Whether there is a bed at all, extra or not."""
        return any(line.open for line in self.lines)

    @cached_property
    def _sums(self) -> dict[bool, dict[str, int]]:
        """All figures of the beds and of the extra beds, each line looked at once."""
        return {extra: self._added(extra) for extra in (False, True)}

    def _added(self, extra: bool) -> dict[str, int]:
        columns = zip(*(line[8:17] for line in self.lines if line.extra == extra), strict=True)
        return dict.fromkeys(COUNTED, 0) | dict(zip(COUNTED, map(sum, columns), strict=False))

    @property
    def open(self) -> int:
        return self.sum("open")

    @property
    def present(self) -> int:
        return self.sum("present")

    @property
    def free(self) -> int:
        return self.sum("free")

    @property
    def held(self) -> int:
        return self.sum("held")

    @property
    def approved(self) -> int:
        return self.sum("approved")

    @property
    def extra(self) -> int:
        return self.sum("open", extra=True)

    @property
    def extra_present(self) -> int:
        return self.sum("present", extra=True)

    @property
    def last_at(self) -> datetime | None:
        return max((line.last_at for line in self.lines if line.last_at), default=None)

    def figures(self, *, silent_after: datetime | None = None) -> Figures:
        """As the bar draws them; since when nothing was reported, if that is longer ago than `silent_after`."""
        silent = silent_after is not None and (self.last_at is None or self.last_at < silent_after)
        return Figures(
            **{state.lower(): self.sum(state.lower()) for state in STATES},
            extra=self.extra,
            not_reported_since=self.last_at if silent and self.open else None,
        )


@dataclass(frozen=True)
class BedRow:
    """One bed behind a figure: its state, since when and until when, and the person where one may know."""

    id: UUID
    label: str
    kind: str
    extra: bool
    unit_id: UUID
    name_zh: str
    name_en: str
    ward: str
    room: str
    state: str
    since: datetime | None
    until: datetime | None
    person_id: UUID | None

    @property
    def state_label(self) -> Any:
        return state_label(self.state)

    @property
    def unit(self) -> str:
        return in_language(self.name_zh, self.name_en)


@dataclass(frozen=True)
class Day:
    kind: str
    at: datetime
    taken: int
    open: int

    @property
    def share(self) -> float | None:
        """Beds taken (present or held) in per cent of the open ones."""
        return round(100 * self.taken / self.open, 1) if self.open else None


def state_label(state: str) -> Any:
    """The state of a bed in words, as the bar says it."""
    return dict(WORDS)[state.lower()]


def in_language(zh: str, en: str) -> str:
    """A name in the reader's language, as organisations say theirs."""
    return en if en and not (get_language() or "zh").startswith("zh") else zh
