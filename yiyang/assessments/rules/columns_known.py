"""What conditions and formulas ask of columns: the same questions as of one sheet, answered for all rows at once."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np

from yiyang.assessments.rules.columns import Bools, Column, Columns, Floats, rounded_columns
from yiyang.assessments.rules.conditions import Condition, Kind, Test, meets
from yiyang.assessments.rules.formulas import FUNCTIONS, OPERATORS, Evaluator, name_of, names_in
from yiyang.assessments.rules.instruments import Instrument, Item, ItemKind

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class Answers:
    """Yes and no for each row; neither is: not known."""

    yes: Bools
    no: Bools

    @property
    def unknown(self) -> Bools:
        return ~(self.yes | self.no)


class Wide:
    """The sheet of many: filled in item by item, in the instrument's order."""

    def __init__(self, columns: Columns, context: Mapping[str, Sequence[object]]) -> None:
        self.columns, self.context = columns, context
        self.instrument: Instrument = columns.instrument
        self.size = columns.size
        self.asked: dict[str, Bools] = {}
        self.answered: dict[str, Bools] = {}
        self.numbers: dict[str, Floats] = {}
        self.worth: dict[str, Floats] = {}
        self.subscores: dict[str, Floats] = {}
        self.total: Floats = np.full(self.size, NAN)

    def none(self) -> Bools:
        return np.zeros(self.size, dtype=np.bool_)

    def holds(self, condition: Condition) -> Answers:
        kind, test = condition.kind, condition.test
        if kind in (Kind.ALL, Kind.ANY):
            return self._joined(kind, [self.holds(part) for part in condition.parts])
        if kind is Kind.NOT:
            inner = self.holds(condition.parts[0])
            return Answers(inner.no, inner.yes)
        if kind is Kind.ITEM:
            return self._item(self.instrument.item(condition.of[0]), test)
        if kind is Kind.SUM:
            return compared(sum((self._points(code) for code in condition.of), np.zeros(self.size)), test)
        if kind is Kind.ANY_ITEM_SCORES:
            scored = [compared(self.worth[item.code], test) for item in self.instrument.items if item.scored]
            return self._joined(Kind.ANY, scored)
        if kind is Kind.CONTEXT:
            return self._context(condition.of[0], test)
        known = (
            self.total if kind is Kind.TOTAL else self.subscores.get(condition.of[0], np.full(self.size, NAN))
        )
        if test.answered is not None:
            given = ~np.isnan(known)
            return Answers(given, ~given) if test.answered else Answers(~given, given)
        return compared(known, test)

    def _joined(self, kind: Kind, parts: list[Answers]) -> Answers:
        none, everyone = self.none(), ~self.none()
        if kind is Kind.ALL:
            yes = reduce(operator.and_, (part.yes for part in parts), everyone)
            return Answers(yes, reduce(operator.or_, (part.no for part in parts), none))
        yes = reduce(operator.or_, (part.yes for part in parts), none)
        return Answers(yes, reduce(operator.and_, (part.no for part in parts), everyone))

    def _item(self, item: Item, test: Test) -> Answers:
        asked, answered = self.asked[item.code], self.answered[item.code]
        if test.answered is not None:
            return Answers(answered, ~answered) if test.answered else Answers(~answered, answered)
        if item.kind is ItemKind.NUMBER:
            found = compared(self.numbers[item.code], test)
            return Answers(found.yes, found.no | ~asked)
        wanted = {str(one) for one in test.among or ()}
        met = self._chosen(item, [option.code in wanted for option in item.options]) & answered
        return Answers(met, (answered & ~met) | ~asked)

    def _chosen(self, item: Item, wanted: list[bool]) -> Bools:
        kept = self.columns.of[item.code]
        if item.kind is ItemKind.SINGLE:
            return np.array([False, *wanted])[kept]
        mask = sum(1 << at for at, one in enumerate(wanted) if one)
        return np.asarray((kept & kept.dtype.type(mask)) != 0)

    def _points(self, code: str) -> Floats:
        item = self.instrument.item(code)
        points = [
            option.count if option.count is not None else option.score or 0.0 for option in item.options
        ]
        found = np.where(self.answered[code], self.of_options(item, points), NAN)
        return np.where(self.asked[code], found, 0.0)

    def of_options(self, item: Item, each: Sequence[float]) -> Floats:
        """The number of the option chosen, or the sum of those chosen."""
        kept = self.columns.of[item.code]
        if item.kind is ItemKind.SINGLE:
            return np.array([NAN, *each])[kept]
        bits = [np.where((kept >> at) & kept.dtype.type(1), one, 0.0) for at, one in enumerate(each)]
        return np.asarray(sum(bits, np.zeros(self.size)))

    def _context(self, key: str, test: Test) -> Answers:
        values: Sequence[object] = self.context.get(key, [None] * self.size)
        found = [_context_meets(test, value) for value in values]
        yes = np.fromiter((one is True for one in found), dtype=np.bool_, count=self.size)
        no = np.fromiter((one is False for one in found), dtype=np.bool_, count=self.size)
        return Answers(yes, no)

    def computed(self, formula: str) -> tuple[Floats, Bools]:
        """The value of a formula, and where all that it asks for is known."""
        names: dict[str, Column] = {}
        known = ~self.none()
        wanted = names_in(formula)
        for item in self.instrument.items:
            if (name := name_of(item.code)) in wanted:
                names[name], given = self._named(item)
                known &= given
        for code, values in self.subscores.items():
            if (name := name_of(code)) in wanted and name not in names:
                names[name] = values
                known &= ~np.isnan(values)
        broken = self.none()
        with np.errstate(all="ignore"):
            functions = {name: _watched(how, broken) for name, how in WIDE_FUNCTIONS.items()}
            operators = {node: _watched(how, broken) for node, how in WIDE_OPERATORS.items()}
            found = Evaluator(names, operators, functions, WIDE_NODES).of(formula)
        values = np.broadcast_to(np.asarray(found, dtype=np.float64), (self.size,)).copy()
        values[broken] = NAN
        return values, known

    def _named(self, item: Item) -> tuple[Column, Bools]:
        if item.options and item.scored:
            return self.worth[item.code], ~np.isnan(self.worth[item.code])
        if item.kind is ItemKind.NUMBER:
            return self.numbers[item.code], ~np.isnan(self.numbers[item.code])
        words = np.array(["", *(option.code for option in item.options)])
        return words[self.columns.of[item.code]], self.answered[item.code]


def compared(values: Floats, test: Test) -> Answers:
    known = ~np.isnan(values)
    met = known.copy()
    if test.among is not None:
        met &= np.isin(
            values, [one for one in test.among if isinstance(one, int | float) and not isinstance(one, bool)]
        )
    for limit, how in (
        (test.at_least, np.greater_equal),
        (test.at_most, np.less_equal),
        (test.above, np.greater),
        (test.below, np.less),
    ):
        if limit is not None:
            met &= how(values, limit)
    return Answers(met, known & ~met)


def _context_meets(test: Test, value: object) -> bool | None:
    return (value is not None) is test.answered if test.answered is not None else meets(test, value)


def _watched(how: Callable[..., Any], broken: Bools) -> Callable[..., Any]:
    """Notes each row in which a step has no finite result, also where a later step would hide it."""

    def step(*values: Any) -> Any:
        found = how(*values)
        np.logical_or(broken, ~np.isfinite(found), out=broken)
        return found

    return step


def _power(base: Any, exponent: Any) -> Any:
    if np.ndim(exponent) == 0 and exponent == 2:
        return base * base
    return np.power(base, exponent)


WIDE_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = OPERATORS | {
    ast.Div: np.true_divide,
    ast.Pow: _power,
    ast.Not: np.logical_not,
}
WIDE_FUNCTIONS: dict[str, Callable[..., Any]] = FUNCTIONS | {
    "min": lambda *many: reduce(np.minimum, many),
    "max": lambda *many: reduce(np.maximum, many),
    "abs": np.abs,
    "round": rounded_columns,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "floor": np.floor,
    "ceil": np.ceil,
}
WIDE_NODES: dict[type[ast.AST], Callable[..., Any]] = {
    ast.IfExp: lambda of, node: np.where(of(node.test), of(node.body), of(node.orelse)),
    ast.BoolOp: lambda of, node: reduce(
        np.logical_and if isinstance(node.op, ast.And) else np.logical_or, [of(part) for part in node.values]
    ),
}
