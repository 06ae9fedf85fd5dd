"""The rows of one page: asked for in order, and each judged once more by the resource itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from yiyang.kernel.actors import Actor
from yiyang.kernel.time import now
from yiyang.records.queries import outside
from yiyang.records.queries.outside import Walking
from yiyang.records.queries.search import codes, leading, merging, plans
from yiyang.records.queries.search.conditions import Scene
from yiyang.records.queries.search.order import Key, after, order_of, read_cursor, write_cursor
from yiyang.records.queries.search.running import SearchTooCostly, rows
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import type_of
from yiyang.records.r4.search.matching import met
from yiyang.records.r4.search.query import Chain, Condition, Has, Part, Query
from yiyang.records.stored import Stored

ROUNDS = 20
"""So often are further rows asked for when the index gave such as do not fit after all."""

# Decided by columns that the body only repeats.
BY_COLUMN = ("_id", "_lastUpdated")


@dataclass
class Search:
    """A query made ready for one actor."""

    actor: Actor
    query: Query
    plan: plans.Plan
    order: list[Key]
    parts: tuple[Part, ...]
    """The conditions, with each person by every id."""
    judged: tuple[Part, ...]
    scene: Scene
    base: str

    def read(self, last: Sequence[Any] | None, limit: int) -> tuple[list[Stored], list[Any] | None]:
        """So many resources after the row `last`, and the row at which they end; None when nothing follows."""
        found, more = self.placed(last, limit)
        return [one for one, _place in found], (found[-1][1] if found else []) if more else None

    def placed(self, last: Sequence[Any] | None, limit: int) -> tuple[list[tuple[Stored, list[Any]]], bool]:
        """The same, each with its row; and whether something follows."""
        found: list[tuple[Stored, list[Any]]] = []
        for turn in range(ROUNDS):
            asked = max(limit + 1 - len(found), 0 if turn == 0 else 50 * 2 ** min(turn, 5))
            taken = self._rows(last, asked)
            for row in taken:
                last = row[6:]
                one = Stored(row[0], type_of(row[1]), *row[2:6])
                if not self._meets(one):
                    continue
                if len(found) == limit:
                    return found, True
                found.append((one, list(row[6:])))
            if len(taken) < asked:
                return found, False
        raise SearchTooCostly

    def outside(self, cursor: str, limit: int) -> tuple[list[Stored], str]:
        """Those of the type that are not in the store: by what they show, and by what refers to them."""
        of = self.query.types[0]
        if not outside.asked(self.actor, of):
            return [], ""
        own, ids = self._of_outside
        return outside.page(self.actor, of, own, ids, cursor, limit)

    def in_order(self, cursor: str) -> Walking | None:
        """The same in the order asked for; None where that cannot be."""
        of, sort = self.query.types[0], self.query.sort
        if len(sort) != 1 or not outside.asked(self.actor, of):
            return None
        own, ids = self._of_outside
        return outside.in_order(self.actor, of, own, ids, cursor, sort[0])

    @cached_property
    def _of_outside(self) -> tuple[list[Part], list[str] | None]:
        """The conditions that what is shown can answer, and the ids to which others refer."""
        parts = self.parts
        lead = leading.Leading(self.actor, partial(found_all, self.actor, base=self.base), self.base)
        referred = [set(lead.referred(one, self.query.types)) for one in parts if isinstance(one, Has)]
        ids = sorted(set.intersection(*referred)) if referred else None
        own: list[Part] = [one for one in parts if isinstance(one, Condition)]
        return [*own, *(lead.as_reference(one) for one in parts if isinstance(one, Chain))], ids

    def _rows(self, last: Sequence[Any] | None, limit: int) -> list[tuple[Any, ...]]:
        where = self.plan.where
        before = dict(where.values)
        more = "true" if last is None else after(self.order, last, where)
        found: list[tuple[Any, ...]] = []
        edge = self.plan.edge(self.order, more, limit)
        newest = rows(edge, where.values) if edge else []
        if newest and newest[0][0] is not None:
            near = f"{more} AND {self.order[0].sql} >= {where.name(newest[0][0])}"
            found = rows(self.plan.statement(self.order, near, limit), where.values)
        if len(found) < limit:  # also where one of them was taken away meanwhile
            found = rows(self.plan.statement(self.order, more, limit), where.values)
        where.values = before
        return found

    def _meets(self, one: Stored) -> bool:
        return not self.judged or met(bodies.decode(one.body.encode()), self.judged, self.scene.at, self.base)


def ready(actor: Actor, query: Query, base: str) -> Search:
    query = codes.named(query)
    scene = Scene(query.types, now())
    known = plans.named(query)
    parts = plans.widened(query, known)
    where = plans.conditions(query, parts, scene)
    read = partial(found_all, actor, base=base)
    leading.Leading(actor, read, base).add(where, parts, scene)
    order = order_of(query, where)
    judged = tuple(
        one
        for one in parts
        if not isinstance(one, Chain | Has)
        and not (isinstance(one, Condition) and one.parameter in BY_COLUMN)
    )
    return Search(actor, query, plans.plan(actor, query, where, known), order, parts, judged, scene, base)


OUTSIDE = "~"
"""Begins the marker of a page that goes on outside of the store."""


def one_page(search: Search) -> tuple[list[Stored], str]:
    """A page and the marker of the next one; empty at the end. What lies outside of the store comes last."""
    query = search.query
    beyond = query.types[0] in outside.TYPES and len(query.types) == 1
    found: list[Stored] = []
    if beyond and (page := merging.one_page(search)) is not None:
        return page
    if not (beyond and query.cursor.startswith(OUTSIDE)):
        last = read_cursor(query, search.order) if query.cursor else None
        found, end = search.read(last, query.count)
        if end is not None:
            return found, write_cursor(query, end)
        if not beyond:
            return found, ""
    if len(found) == query.count:
        return found, OUTSIDE
    more, cursor = search.outside(query.cursor.removeprefix(OUTSIDE), query.count - len(found))
    return [*found, *more], OUTSIDE + cursor if cursor else ""


def found_all(actor: Actor, query: Query, most: int, *, base: str) -> list[Stored]:
    return ready(actor, query, base).read(None, most)[0]
