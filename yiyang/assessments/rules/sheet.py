"""The sheet that scoring fills in: values, what is hidden, lacking or wrong. Conditions ask it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from yiyang.assessments.rules.answers import Impossible, Taken, Value, in_range
from yiyang.assessments.rules.formulas import name_of
from yiyang.assessments.rules.instruments import Instrument, Item
from yiyang.assessments.rules.ordering import needs
from yiyang.assessments.rules.outcomes import Fault, Step, StepKind
from yiyang.assessments.rules.texts import Text, shown

NOT_ASKED = Text("{item} 此时不问，答案不计", "{item} is not asked here; its answer does not count")
ROUNDED = Text("{item}：{given} 取整为 {value}", "{item}: {given} is rounded to {value}")


class Sheet:
    """One person's answers on one instrument."""

    def __init__(self, instrument: Instrument, context: Mapping[str, object]) -> None:
        self.instrument = instrument
        self._context = context
        self.values: dict[str, Value] = {}
        self.scores_of: dict[str, float | None] = {}
        self.subscores: dict[str, float] = {}
        self.total_value: float | None = None
        self.hidden: set[str] = set()
        self.lacking: list[str] = []
        self.faults: list[Fault] = []
        self.notes: list[Step] = []

    @property
    def today(self) -> date | None:
        """What the caller says is today; without it no date counts as ahead."""
        given = self._context.get("today")
        if isinstance(given, datetime):
            return given.date()
        if isinstance(given, str):
            try:
                return date.fromisoformat(given[:10])
            except ValueError:
                return None
        return given if isinstance(given, date) else None

    def hide(self, item: Item, answered: bool) -> None:
        self.hidden.add(item.code)
        if answered:
            self.note(StepKind.IGNORED, item, NOT_ASKED)

    def note(self, kind: StepKind, item: Item, words: Text, **values: object) -> None:
        self.notes.append(Step(kind, words.format(item=item.text, **values), item.code))

    def wrong(self, item: Item, words: Text) -> None:
        self.faults.append(Fault(item.code, words))

    def take(self, item: Item, got: Taken) -> None:
        self.values[item.code] = got.value
        if got.rounded_from is not None and not item.computed and isinstance(got.value, float):
            self.note(StepKind.ROUNDED, item, ROUNDED, given=shown(got.rounded_from), value=shown(got.value))

    def within(self, item: Item, value: float) -> Taken | None:
        got = (
            in_range(item, value)
            if abs(value) <= 1e12
            else Impossible(Text("数字过大", "the number is too large"))
        )
        if isinstance(got, Impossible):
            self.wrong(item, got.words)
            return None
        return got

    def inputs_missing(self, item: Item) -> bool:
        known_bad = {*self.lacking, *(fault.item for fault in self.faults)}
        return bool(needs(item, self.instrument.items) & known_bad)

    def names(self, wanted: frozenset[str]) -> dict[str, float | str] | None:
        """What a formula calculates with; None when one of them is not known."""
        names: dict[str, float | str] = {}
        for item in self.instrument.items:
            name = name_of(item.code)
            if name in wanted:
                value = self._named(item)
                if value is None:
                    return None
                names[name] = value
        for part in self.instrument.subscores:
            name = name_of(part.code)
            if name in wanted and name not in names:
                if part.code not in self.subscores:
                    return None
                names[name] = self.subscores[part.code]
        return names

    def _named(self, item: Item) -> float | str | None:
        if item.options and item.scored:
            return self.worth(item.code)
        value = self.values.get(item.code)
        return None if isinstance(value, tuple) else value

    def worth(self, code: str) -> float | None:
        """What an item or sub-score adds: nothing when it is not asked, or need not be answered and is not."""
        item = self.instrument.by_code.get(code)
        if item is None or self.instrument.subscore(code) is not None:
            return self.subscores.get(code)
        if code in self.hidden:
            return 0.0
        if code in self.values:
            return self.scores_of.get(code)
        return None if item.required or code in {fault.item for fault in self.faults} else 0.0

    # What conditions ask.

    def answer(self, code: str) -> object | None:
        return self.values.get(code)

    def asked(self, code: str) -> bool:
        return code not in self.hidden

    def points(self, code: str) -> float | None:
        """For sums: how often, else the score."""
        if code in self.hidden:
            return 0.0
        value = self.values.get(code)
        if value is None:
            return None
        chosen = value if isinstance(value, tuple) else (value,)
        options = [option for option in self.instrument.item(code).options if option.code in chosen]
        return sum(option.count if option.count is not None else option.score or 0.0 for option in options)

    def scores(self) -> Iterator[float | None]:
        for item in self.instrument.items:
            if item.scored:
                yield self.worth(item.code)

    def total(self) -> float | None:
        return self.total_value

    def subscore(self, code: str) -> float | None:
        return self.subscores.get(code)

    def context(self, key: str) -> object | None:
        return self._context.get(key)


def answered_items(sheet: Sheet) -> Iterable[Item]:
    return (item for item in sheet.instrument.items if item.code in sheet.values)
