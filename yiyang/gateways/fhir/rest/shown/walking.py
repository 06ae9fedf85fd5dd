"""Going through rows in order, a batch at a time and so many at most, from where the page before ended.

A marker says of each kind of row up to which row, and which of its resources, it was given: nothing comes twice, and
nothing is left out when rows are added meanwhile.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from yiyang.kernel.time import now
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.search import Condition, met
from yiyang.records.stored import Stored

BATCH, ROUNDS = 200, 5
NEVER = datetime(1, 1, 2, tzinfo=UTC)
WHOLE = 999_999
"""All resources of a row."""
KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{1,12}")

Place = tuple[list[str], int] | None
"""The row up to which it was given, by its columns, and its last resource; None: from the beginning."""
ENDED: Place = ([], 0)


@dataclass(frozen=True)
class Item:
    by: datetime
    stored: Stored
    place: Place


class Walk:
    """The resources of one kind of row that fit. `cut`: so many rows were looked at that the page ends here."""

    def __init__(
        self,
        rows: QuerySet[Any],
        order: Sequence[str],
        judged: Sequence[Condition],
        *,
        shown: Callable[[Any], list[Stored]],
        open: Callable[[list[Any]], list[Any]],
        place: Place,
        by: str = "",
        descending: bool = False,
    ) -> None:
        self.place, self.cut = place, False
        self._by = bool(by)
        self._rows = rows.annotate(sorted_by=Coalesce(F(by), Value(NEVER))) if by else rows
        self._columns = [(one, False) for one in order]
        if by:
            self._columns.insert(0, ("sorted_by", descending))
        self._judged, self._shown, self._open = judged, shown, open
        self._head: Item | None = None
        self._items = self._run()

    def peek(self) -> Item | None:
        if self._head is None and self.place != ENDED and not self.cut:
            self._head = next(self._items, None)
        return self._head

    def take(self) -> Stored:
        found = self.peek()
        assert found is not None
        self._head, self.place = None, found.place
        return found.stored

    def _run(self) -> Iterator[Item]:
        looked = self.place
        for _round in range(ROUNDS):
            rows = list(self._beyond(looked)[: BATCH + 1])
            given = looked
            for row in self._open(rows[:BATCH]):
                values = self._values(row)
                for index, one in enumerate(self._shown(row)):
                    if given is not None and values == given[0] and index <= given[1]:
                        continue
                    if met(bodies.decode(one.body.encode()), self._judged, now()):
                        by = row.sorted_by if self._by else NEVER
                        yield Item(by, one, (values, index))
            if len(rows) <= BATCH:
                self.place = ENDED
                return
            looked = (self._values(rows[BATCH - 1]), WHOLE)
        self.place, self.cut = looked, True

    def _values(self, row: Any) -> list[str]:
        found = (getattr(row, name) for name, _descending in self._columns)
        return [one.isoformat() if isinstance(one, datetime) else str(one) for one in found]

    def _beyond(self, place: Place) -> QuerySet[Any]:
        """The rows from this one on, itself included."""
        rows = self._rows.order_by(*(f"-{name}" if down else name for name, down in self._columns))
        if place is None:
            return rows
        listed = [(*column, value) for column, value in zip(self._columns, place[0], strict=True)]
        name, down, value = listed[-1]
        rest = Q(**{f"{name}__{'lte' if down else 'gte'}": value})
        for name, down, value in reversed(listed[:-1]):
            rest = Q(**{f"{name}__{'lt' if down else 'gt'}": value}) | Q(**{name: value}) & rest
        name, down, value = listed[0]
        return rows.filter(Q(**{f"{name}__{'lte' if down else 'gte'}": value}) & rest)


class Walked(Protocol):
    """One of several that are given as one."""

    place: Place
    cut: bool

    def peek(self) -> Item | None: ...
    def take(self) -> Stored: ...


class Merged:
    """Several walks as one: whichever comes first in order, or one walk after the other."""

    def __init__(self, walks: Sequence[Walked], *, merging: bool, descending: bool = False) -> None:
        self.walks, self._merging, self._descending = walks, merging, descending

    @property
    def cut(self) -> bool:
        return any(one.cut for one in self.walks)

    @property
    def cursor(self) -> str:
        return marker([one.place for one in self.walks])

    def peek(self) -> Item | None:
        walk = self._next()
        return walk.peek() if walk else None

    def take(self) -> Stored:
        walk = self._next()
        assert walk is not None
        return walk.take()

    def _next(self) -> Walked | None:
        """None at the end, and where one of them was cut: what comes next is not known then."""
        first: Walked | None = None
        for walk in self.walks:
            head = walk.peek()
            if head is None:
                if walk.cut:
                    return None
                continue
            if not self._merging:
                return walk
            if first is None or self._before(head, first.peek()):
                first = walk
        return first

    def _before(self, one: Item, other: Item | None) -> bool:
        assert other is not None
        return one.by > other.by if self._descending else one.by < other.by


def marker(places: Sequence[Place]) -> str:
    """Where each walk was left, to go on there with the next page."""
    return base64.urlsafe_b64encode(json.dumps(places).encode()).decode().rstrip("=")


def places_of(cursor: str, many: int) -> list[Place]:
    """Where each walk goes on; from the beginning for a marker that was not given out here."""
    try:
        found = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if len(found) != many:
            raise ValueError(cursor)
        return [_place(one) for one in found]
    except (ValueError, TypeError):
        return [None] * many


def _place(told: Any) -> Place:
    if told is None:
        return None
    values, index = told
    if values == [] and index == 0:
        return ENDED
    return [_value(one) for one in values], min(int(index), WHOLE)


def _value(text: Any) -> str:
    if not KEY.fullmatch(text):
        datetime.fromisoformat(text)
    return str(text)
