"""Many answer sets as columns: one small number for each choice, a bit for each of several, a float for a number.

What is not plain (an unknown option, a wrong unit, a word for a number) is kept as it came, as an odd row, and is
scored one by one: so a column never means anything else than a single answer does.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from yiyang.assessments.rules.answers import Impossible, taken, unanswered
from yiyang.assessments.rules.formulas import NEAR_HALF
from yiyang.assessments.rules.instruments import Instrument, Item, ItemKind

Bools: TypeAlias = npt.NDArray[np.bool_]
Floats: TypeAlias = npt.NDArray[np.float64]
Column: TypeAlias = npt.NDArray[Any]
UNSEEN = object()


class Columns:
    """Answer sets of one instrument, in columns. A zero, or for a number NaN, is: not answered."""

    def __init__(self, instrument: Instrument, rows: Sequence[object]) -> None:
        self.instrument = instrument
        self.size = len(rows)
        self.odd: dict[int, object] = {}
        self.of: dict[str, Column] = {}
        plain = self._plain(rows)
        for item in instrument.items:
            if not item.computed:
                self.of[item.code] = self._column(item, [row.get(item.code) for row in plain], rows)

    @property
    def bytes(self) -> int:
        return sum(column.nbytes for column in self.of.values())

    def answers(self, at: int) -> object:
        """One row as answers again; texts and dates, which score nothing, as any that is allowed."""
        if at in self.odd:
            return self.odd[at]
        given = ((item, self.of[item.code][at]) for item in self.instrument.items if not item.computed)
        return {item.code: value for item, kept in given if (value := _answer(item, kept)) is not None}

    def _plain(self, rows: Sequence[object]) -> list[Mapping[str, object]]:
        known = self.instrument.by_code.keys()
        computed = {item.code for item in self.instrument.items if item.computed}
        plain: list[Mapping[str, object]] = []
        for at, row in enumerate(rows):
            if isinstance(row, dict) and row.keys() <= known and not (computed and row.keys() & computed):
                plain.append(row)
            else:
                self.odd[at] = row
                plain.append({})
        return plain

    def _column(self, item: Item, values: list[object], rows: Sequence[object]) -> Column:
        kind = COLUMN_OF[item.kind]
        try:
            return kind.quickly(item, values)
        except (KeyError, TypeError, ValueError, OverflowError):
            return self._slowly(item, values, rows)

    def _slowly(self, item: Item, values: list[object], rows: Sequence[object]) -> Column:
        """One by one: what cannot be taken makes its row odd."""
        kind = COLUMN_OF[item.kind]
        column = np.full(self.size, kind.empty, dtype=kind.type_of(item))
        for at, raw in enumerate(values):
            if unanswered(raw):
                continue
            got = taken(item, raw)
            if isinstance(got, Impossible):
                self.odd[at] = rows[at]
            else:
                column[at] = kind.kept(item, got.value)
        return column


class _Kind:
    """How answers of one kind of item are kept."""

    def __init__(
        self,
        quickly: Callable[[Item, list[object]], Column],
        type_of: Callable[[Item], npt.DTypeLike],
        kept: Callable[[Item, Any], Any],
        empty: float = 0,
    ) -> None:
        self.quickly, self.type_of, self.kept, self.empty = quickly, type_of, kept, empty


def places(item: Item) -> dict[str, int]:
    return {option.code: at for at, option in enumerate(item.options)}


def mask_type(item: Item) -> npt.DTypeLike:
    """The smallest that has a bit for each option."""
    return next(kind for bits, kind in MASKS if len(item.options) <= bits)


MASKS: tuple[tuple[int, npt.DTypeLike], ...] = (
    (8, np.uint8),
    (16, np.uint16),
    (32, np.uint32),
    (64, np.uint64),
)


def _choices(item: Item, values: list[object]) -> Column:
    lookup: dict[object, int] = {option.code: at for at, option in enumerate(item.options, 1)}
    lookup |= {None: 0, "": 0}
    return np.fromiter((lookup[value] for value in values), dtype=np.uint8, count=len(values))


def _several(item: Item, values: list[object]) -> Column:
    seen: dict[tuple[Any, ...] | None, int] = {None: 0, (): 0}

    def mask(value: Any) -> int:
        if value is not None and type(value) is not list:
            raise TypeError
        key = None if value is None else tuple(value)
        kept = seen.get(key)
        if kept is None:
            got = taken(item, value)
            if isinstance(got, Impossible):
                raise ValueError
            kept = seen[key] = _mask(item, got.value)
        return kept

    return np.fromiter((mask(value) for value in values), dtype=mask_type(item), count=len(values))


def _mask(item: Item, value: Any) -> int:
    at = places(item)
    return sum(1 << at[code] for code in value)


def _numbers(item: Item, values: list[object]) -> Column:
    if not {type(value) for value in values} <= {int, float, type(None)}:
        raise TypeError
    column = np.array([math.nan if value is None else value for value in values], dtype=np.float64)
    if int(np.isnan(column).sum()) != sum(value is None for value in values):
        raise ValueError  # a NaN that somebody gave is no answer left out
    near = rounded_columns(column, item.decimals)
    low = -1e12 if item.minimum is None else item.minimum
    high = 1e12 if item.maximum is None else item.maximum
    if bool(np.any((near < low) | (near > high))):
        raise ValueError
    return near


def rounded_columns(numbers: Floats, decimals: float = 0) -> Floats:
    scale = 10.0 ** int(np.max(decimals))
    return np.asarray(np.floor(numbers * scale + 0.5 + NEAR_HALF) / scale, dtype=np.float64)


def _given(item: Item, values: list[object]) -> Column:
    if not {type(value) for value in values} <= {str, type(None)} or item.kind is ItemKind.DATE:
        raise TypeError
    most = int(item.maximum or 4000)
    if any(len(value) > most for value in values if isinstance(value, str)):
        raise ValueError
    return np.fromiter((bool(value) for value in values), dtype=np.bool_, count=len(values))


def _answer(item: Item, kept: Any) -> object | None:
    if item.kind is ItemKind.SINGLE:
        return item.options[int(kept) - 1].code if kept else None
    if item.kind is ItemKind.MULTIPLE:
        return [option.code for at, option in enumerate(item.options) if int(kept) >> at & 1] or None
    if item.kind is ItemKind.NUMBER:
        return None if math.isnan(kept) else float(kept)
    return ("2000-01-01" if item.kind is ItemKind.DATE else "-") if kept else None


COLUMN_OF = {
    ItemKind.SINGLE: _Kind(_choices, lambda item: np.uint8, lambda item, value: places(item)[value] + 1),
    ItemKind.MULTIPLE: _Kind(_several, mask_type, _mask),
    ItemKind.NUMBER: _Kind(_numbers, lambda item: np.float64, lambda item, value: value, math.nan),
    ItemKind.TEXT: _Kind(_given, lambda item: np.bool_, lambda item, value: True),
    ItemKind.DATE: _Kind(_given, lambda item: np.bool_, lambda item, value: True),
}
