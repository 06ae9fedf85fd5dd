"""What stands, laid over another version of its instrument, in columns: as it was signed, and as it would be now."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from yiyang.assessments.rules.columns import Bools, Columns
from yiyang.assessments.rules.columns_scoring import NONE, Results, score_columns
from yiyang.assessments.rules.eligibility.columns import Held
from yiyang.assessments.rules.instruments import Instrument
from yiyang.assessments.rules.standing import Standing

NO_LEVEL = ""


@dataclass(frozen=True)
class Laid:
    """Those, and what follows from the same answers on another version."""

    content: Instrument
    standing: Standing
    columns: Columns
    results: Results

    @cached_property
    def levels(self) -> list[str]:
        names = [*(band.level for band in self.content.bands), NO_LEVEL]
        return [names[place] for place in self.results.level.tolist()]

    @cached_property
    def totals(self) -> list[float | None]:
        return [None if math.isnan(total) else total for total in self.results.total.tolist()]

    def subscores(self, at: int) -> dict[str, float]:
        found = {code: float(values[at]) for code, values in self.results.subscores.items()}
        return {code: value for code, value in found.items() if not math.isnan(value)}

    def held_before(self) -> Held:
        one = self.standing
        return self._held(as_signed(self.content, one.levels, one.totals, one.subscores))

    def held(self) -> Held:
        return self._held(self.results)

    def _held(self, results: Results) -> Held:
        return Held(self.columns, results, days(self.standing.on), days(self.standing.until))


def lay(content: Instrument, standing: Standing) -> Laid:
    columns = Columns(content, standing.answers)
    return Laid(content, standing, columns, score_columns(columns, context=standing.context))


def as_signed(
    content: Instrument,
    levels: Sequence[str],
    totals: Sequence[float | None],
    subscores: Sequence[Mapping[str, Any]],
) -> Results:
    """Results as they were kept, in columns; a level that this version does not know is none."""
    size, places = len(levels), {band.level: at for at, band in enumerate(content.bands)}
    level = np.array([places.get(one, NONE) for one in levels], dtype=np.int8)
    parts = {
        part.code: np.array([row.get(part.code, math.nan) for row in subscores], dtype=np.float64)
        for part in content.subscores
    }
    total = np.array([math.nan if one is None else one for one in totals], dtype=np.float64)
    return Results(level != NONE, total, level, level, parts, np.zeros(size, dtype=np.uint64))


def not_plain(content: Instrument, columns: Columns, levels: Sequence[str]) -> Bools:
    """Rows that columns do not say whole: odd answers, or a level of another version."""
    known = {NO_LEVEL, *(band.level for band in content.bands)}
    odd = np.array([one not in known for one in levels], dtype=np.bool_)
    odd[list(columns.odd)] = True
    return odd


def days(given: Sequence[date | None]) -> Any:
    return np.array(given, dtype="datetime64[D]")
