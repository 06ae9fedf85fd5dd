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
from yiyang.records.queries.search.conditions import Where
from yiyang.records.r4.extracting import keys
from yiyang.records.r4.search.query import Query, Sort


class SearchPageUnknown(Refusal):
    message = _("This page marker is not valid for this search. Start again from the first page.")
    status = 400


@dataclass(frozen=True)
class Key:
    """One expression by which rows are sorted; those without a value come last, either way."""

    sql: str
    type: str
    descending: bool

    @property
    def order(self) -> str:
        return f"{self.sql} {'DESC' if self.descending else 'ASC'} NULLS LAST"

    def cast(self, name: str) -> str:
        return f"{name}::{self.type}"


TIMES = "timestamptz"
AGREED = {"_lastUpdated": ("i.updated_at", TIMES), "_id": ("i.id", "text")}


def order_of(query: Query, where: Where) -> list[Key]:
    """The order asked for; else the newest first, by the type's own date."""
    found = [_key(one, where) for one in query.sort]
    if not found:
        by = "i.starts_at" if len(query.types) == 1 else "i.updated_at"
        found = [Key(by, TIMES, True)]
    if found[-1].sql != "i.id":
        found.append(Key("i.id", "text", False))
    if len(query.types) > 1:
        found.append(Key("i.kind", "smallint", False))
    return found


def _key(sort: Sort, where: Where) -> Key:
    if sort.parameter in AGREED:
        return Key(*AGREED[sort.parameter], sort.descending)
    if sort.type == "main":
        return Key("i.starts_at", TIMES, sort.descending)
    if sort.type == "string":
        pattern = f"{keys.FIELD}{sort.parameter}{keys.PART}([^{keys.FIELD}]*)"
        return Key(f'(substring(i.strings FROM {where.name(pattern)}) COLLATE "C")', "text", sort.descending)
    key = where.name(keys.range_key(sort.parameter))
    value = "max(r.high)" if sort.descending else "min(r.low)"
    rows = "unnest(i.range_keys, i.range_lows, i.range_highs) AS r (key, low, high)"
    return Key(f"(SELECT {value} FROM {rows} WHERE r.key = {key}::bigint)", "float8", sort.descending)


def after(order: Sequence[Key], last: Sequence[Any], where: Where) -> str:
    """The rows that come after the last one given."""
    names = [
        None if value is None else one.cast(where.name(value)) for one, value in zip(order, last, strict=True)
    ]
    choices, same = [], list[str]()
    for one, name in zip(order, names, strict=True):
        if name is None:
            same.append(f"{one.sql} IS NULL")
            continue
        sign = "<" if one.descending else ">"
        choices.append(" AND ".join([*same, f"({one.sql} {sign} {name} OR {one.sql} IS NULL)"]))
        same.append(f"{one.sql} = {name}")
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
        if key.sql in ("i.id", "i.kind", "i.updated_at"):
            raise ValueError(key)
        return None
    if key.type == TIMES:
        return datetime.fromisoformat(value)
    if key.type == "float8":
        return float(value)
    if key.type == "smallint":
        return int(value)
    if not isinstance(value, str) or "\x00" in value:
        raise ValueError(value)
    return value


def _mark(query: Query) -> str:
    """By which a marker is known to belong to this search."""
    return sha256(repr((query.types, query.conditions, query.sort)).encode()).hexdigest()[:16]
