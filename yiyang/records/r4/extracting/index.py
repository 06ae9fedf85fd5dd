"""The index row of a resource: keys, ranges, words and the time when it happened."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from yiyang.records.r4 import dates, texts
from yiyang.records.r4.dates import Span
from yiyang.records.r4.extracting import keys
from yiyang.records.r4.extracting.keys import FIELD, PART
from yiyang.records.r4.extracting.values import Amount, Referred, Text, Token, Uri, Value


@dataclass(frozen=True)
class Index:
    """What is kept of a resource to find it. `starts_at` and `ends_at` are of the type's main date."""

    tokens: list[int]
    range_keys: list[int]
    range_lows: list[float]
    range_highs: list[float]
    strings: str
    starts_at: datetime | None
    ends_at: datetime | None


@dataclass
class Row:
    tokens: dict[int, None] = field(default_factory=dict)
    ranges: dict[tuple[int, float, float], None] = field(default_factory=dict)
    strings: dict[str, None] = field(default_factory=dict)
    occurred: Span | None = None

    def add(self, parameter: str, values: Iterable[Value]) -> None:
        for value in values:
            self.note(parameter)
            WRITERS.get(type(value), _nothing)(self, parameter, value)

    def note(self, parameter: str, there: bool = True) -> None:
        """That the parameter has a value, for `:missing`."""
        if there:
            self.tokens[keys.present(parameter)] = None

    def index(self) -> Index:
        columns = list(zip(*self.ranges, strict=True)) or [(), (), ()]
        occurred = self.occurred
        return Index(
            list(self.tokens),
            list(columns[0]),
            list(columns[1]),
            list(columns[2]),
            "".join(self.strings) + FIELD if self.strings else "",
            occurred.start if occurred else None,
            occurred.end if occurred else None,
        )

    def words(self, parameter: str, text: str) -> None:
        plain, *read = texts.forms(text) or ("",)
        for form in (*read[:1], plain, *read[1:]) if plain else ():  # pinyin first: by it results are sorted
            self.strings[f"{FIELD}{parameter}{PART}{form}"] = None


def seconds(at: datetime) -> float:
    """An instant as a number; open ends are infinite."""
    if at <= dates.PAST:
        return float("-inf")
    return float("inf") if at >= dates.FUTURE else at.timestamp()


def _token(row: Row, parameter: str, value: Token) -> None:
    for system, code in value.codes:
        if code:
            row.tokens[keys.coded(parameter, (system, code))] = None
            row.tokens[keys.code(parameter, code)] = None
        if system:
            row.tokens[keys.system(parameter, system)] = None
        for kind in value.kinds:
            row.tokens[keys.of_type(parameter, kind, code)] = None
            row.tokens[keys.kind_code(parameter, kind[1], code)] = None
    for text in value.texts:
        row.words(f"{parameter}:text", text)


def _referred(row: Row, parameter: str, value: Referred) -> None:
    if value.target is not None:
        row.tokens[keys.reference(parameter, str(value.target))] = None
        if value.target.address and value.target.id:  # perhaps ours, under the name of whoever asks
            row.tokens[keys.reference(parameter, f"{value.target.type}/{value.target.id}")] = None
    if value.identifier is not None:
        _token(row, keys.identifier(parameter), value.identifier)
    for text in value.texts:
        row.words(f"{parameter}:text", text)


def _span(row: Row, parameter: str, value: Span) -> None:
    row.ranges[keys.range_key(parameter), seconds(value.start), seconds(value.end)] = None


def _amount(row: Row, parameter: str, value: Amount) -> None:
    for one in keys.amount_ranges(parameter, value):
        row.ranges[one] = None


def _text(row: Row, parameter: str, value: Text) -> None:
    row.tokens[keys.exactly(parameter, value.text)] = None
    row.words(parameter, value.text)


def _uri(row: Row, parameter: str, value: Uri) -> None:
    row.tokens[keys.uri(parameter, value.text)] = None
    for prefix in keys.prefixes(value.text):
        row.tokens[keys.below(parameter, prefix)] = None


def _nothing(_row: Row, _parameter: str, _value: Value) -> None:
    """Composites are looked for by their components, places by comparing them."""


WRITERS: dict[type[Any], Callable[[Row, str, Any], None]] = {
    Token: _token,
    Referred: _referred,
    Span: _span,
    Amount: _amount,
    Text: _text,
    Uri: _uri,
}
