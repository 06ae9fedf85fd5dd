"""A page in the order of a date, of what is in the store and of what lies outside of it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING, Any

from yiyang.records.queries.search.order import (
    TIMES,
    Key,
    SearchPageUnknown,
    read_cursor,
    write_cursor,
)
from yiyang.records.r4.extracting.index import seconds
from yiyang.records.stored import Stored

if TYPE_CHECKING:
    from yiyang.records.queries.search.reading import Search

OVER = "-"
"""The marker of a part that has come to its end."""


def one_page(search: Search) -> tuple[list[Stored], str] | None:
    """A page and the marker of the next; None where what lies outside cannot be put into this order."""
    query, key = search.query, search.order[0]
    places = _read(query.cursor)
    walk = search.in_order(places[1] if places else "")
    if walk is None:
        return None
    if places is None:
        raise SearchPageUnknown
    stored_at = places[0]
    rows, more = _rows(search, stored_at)
    found: list[Stored] = []
    used = 0
    while len(found) < query.count:
        head = walk.peek()
        if head is None and (walk.cut or used == len(rows)):
            break
        row = rows[used] if used < len(rows) else None
        if row is not None and (head is None or _first(key, row[1][0], head.by)):
            found.append(row[0])
            used += 1
        else:
            found.append(walk.take())
    left = more or used < len(rows)
    if used:
        stored_at = write_cursor(query, rows[used - 1][1])
    if not left and walk.peek() is None and not walk.cut:
        return found, ""
    return found, _write(stored_at if left else OVER, walk.cursor)


def _rows(search: Search, at: str) -> tuple[list[tuple[Stored, list[Any]]], bool]:
    if at == OVER:
        return [], False
    last = read_cursor(replace(search.query, cursor=at), search.order) if at else None
    return search.placed(last, search.query.count)


def _first(key: Key, value: Any, other: datetime) -> bool:
    """Whether a stored one comes before the one outside."""
    mine, theirs = _number(key, value), seconds(other)
    return mine >= theirs if key.descending else mine <= theirs


def _number(key: Key, value: Any) -> float:
    if value is None:
        return -inf if (key.nulls == "FIRST") is not key.descending else inf
    return seconds(value) if key.type == TIMES else float(value)


def _write(stored: str, shown: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([stored, shown]).encode()).decode().rstrip("=")


def _read(cursor: str) -> tuple[str, str] | None:
    if not cursor:
        return "", ""
    try:
        stored, shown = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not (isinstance(stored, str) and isinstance(shown, str)):
            raise ValueError(cursor)
    except (ValueError, TypeError):
        return None
    return stored, shown
