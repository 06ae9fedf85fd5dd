"""Conditions as data: compiled once, asked for one person or for a column of them.

An answer is yes, no or not known (None): what nobody has answered is never taken for no.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class Kind(StrEnum):
    ITEM = "item"
    TOTAL = "total"
    SUBSCORE = "subscore"
    ANY_ITEM_SCORES = "any_item_scores"
    SUM = "sum"
    CONTEXT = "context"
    ALL = "all"
    ANY = "any"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Test:
    """What is asked of a value. Every part that is given must hold."""

    among: tuple[object, ...] | None = None
    answered: bool | None = None
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None

    def compares(self) -> bool:
        return any(limit is not None for limit in (self.at_least, self.at_most, self.above, self.below))

    def empty(self) -> bool:
        return self.among is None and self.answered is None and not self.compares()


@dataclass(frozen=True, slots=True)
class Condition:
    kind: Kind
    of: tuple[str, ...] = ()
    test: Test = field(default_factory=Test)
    parts: tuple[Condition, ...] = ()

    def walk(self) -> Iterator[Condition]:
        yield self
        for part in self.parts:
            yield from part.walk()

    def items(self) -> frozenset[str]:
        """The items whose answers it reads."""
        return frozenset(
            code for part in self.walk() if part.kind in (Kind.ITEM, Kind.SUM) for code in part.of
        )


class Known(Protocol):
    """What a condition may ask. None is: not known."""

    def answer(self, code: str) -> object | None: ...
    def asked(self, code: str) -> bool: ...
    def points(self, code: str) -> float | None: ...
    def scores(self) -> Iterable[float | None]: ...
    def total(self) -> float | None: ...
    def subscore(self, code: str) -> float | None: ...
    def context(self, key: str) -> object | None: ...


def holds(condition: Condition, known: Known) -> bool | None:
    """Whether it holds; None when what it asks is not known."""
    kind, of, test = condition.kind, condition.of, condition.test
    if kind is Kind.ALL:
        return every(holds(part, known) for part in condition.parts)
    if kind is Kind.ANY:
        return some(holds(part, known) for part in condition.parts)
    if kind is Kind.NOT:
        inner = holds(condition.parts[0], known)
        return None if inner is None else not inner
    if kind is Kind.ITEM:
        return _item(of[0], test, known)
    if kind is Kind.SUM:
        return meets(test, added(known.points(code) for code in of))
    if kind is Kind.ANY_ITEM_SCORES:
        return some(meets(test, score) for score in known.scores())
    value: object | None
    if kind is Kind.TOTAL:
        value = known.total()
    elif kind is Kind.SUBSCORE:
        value = known.subscore(of[0])
    else:
        value = known.context(of[0])
    if test.answered is not None:
        return (value is not None) is test.answered
    return meets(test, value)


def _item(code: str, test: Test, known: Known) -> bool | None:
    answer = known.answer(code) if known.asked(code) else None
    if test.answered is not None:
        return (answer is not None) is test.answered
    if not known.asked(code):
        return False  # a question that is not put has no answer that could meet anything
    return meets(test, answer)


def meets(test: Test, value: object | None) -> bool | None:
    if value is None:
        return None
    if test.among is not None and not _among(value, test.among):
        return False
    if test.compares():
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        return _within(test, value)
    return True


def _among(value: object, among: tuple[object, ...]) -> bool:
    several: Collection[object] = value if isinstance(value, list | tuple | set | frozenset) else (value,)
    return any(same_value(one, other) for one in several for other in among)


def same_value(one: object, other: object) -> bool:
    """1 is 1.0, but true is not 1."""
    return isinstance(one, bool) is isinstance(other, bool) and one == other


def _within(test: Test, value: float) -> bool:
    return (
        (test.at_least is None or value >= test.at_least)
        and (test.at_most is None or value <= test.at_most)
        and (test.above is None or value > test.above)
        and (test.below is None or value < test.below)
    )


def added(numbers: Iterable[float | None]) -> float | None:
    total = 0.0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def every(answers: Iterable[bool | None]) -> bool | None:
    unknown = False
    for answer in answers:
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True


def some(answers: Iterable[bool | None]) -> bool | None:
    unknown = False
    for answer in answers:
        if answer is True:
            return True
        unknown = unknown or answer is None
    return None if unknown else False
