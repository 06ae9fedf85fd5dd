"""The bed ribbon: a person's years as one horizontal band. This file turns periods into places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext, pgettext_lazy

from yiyang.kernel.components.kinds import kind_of
from yiyang.kernel.components.occupancy import percent

NARROWEST = 0.006  # a day within five years can still be seen and pressed
ROOM_FOR_WORDS = 0.05
MARK_STEP = 0.012
NOTCH_STEP = 0.022  # as wide as a pointer needs it on a wide screen
SIGNS = {"asked": "▽", "accepted": "◇", "left": "▷", "arrived": "▼"}
STATES = {
    "PRESENT": pgettext_lazy("bed of a person", "present"),
    "HELD": pgettext_lazy("bed of a person", "held"),
    "RESERVED": pgettext_lazy("bed of a person", "reserved"),
}
MARKS = {"assessment": _("assessment"), "alarm": _("alarm"), "visit": _("visit")}


@dataclass(frozen=True)
class Block:
    """One occupancy. `lane` RESIDENCE or OVERLAY, `state` PRESENT, HELD or RESERVED, `end` None while open."""

    lane: str
    kind: Any
    state: str
    label: str
    start: datetime
    end: datetime | None = None
    url: str = ""


@dataclass(frozen=True)
class Notch:
    """An instant of a transfer; `what` is asked, accepted, left or arrived; `open` while it is not completed."""

    at: datetime
    label: str
    url: str = ""
    open: bool = False
    what: str = "asked"

    @property
    def sign(self) -> str:
        return SIGNS[self.what]


@dataclass(frozen=True)
class Mark:
    """Something that happened: `kind` is assessment, alarm or visit."""

    at: datetime
    kind: str
    label: str
    url: str = ""


@dataclass(frozen=True)
class Ribbon:
    """What is drawn from `start` to `end`, seen at `now`; `name` distinguishes ribbons on one page."""

    start: datetime
    end: datetime
    now: datetime
    blocks: Sequence[Block] = ()
    notches: Sequence[Notch] = ()
    marks: Sequence[Mark] = ()
    label: str = ""
    name: str = "ribbon"

    def place(self, at: datetime) -> float:
        """Where an instant lies, 0 at the left edge and 1 at the right."""
        return min(1.0, max(0.0, (at - self.start) / (self.end - self.start)))

    @property
    def now_at(self) -> str:
        return percent(self.place(self.now))

    @property
    def time_left(self) -> str:
        return percent(1 - self.place(self.now))

    @property
    def rows(self) -> list[Row]:
        """Where the person is, what is kept or promised meanwhile, what comes to the person."""
        shown = [b for b in self.blocks if b.start < self.end and (b.end or self.end) > self.start]
        residence = [b for b in shown if b.lane == "RESIDENCE"]
        rows = [
            Row(
                "residence",
                pgettext_lazy("row of the ribbon", "Residence"),
                [b for b in residence if b.state == "PRESENT"],
                self,
            ),
            Row("promised", _("Kept or promised"), [b for b in residence if b.state != "PRESENT"], self),
            Row("overlay", _("Care that comes"), [b for b in shown if b.lane == "OVERLAY"], self),
        ]
        return [row for row in rows if row.blocks or row.name == "residence"]

    @property
    def placed_notches(self) -> list[PlacedNotch]:
        """Notches that would lie on each other become one, drawn as the last of them and naming them all."""
        groups: list[list[Notch]] = []
        for notch in sorted(self.notches, key=lambda n: n.at):
            if not self.start <= notch.at <= self.end:
                continue
            if groups and self.place(notch.at) - self.place(groups[-1][0].at) < NOTCH_STEP:
                groups[-1].append(notch)
            else:
                groups.append([notch])
        return [PlacedNotch(percent(self.place(group[0].at)), tuple(group)) for group in groups]

    @property
    def listed_notches(self) -> list[Notch]:
        return sorted(self.notches, key=lambda n: n.at, reverse=True)

    @property
    def placed_marks(self) -> list[PlacedMark]:
        """Marks of one kind that would lie on each other become one with a count."""
        shown = sorted(
            (m for m in self.marks if self.start <= m.at <= self.end), key=lambda m: (m.kind, m.at)
        )
        groups = groupby(shown, key=lambda m: (m.kind, int(self.place(m.at) / MARK_STEP)))
        return [
            PlacedMark(percent(self.place(first.at)), first, 1 + len(rest))
            for first, *rest in map(_all, groups)
        ]

    @property
    def ticks(self) -> list[Tick]:
        return list(_ticks(self))

    @property
    def listed(self) -> list[Block]:
        return sorted(self.blocks, key=lambda b: b.start, reverse=True)


def _all(group: tuple[Any, Iterator[Mark]]) -> list[Mark]:
    return list(group[1])


@dataclass(frozen=True)
class PlacedBlock:
    block: Block
    x: str
    width: str
    words: bool
    kind: Any
    state: Any


@dataclass(frozen=True)
class PlacedNotch:
    x: str
    notches: tuple[Notch, ...]

    @property
    def last(self) -> Notch:
        return self.notches[-1]

    @property
    def open(self) -> bool:
        return any(one.open for one in self.notches)

    @property
    def title(self) -> str:
        return " · ".join(one.label for one in self.notches)


@dataclass(frozen=True)
class PlacedMark:
    x: str
    mark: Mark
    count: int

    @property
    def kind_label(self) -> Any:
        return MARKS.get(self.mark.kind, self.mark.kind)


@dataclass(frozen=True)
class Tick:
    x: str
    label: str


@dataclass(frozen=True)
class Row:
    name: str
    label: Any
    blocks: list[Block]
    ribbon: Ribbon = field(repr=False)

    @property
    def placed(self) -> Iterator[PlacedBlock]:
        for block in sorted(self.blocks, key=lambda b: b.start):
            left = self.ribbon.place(block.start)
            right = self.ribbon.place(block.end or max(self.ribbon.now, block.start))
            width = min(1 - left, max(right - left, NARROWEST)) if left < 1 else NARROWEST
            left = min(left, 1 - NARROWEST)
            yield PlacedBlock(
                block,
                percent(left),
                percent(width),
                words=width >= ROOM_FOR_WORDS,
                kind=kind_of(block.kind),
                state=STATES.get(block.state, block.state),
            )


def _ticks(ribbon: Ribbon) -> Iterator[Tick]:
    step, pattern = _scale((ribbon.end - ribbon.start) / timedelta(days=1))
    at = _first(timezone.localtime(ribbon.start), step)
    while at < ribbon.end:
        if at > ribbon.start and ribbon.place(at) < 0.97:
            yield Tick(percent(ribbon.place(at)), date_format(at, pattern))
        at = _next(at, step)


def _scale(days: float) -> tuple[str, str]:
    year, month = pgettext("format of year", "Y"), pgettext("format of month", "M Y")
    if days > 900:
        return "year", year
    if days > 300:
        return "quarter", month
    if days > 75:
        return "month", month
    return ("week" if days > 14 else "day"), pgettext("format of day", "j M")


def _first(local: datetime, step: str) -> datetime:
    start = local.replace(hour=0, minute=0, second=0, microsecond=0)
    if step == "year":
        return start.replace(month=1, day=1)
    if step == "quarter":
        return start.replace(month=(start.month - 1) // 3 * 3 + 1, day=1)
    if step == "month":
        return start.replace(day=1)
    return start - timedelta(days=start.weekday() if step == "week" else 0)


def _next(at: datetime, step: str) -> datetime:
    months = {"year": 12, "quarter": 3, "month": 1}.get(step)
    if months is None:
        return at + timedelta(days=7 if step == "week" else 1)
    index = at.year * 12 + at.month - 1 + months
    return at.replace(year=index // 12, month=index % 12 + 1)
