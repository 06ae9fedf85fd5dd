"""The parameters that say how the result is given: `_sort`, `_count`, `_include` and their like."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from yiyang.records.r4 import definitions
from yiyang.records.r4.extracting import main_date, parameters
from yiyang.records.r4.search.query import Include, Part, Query, Sort
from yiyang.records.r4.search.refusals import (
    SearchParameterUnknown,
    SearchSortUnfit,
    SearchTooLarge,
    SearchTypeUnknown,
    SearchValueMalformed,
)

USUAL_COUNT = 50
LARGEST_COUNT = 500
MOST_INCLUDES = 20
MOST_SORTS = 3
SORTED = ("date", "number", "quantity", "string", "token", "reference", "uri")
TOTALS = ("none", "estimate", "accurate")
SUMMARIES = ("true", "false", "text", "data", "count")


class Controls:
    """Takes what it knows, and gives the query in the end."""

    def __init__(self, types: Sequence[str]) -> None:
        self.types = tuple(types)
        self.sort: tuple[Sort, ...] = ()
        self.count = USUAL_COUNT
        self.includes: list[Include] = []
        self.revincludes: list[Include] = []
        self.total = "none"
        self.summary = "false"
        self.elements: tuple[str, ...] = ()
        self.cursor = ""

    def take(self, name: str, value: str) -> bool:
        """Whether this parameter says how to give the result."""
        word, _colon, modifier = name.partition(":")
        taker = TAKERS.get(word)
        if taker is None:
            return False
        if modifier and not (modifier == "iterate" and word in ("_include", "_revinclude")):
            raise SearchParameterUnknown(type=", ".join(self.types[:3]), parameter=name)
        taker(self, name, value)
        return True

    def query(
        self, conditions: tuple[Part, ...], used: tuple[tuple[str, str], ...], ignored: tuple[str, ...]
    ) -> Query:
        return Query(
            types=self.types,
            conditions=conditions,
            sort=self.sort,
            count=self.count,
            includes=tuple(dict.fromkeys(self.includes)),
            revincludes=tuple(dict.fromkeys(self.revincludes)),
            total=self.total,
            summary=self.summary,
            elements=self.elements,
            cursor=self.cursor,
            used=used,
            ignored=ignored,
        )

    def take_sort(self, name: str, value: str) -> None:
        words = value.split(",")
        if len(words) > MOST_SORTS:
            raise SearchTooLarge(parameter=name, most=MOST_SORTS)
        self.sort = tuple(self._one_sort(one) for one in words)

    def _one_sort(self, word: str) -> Sort:
        code, descending = word.removeprefix("-"), word.startswith("-")
        if code in ("_id", "_lastUpdated"):
            return Sort(code, "date" if code == "_lastUpdated" else "token", descending)
        known = parameters(self.types[0]) if len(self.types) == 1 else {}
        fitting = [one.code for one in known.values() if one.type in SORTED and one.code != "_lastUpdated"]
        if code not in fitting:
            shown = ", ".join(("_lastUpdated", "_id", *sorted(fitting)))
            raise SearchSortUnfit(value=word[:60], fitting=shown)
        return Sort(code, "main" if code == main_date(self.types[0]) else known[code].type, descending)

    def take_count(self, name: str, value: str) -> None:
        if not (value.isascii() and value.isdecimal()):
            raise SearchValueMalformed(parameter=name, value=value[:60], example="50")
        count = min(int(value[:9]), LARGEST_COUNT)
        if count == 0:
            self.summary = "count"
        else:
            self.count = count

    def take_include(self, name: str, value: str) -> None:
        self._include(self.includes, name, value)

    def take_revinclude(self, name: str, value: str) -> None:
        self._include(self.revincludes, name, value)

    def _include(self, into: list[Include], name: str, value: str) -> None:
        if len(into) >= MOST_INCLUDES:
            raise SearchTooLarge(parameter=name, most=MOST_INCLUDES)
        pieces = value.split(":")
        if pieces == ["*"]:
            pieces = ["*", "*"]
        if not 2 <= len(pieces) <= 3 or (pieces[0] == "*" and pieces[1] != "*"):
            raise SearchValueMalformed(
                parameter=name, value=value[:100], example="Observation:subject:Patient"
            )
        source, code, *target = pieces
        for one in (source, *target):
            if one != "*" and not definitions.is_resource(one):
                raise SearchTypeUnknown(parameter=name, value=one[:60])
        if code != "*":
            known = parameters(source).get(code)
            if known is None or known.type != "reference":
                raise SearchValueMalformed(
                    parameter=name, value=value[:100], example=f"{source}:{_reference_of(source)}"
                )
        into.append(Include(source, code, target[0] if target else "", name.endswith(":iterate")))

    def take_total(self, name: str, value: str) -> None:
        self.total = _one_of(name, value, TOTALS)

    def take_summary(self, name: str, value: str) -> None:
        self.summary = _one_of(name, value, SUMMARIES)

    def take_elements(self, name: str, value: str) -> None:
        words = tuple(one.strip() for one in value.split(","))
        if len(words) > 100 or not all(one.replace(".", "").isalnum() for one in words):
            raise SearchValueMalformed(parameter=name, value=value[:100], example="status,code,subject")
        self.elements = words

    def take_cursor(self, _name: str, value: str) -> None:
        self.cursor = value


def _one_of(name: str, value: str, fitting: tuple[str, ...]) -> str:
    if value not in fitting:
        raise SearchValueMalformed(parameter=name, value=value[:60], example=", ".join(fitting))
    return value


def _reference_of(source: str) -> str:
    return next((one.code for one in parameters(source).values() if one.type == "reference"), "*")


TAKERS: dict[str, Callable[[Controls, str, str], None]] = {
    "_sort": Controls.take_sort,
    "_count": Controls.take_count,
    "_include": Controls.take_include,
    "_revinclude": Controls.take_revinclude,
    "_total": Controls.take_total,
    "_summary": Controls.take_summary,
    "_elements": Controls.take_elements,
    "_cursor": Controls.take_cursor,
}
