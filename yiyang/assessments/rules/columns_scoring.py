"""Scores columns: for every row what `scoring.score` gives for one, without its words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yiyang.assessments.rules.columns import Bools, Columns, Floats, rounded_columns
from yiyang.assessments.rules.columns_known import NAN, Wide
from yiyang.assessments.rules.instruments import Item, ItemKind, SubScore, Total
from yiyang.assessments.rules.levels import NEAR
from yiyang.assessments.rules.outcomes import Outcome
from yiyang.assessments.rules.scoring import score

Levels = npt.NDArray[np.int8]
NONE = -1


@dataclass(frozen=True, slots=True)
class Results:
    """Row by row. A level is the place of its band (-1: none); an alert is the bit of its place."""

    complete: Bools
    total: Floats
    band: Levels
    level: Levels
    subscores: dict[str, Floats]
    alerts: npt.NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.total)


def score_columns(columns: Columns, *, context: Mapping[str, Sequence[object]] | None = None) -> Results:
    """The results of all rows; `context` has one value a row for each key."""
    context = context or {}
    wide = Wide(columns, context)
    lacking, odd = wide.none(), wide.none()
    odd[list(columns.odd)] = True
    for code in columns.instrument.order:
        _item(wide, columns.instrument.item(code), lacking, odd)
    if columns.instrument.applies is not None:
        lacking |= wide.holds(columns.instrument.applies).no
    for part in columns.instrument.subscores:
        wide.subscores[part.code] = _added(wide, part, odd)
    if columns.instrument.total is not None:
        wide.total = np.where(lacking, NAN, _added(wide, columns.instrument.total, odd))
    results = _results(wide, ~lacking)
    for at in map(int, np.flatnonzero(odd | _dated(wide))):
        known = {key: values[at] for key, values in context.items()}
        _put(results, at, score(columns.instrument, columns.answers(at), context=known), wide)
    return results


def _item(wide: Wide, item: Item, lacking: Bools, odd: Bools) -> None:
    asked = ~wide.none() if item.show_when is None else wide.holds(item.show_when).yes
    wide.asked[item.code] = asked
    if item.computed:
        values, known = wide.computed(item.value)
        odd |= asked & known & ~np.isfinite(values)
        values = rounded_columns(np.where(asked & known, values, NAN), item.decimals)
        if item.minimum is not None:
            odd |= values < item.minimum
        if item.maximum is not None:
            odd |= values > item.maximum
        odd |= np.abs(values) > 1e12
        wide.numbers[item.code] = values
        answered = ~np.isnan(values)
    elif item.kind is ItemKind.NUMBER:
        wide.numbers[item.code] = np.where(asked, wide.columns.of[item.code], NAN)
        answered = ~np.isnan(wide.numbers[item.code])
    else:
        answered = asked & (wide.columns.of[item.code] != 0)
    wide.answered[item.code] = answered
    if item.required:
        lacking |= asked & ~answered
    if item.scored:
        _worth(wide, item)


def _worth(wide: Wide, item: Item) -> None:
    if item.options:
        found = wide.of_options(item, [option.score or 0.0 for option in item.options])
    else:
        found = _tables(wide, item)
    unanswered = NAN if item.required else 0.0
    found = np.where(wide.answered[item.code], found, unanswered)
    wide.worth[item.code] = np.where(wide.asked[item.code], found, 0.0)


def _tables(wide: Wide, item: Item) -> Floats:
    values = wide.numbers[item.code]
    found, open_ = np.full(wide.size, NAN), ~wide.none()
    for table in item.tables:
        limits = np.array([np.inf if point.upto is None else point.upto for point in table.points])
        points = np.array([*(point.score for point in table.points), NAN])
        worth = points[np.searchsorted(limits, values, side="left")]
        if table.when is None:
            return np.where(open_, worth, found)
        chosen = wide.holds(table.when)
        found = np.where(open_ & chosen.yes, worth, found)
        open_ &= chosen.no
    return found


def _added(wide: Wide, part: SubScore | Total, odd: Bools) -> Floats:
    if part.value:
        values, known = wide.computed(part.value)
        odd |= known & ~np.isfinite(values)
        values = rounded_columns(np.where(known, values, NAN), part.decimals)
        if part.minimum is not None:
            odd |= values < part.minimum
        if part.maximum is not None:
            odd |= values > part.maximum
        return values
    total = np.zeros(wide.size)
    for code in part.parts:
        total = total + (wide.subscores[code] if code in wide.subscores else wide.worth[code])
    return total


def _results(wide: Wide, complete: Bools) -> Results:
    instrument = wide.instrument
    band = np.full(wide.size, NONE, dtype=np.int8)
    for at, one in enumerate(instrument.bands):
        if instrument.level_of:
            options = instrument.item(instrument.level_of).options
            place = next((n for n, option in enumerate(options, 1) if option.code == one.level), 0)
            band[wide.columns.of[instrument.level_of] == place] = at
        elif one.least is not None and one.most is not None:
            band[(wide.total >= one.least - NEAR) & (wide.total <= one.most + NEAR)] = at
    band[~complete] = NONE
    alerts = np.zeros(wide.size, dtype=np.uint64)
    for at, alert in enumerate(instrument.alerts):
        alerts |= wide.holds(alert.when).yes.astype(np.uint64) << np.uint64(at)
    level = np.where(complete, _adjusted(wide, band), NONE).astype(np.int8)
    return Results(complete, wide.total, band, level, wide.subscores, alerts)


def _adjusted(wide: Wide, band: Levels) -> Levels:
    places = {one.level: at for at, one in enumerate(wide.instrument.bands)}
    level, raised = band.copy(), wide.none()
    for rule in wide.instrument.adjustments:
        so = wide.holds(rule.when).yes
        moved = so & ~raised if rule.once else so
        if rule.set:
            level[moved] = places[rule.set]
        else:
            cap = places[rule.cap] if rule.cap else len(places) - 1
            higher = np.maximum(level, np.minimum(level + rule.raise_by, cap))
            level = np.where(moved & (level != NONE), higher, level).astype(np.int8)
        if rule.once:
            raised |= so
    return level


def _dated(wide: Wide) -> Bools:
    """Rows with a date that may lie ahead of their today: only one by one can tell."""
    dated = wide.none()
    if "today" in wide.context:
        for item in wide.instrument.items:
            if item.kind is ItemKind.DATE:
                dated |= wide.answered[item.code]
    return dated


def _put(results: Results, at: int, outcome: Outcome, wide: Wide) -> None:
    places = {band.level: place for place, band in enumerate(wide.instrument.bands)}
    results.complete[at] = outcome.complete
    results.total[at] = NAN if outcome.total is None else outcome.total
    results.band[at] = places[outcome.band.level] if outcome.band else NONE
    results.level[at] = places[outcome.level.level] if outcome.level else NONE
    for code, values in results.subscores.items():
        values[at] = outcome.subscores.get(code, NAN)
    codes = {alert.code for alert in outcome.alerts}
    bits = (1 << place for place, alert in enumerate(wide.instrument.alerts) if alert.code in codes)
    results.alerts[at] = sum(bits)
