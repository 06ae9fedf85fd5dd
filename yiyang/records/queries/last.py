"""The newest resources of each code: `$lastn`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import msgspec

from yiyang.kernel.actors import Actor
from yiyang.records.queries.search import search
from yiyang.records.r4.extracting import main_date
from yiyang.records.r4.search import Condition, Query, Sort
from yiyang.records.r4.search.query import WantedToken
from yiyang.records.stored import Stored

PAGE = 500
ROUNDS = 20
"""So many pages are looked through where no code was asked for."""


class Coding(msgspec.Struct):
    system: str = ""
    code: str = ""


class Concept(msgspec.Struct):
    coding: list[Coding] = []
    text: str = ""


class Coded(msgspec.Struct):
    code: Concept = msgspec.field(default_factory=Concept)


@dataclass(frozen=True)
class Newest:
    """`looked_through`: older ones were not looked at, so a code that was not used lately may be absent."""

    found: list[Stored]
    looked_through: int | None = None


def newest_of_each(actor: Actor, query: Query, most: int, base: str = "") -> Newest:
    """Of every code among the results, so many, the newest first."""
    of = query.types[0]
    sorted_query = replace(query, sort=(Sort(main_date(of) or "_lastUpdated", "main", True),), cursor="")
    asked = _codes(query)
    if asked:
        found: dict[str, Stored] = {}
        for one in asked:
            parts = tuple(one if _is_code(part) else part for part in query.conditions)
            page = search(actor, replace(sorted_query, conditions=parts, count=most), base)
            found |= {each.id: each for each in page.hits}
        return Newest(list(found.values()))
    return _walked(actor, replace(sorted_query, count=PAGE), most, base)


def _is_code(part: Any) -> bool:
    return isinstance(part, Condition) and part.parameter == "code" and not part.modifier


def _codes(query: Query) -> list[Condition]:
    """Each code asked for as a condition of its own; none where another one may be meant by it."""
    given = [part for part in query.conditions if _is_code(part)]
    if len(given) != 1 or not isinstance(given[0], Condition):
        return []
    exact = all(isinstance(one, WantedToken) and one.system and one.code for one in given[0].wanted)
    return [replace(given[0], wanted=(one,)) for one in given[0].wanted] if exact else []


def _walked(actor: Actor, query: Query, most: int, base: str) -> Newest:
    """Along the results, the newest first, counting codes."""
    counts: dict[tuple[str, str], int] = {}
    kept: dict[tuple[str, str], list[Stored]] = {}
    for turn in range(ROUNDS):
        page = search(actor, query, base)
        for one in page.hits:
            code = _code(one)
            if counts.get(code, 0) < most:
                counts[code] = counts.get(code, 0) + 1
                kept.setdefault(code, []).append(one)
        if not page.next:
            break
        if turn == ROUNDS - 1:
            return Newest(_in_groups(kept), ROUNDS * PAGE)
        query = replace(query, cursor=page.next)
    return Newest(_in_groups(kept))


def _in_groups(kept: dict[tuple[str, str], list[Stored]]) -> list[Stored]:
    return [one for group in kept.values() for one in group]


def _code(one: Stored) -> tuple[str, str]:
    """The first coding, or the words where there is none."""
    code = msgspec.json.decode(one.body, type=Coded).code
    first = next((coding for coding in code.coding if coding.code), None)
    return (first.system, first.code) if first else ("", code.text)
