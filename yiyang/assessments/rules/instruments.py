"""What an instrument is made of. Built only by `reading.read`, which refuses what cannot be scored."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from yiyang.assessments.rules.conditions import Condition
from yiyang.assessments.rules.texts import NOTHING, Text


class ItemKind(StrEnum):
    SINGLE = "single"
    MULTIPLE = "multiple"
    NUMBER = "number"
    TEXT = "text"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    text: Text
    score: float | None = None
    count: float | None = None  # how often something happened, for `sum`
    exclusive: bool = False  # "none of these": stands alone in a multiple choice
    loinc: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """Another unit that is accepted: value * factor + offset gives the item's own."""

    unit: str
    factor: float = 1.0
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Point:
    """Numbers up to and including `upto` (None: all above) get this score."""

    score: float
    upto: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Points of a number; of several tables the first whose condition holds counts."""

    points: tuple[Point, ...]
    when: Condition | None = None
    title: Text = NOTHING


@dataclass(frozen=True, slots=True)
class Item:
    code: str
    section: str
    kind: ItemKind
    text: Text
    help: Text = NOTHING
    required: bool = True
    show_when: Condition | None = None
    loinc: str = ""
    status: str = "sourced"
    options: tuple[Option, ...] = ()
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 0
    other_units: tuple[Unit, ...] = ()
    tables: tuple[Table, ...] = ()
    value: str = ""  # a formula over other items: computed, never asked
    future: bool = False  # a date that may lie ahead

    @property
    def computed(self) -> bool:
        return bool(self.value)

    @property
    def scored(self) -> bool:
        return bool(self.tables) or any(option.score is not None for option in self.options)

    def option(self, code: str) -> Option | None:
        return next((option for option in self.options if option.code == code), None)


@dataclass(frozen=True, slots=True)
class Section:
    code: str
    title: Text
    help: Text = NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What is added up, or computed by a formula, with its limits and the step of its numbers."""

    title: Text
    value: str = ""
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 0
    loinc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubScore(Added):
    code: str
    items: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[str, ...]:
        return self.items


@dataclass(frozen=True, slots=True, kw_only=True)
class Total(Added):
    of: tuple[str, ...] = ()  # sub-scores or items

    @property
    def parts(self) -> tuple[str, ...]:
        return self.of


@dataclass(frozen=True, slots=True)
class Band:
    """A level and the totals that give it; without limits it is reached by an adjustment or entered."""

    level: str
    title: Text
    rank: int  # 0 is best
    least: float | None = None
    most: float | None = None
    action: Text = NOTHING


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Moves the level after the total: sets it, or raises it by ranks up to a cap."""

    code: str
    title: Text
    when: Condition
    set: str = ""
    raise_by: int = 0
    cap: str = ""
    once: bool = False  # of those marked so only the first that holds raises


@dataclass(frozen=True, slots=True)
class Alert:
    code: str
    when: Condition
    demand: Text
    urgency: str = "URGENT"


@dataclass(frozen=True, slots=True)
class Instrument:
    code: str
    version: str
    title: Text
    source: str
    licence: str
    languages: tuple[str, ...]
    sections: tuple[Section, ...]
    items: tuple[Item, ...]  # as asked
    attribution: str = ""
    own_title: Text = NOTHING
    note: Text = NOTHING
    status: str = "sourced"
    validity_months: int | None = None
    assessors: int = 1
    who: tuple[str, ...] = ()
    self_report: bool = False
    recording_only: bool = False
    level_of: str = ""  # the item whose option is the level (recording only)
    loinc: str = ""
    applies: Condition | None = None
    subscores: tuple[SubScore, ...] = ()
    total: Total | None = None
    bands: tuple[Band, ...] = ()  # by rank, best first
    adjustments: tuple[Adjustment, ...] = ()
    alerts: tuple[Alert, ...] = ()
    order: tuple[str, ...] = ()  # item codes so that each comes after those it depends on
    by_code: dict[str, Item] = field(default_factory=dict, compare=False, repr=False)

    def item(self, code: str) -> Item:
        return self.by_code[code]

    def band(self, level: str) -> Band | None:
        return next((band for band in self.bands if band.level == level), None)

    def subscore(self, code: str) -> SubScore | None:
        return next((part for part in self.subscores if part.code == code), None)

    def items_of(self, section: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.section == section)
