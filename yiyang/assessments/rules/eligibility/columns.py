"""Eligibility of many persons at once: the same criteria over columns, the answer of each without its words.

What clinicians have judged and consents come as yes and no by row, as everything else does; neither is: not known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from yiyang.assessments.rules.columns import Bools, Columns, Floats
from yiyang.assessments.rules.columns_known import NAN, Answers
from yiyang.assessments.rules.columns_scoring import Results
from yiyang.assessments.rules.eligibility.conditions import Both, Condition, Either, Leaf, Reverse
from yiyang.assessments.rules.eligibility.criteria import Criteria, Criterion
from yiyang.assessments.rules.eligibility.deciding import Answer
from yiyang.assessments.rules.instruments import Item, ItemKind

Days: TypeAlias = npt.NDArray[np.datetime64]
Kinds: TypeAlias = npt.NDArray[np.int8]
ANSWERS = (Answer.ELIGIBLE, Answer.NOT_ELIGIBLE, Answer.JUDGEMENT)


@dataclass(frozen=True)
class Held:
    """The latest assessments by one instrument, a row for each person; NaT: never, or never running out."""

    columns: Columns
    results: Results
    on: Days
    valid_until: Days


@dataclass(frozen=True)
class Population:
    """What is known of many persons as of one day."""

    on: date
    size: int
    assessed: Mapping[str, Held] = field(default_factory=dict)
    age: Floats | None = None
    sets: Mapping[str, Mapping[str, Bools]] = field(default_factory=dict)  # insurance, group, bed: by code
    insurance_known: Bools | None = None
    consents: Mapping[str, Answers] = field(default_factory=dict)
    judged: Mapping[str, Answers] = field(default_factory=dict)

    def nobody(self) -> Bools:
        return np.zeros(self.size, dtype=np.bool_)

    def unknown(self) -> Answers:
        return Answers(self.nobody(), self.nobody())


def decide_columns(criteria: Criteria, population: Population) -> Kinds:
    """For each person the place in ANSWERS: given, refused, or open."""
    together: dict[str, list[Answers]] = {}
    for one in criteria.criteria:
        together.setdefault(one.group or f"={one.code}", []).append(_found(one, population))
    refused, open_ = population.nobody(), population.nobody()
    for members in together.values():
        group = any_of(members)
        refused |= group.no
        open_ |= group.unknown
    found = np.where(refused, 1, np.where(open_, 2, 0))
    return np.asarray(found, dtype=np.int8)


def _found(criterion: Criterion, population: Population) -> Answers:
    looked = population.unknown()
    if criterion.when is not None:
        looked = look_columns(criterion.when, population, criterion.max_age_days)
    said = population.judged.get(criterion.code, population.unknown())
    if criterion.reserved:
        return said
    return Answers(looked.yes | (looked.unknown & said.yes), looked.no | (looked.unknown & said.no))


def look_columns(condition: Condition, population: Population, max_age_days: int | None = None) -> Answers:
    if isinstance(condition, Both):
        return all_of([look_columns(one, population, max_age_days) for one in condition.parts])
    if isinstance(condition, Either):
        return any_of([look_columns(one, population, max_age_days) for one in condition.parts])
    if isinstance(condition, Reverse):
        inner = look_columns(condition.part, population, max_age_days)
        return Answers(inner.no, inner.yes)
    if condition.instrument:
        return _assessed(condition, population, max_age_days)
    return _person(condition, population)


def all_of(parts: list[Answers]) -> Answers:
    return Answers(
        reduce(np.logical_and, (one.yes for one in parts)), reduce(np.logical_or, (one.no for one in parts))
    )


def any_of(parts: list[Answers]) -> Answers:
    return Answers(
        reduce(np.logical_or, (one.yes for one in parts)), reduce(np.logical_and, (one.no for one in parts))
    )


def _assessed(leaf: Leaf, population: Population, max_age_days: int | None) -> Answers:
    held = population.assessed.get(leaf.instrument)
    if held is None:
        return population.unknown()
    today = np.datetime64(population.on, "D")
    counts = ~np.isnat(held.on) & ~(held.valid_until <= today)
    if max_age_days is not None:
        counts &= ~(held.on < today - np.timedelta64(max_age_days, "D"))
    met, known = _value(leaf, held, population)
    return Answers(counts & known & met, counts & known & ~met)


def _value(leaf: Leaf, held: Held, population: Population) -> tuple[Bools, Bools]:
    """Whether what was found meets it, and whether it was found."""
    if leaf.about == "level":
        levels = [band.level in leaf.values for band in held.columns.instrument.bands]
        return np.array([*levels, False])[held.results.level], held.results.level >= 0
    if leaf.about == "total":
        return within(held.results.total, leaf.limits), ~np.isnan(held.results.total)
    if leaf.about == "subscore":
        values = held.results.subscores.get(leaf.item, np.full(population.size, NAN))
        return within(values, leaf.limits), ~np.isnan(values)
    item = held.columns.instrument.by_code.get(leaf.item)
    if item is None or item.computed:
        return population.nobody(), population.nobody()
    return _answer(leaf, item, held.columns)


def _answer(leaf: Leaf, item: Item, columns: Columns) -> tuple[Bools, Bools]:
    kept = columns.of[item.code]
    if item.kind is ItemKind.NUMBER:
        return within(kept, leaf.limits), ~np.isnan(kept)
    if not item.options:
        raise NotImplementedError(f"{item.code}: what a text or a date says is not kept in columns")
    if leaf.limits:
        numbers = np.array([NAN, *(_number(option.code) for option in item.options)])
        if item.kind is ItemKind.MULTIPLE:
            return np.zeros(len(kept), dtype=np.bool_), np.zeros(len(kept), dtype=np.bool_)
        return within(numbers[kept], leaf.limits), ~np.isnan(numbers[kept])
    wanted = [option.code in leaf.values for option in item.options]
    if item.kind is ItemKind.SINGLE:
        return np.array([False, *wanted])[kept], kept != 0
    mask = kept.dtype.type(sum(1 << at for at, one in enumerate(wanted) if one))
    return np.asarray((kept & mask) != 0), kept != 0


def _number(code: str) -> float:
    try:
        return float(code)
    except ValueError:
        return NAN


def within(values: Floats, limits: Mapping[str, float]) -> Bools:
    tests: dict[str, Callable[[Any, float], Any]] = {
        "at_least": np.greater_equal,
        "at_most": np.less_equal,
        "above": np.greater,
        "below": np.less,
    }
    met = np.ones(len(values), dtype=np.bool_)
    for name, limit in limits.items():
        met &= tests[name](values, limit)
    return met


def _person(leaf: Leaf, population: Population) -> Answers:
    if leaf.about == "consent":
        return population.consents.get(leaf.values[0], population.unknown())
    if leaf.about == "judged":
        return any_of([population.judged.get(code, population.unknown()) for code in leaf.values])
    if leaf.about == "age":
        if population.age is None:
            return population.unknown()
        met, known = within(population.age, leaf.limits), ~np.isnan(population.age)
        return Answers(met & known, ~met & known)
    held = population.sets.get(leaf.about, {})
    met = reduce(np.logical_or, (held[code] for code in leaf.values if code in held), population.nobody())
    known = ~population.nobody()
    if leaf.about == "insurance":
        known = population.nobody() if population.insurance_known is None else population.insurance_known
    return Answers(met & known, ~met & known)
