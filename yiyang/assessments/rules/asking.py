"""Which questions are put, given the answers so far: for forms, which draw no question that is not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from yiyang.assessments.rules.answers import Taken, Value, taken, unanswered
from yiyang.assessments.rules.conditions import holds
from yiyang.assessments.rules.instruments import Instrument, Item


class Given:
    """What conditions may ask before anything is scored."""

    def __init__(self, instrument: Instrument, context: Mapping[str, object]) -> None:
        self.instrument, self.known = instrument, context
        self.put: set[str] = set()
        self.values: dict[str, Value] = {}

    def answer(self, code: str) -> object | None:
        return self.values.get(code)

    def asked(self, code: str) -> bool:
        return code in self.put

    def points(self, code: str) -> float | None:
        if code not in self.put:
            return 0.0
        value = self.values.get(code)
        if value is None:
            return None
        chosen = value if isinstance(value, tuple) else (value,)
        worth = [
            option.count if option.count is not None else option.score
            for option in self.instrument.item(code).options
            if option.code in chosen
        ]
        return sum(one for one in worth if one is not None) if worth else None

    def scores(self) -> Iterable[float | None]:
        return ()

    def total(self) -> float | None:
        return None

    def subscore(self, code: str) -> float | None:
        return None

    def context(self, key: str) -> object | None:
        return self.known.get(key)


def asked(instrument: Instrument, answers: Mapping[str, object], context: Mapping[str, object]) -> set[str]:
    """The codes of the questions that are put now."""
    given = Given(instrument, context)
    for code in instrument.order:
        item = instrument.item(code)
        if item.show_when is not None and holds(item.show_when, given) is not True:
            continue
        given.put.add(code)
        value = _value(item, answers.get(code))
        if value is not None:
            given.values[code] = value
    return given.put


def applies_to(instrument: Instrument, context: Mapping[str, object]) -> bool:
    """False only where it is known that the instrument is not made for such a person."""
    return instrument.applies is None or holds(instrument.applies, Given(instrument, context)) is not False


def _value(item: Item, raw: object) -> Value | None:
    if unanswered(raw):
        return None
    got = taken(item, raw)
    return got.value if isinstance(got, Taken) else None
