"""In which order results are given, and where a page ends: at a row, not at a number, so that none is lost or twice."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal
from yiyang.records.queries.search import sorting
from yiyang.records.queries.search.conditions import Where
from yiyang.records.r4.extracting import keys, names
from yiyang.records.r4.search.query import Query, Sort
from yiyang.records.r4.search.wanted import is_text


class SearchPageUnknown(Refusal):
    message = _("This page marker is not valid for this search. Start again from the first page.")
    status = 400


@dataclass(frozen=True)
class Key:
    """One expression by which rows are sorted. Its order is that of an index, read forwards or backwards."""

    sql: str
    type: str
    descending: bool
    nulls: str = "LAST"
    """Where rows without a value come; empty for what always has one."""

    def order(self, name: str = "") -> str:
        nulls = f" NULLS {self.nulls}" if self.nulls else ""
        return f"{name or self.sql} {'DESC' if self.descending else 'ASC'}{nulls}"

    def cast(self, name: str) -> str:
        return f"{name}::{self.type}"

    def beyond(self, name: str | None) -> str:
        """The rows that come after this value; None is "no value"."""
        if name is None:
            return f"{self.sql} IS NOT NULL" if self.nulls == "FIRST" else "false"
        after = f"{self.sql} {'<' if self.descending else '>'} {name}"
        return f"({after} OR {self.sql} IS NULL)" if self.nulls == "LAST" else after

    def same(self, name: str | None) -> str:
        return f"{self.sql} IS NULL" if name is None else f"{self.sql} = {name}"


TIMES = "timestamptz"


def order_of(query: Query, where: Where) -> list[Key]:
    """The order asked for; else the newest first, by the type's own date."""
    found = [_key(one, where, query.types[0]) for one in query.sort]
    if not found:
        by = "i.starts_at" if len(query.types) == 1 else "i.updated_at"
        found = [_date(by, True)]
    if found[-1].sql != "i.id":
        backwards = len(found) == 1 and not found[0].descending
        found.append(Key("i.id", "text", backwards, ""))
    if len(query.types) > 1:
        found.append(Key("i.kind", "smallint", False, ""))
    return found


def _date(column: str, descending: bool) -> Key:
    """By a column with an index: what has no date comes last when the newest come first, else first."""
    nulls = "" if column == "i.updated_at" else "LAST" if descending else "FIRST"
    return Key(column, TIMES, descending, nulls)


def _key(sort: Sort, where: Where, of: str) -> Key:
    if sort.parameter == "_id":
        return Key("i.id", "text", sort.descending, "")
    if sort.parameter == "_lastUpdated":
        return _date("i.updated_at", sort.descending)
    if sort.type == "main":
        return _date("i.starts_at", sort.descending)
    if sort.type == "string":
        pattern = f"{keys.FIELD}(?:{'|'.join(names(of, sort.parameter))}){keys.PART}([^{keys.FIELD}]*)"
        return Key(f'(substring(i.strings FROM {where.name(pattern)}) COLLATE "C")', "text", sort.descending)
    if sort.type in sorting.BY_TEXT:
        return Key(sorting.text_of(of, sort.parameter, sort.descending, where), "text", sort.descending)
    found = where.name([keys.range_key(one) for one in names(of, sort.parameter)])
    value = "max(r.high)" if sort.descending else "min(r.low)"
    rows = "unnest(i.range_keys, i.range_lows, i.range_highs) AS r (key, low, high)"
    return Key(
        f"(SELECT {value} FROM {rows} WHERE r.key = ANY({found}::bigint[]))", "float8", sort.descending
    )


def after(order: Sequence[Key], last: Sequence[Any], where: Where) -> str:
    """The rows that come after the last one given."""
    choices, same = [], list[str]()
    for one, value in zip(order, last, strict=True):
        name = None if value is None else one.cast(where.name(value))
        choices.append(" AND ".join([*same, one.beyond(name)]))
        same.append(one.same(name))
    return f"({' OR '.join(f'({one})' for one in choices)})"


def write_cursor(query: Query, last: Sequence[Any]) -> str:
    shown = [one.isoformat() if isinstance(one, datetime) else one for one in last]
    text = json.dumps([_mark(query), *shown], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(query: Query, order: Sequence[Key]) -> list[Any]:
    """The row at which the page before ended."""
    text = query.cursor
    try:
        mark, *last = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if mark != _mark(query) or len(last) != len(order):
            raise ValueError(text)
        return [_value(one, value) for one, value in zip(order, last, strict=True)]
    except (ValueError, TypeError) as error:
        raise SearchPageUnknown from error


def _value(key: Key, value: Any) -> Any:
    if value is None:
        if not key.nulls:
            raise ValueError(key)
        return None
    if key.type == TIMES:
        return datetime.fromisoformat(value)
    if key.type == "float8":
        return float(value)
    if key.type == "smallint":
        return int(value)
    if not isinstance(value, str) or not is_text(value):
        raise ValueError(value)
    return value


def _mark(query: Query) -> str:
    """By which a marker is known to belong to this search."""
    return sha256(repr((query.types, query.conditions, query.sort)).encode()).hexdigest()[:16]
