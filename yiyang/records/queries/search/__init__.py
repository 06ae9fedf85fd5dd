"""Searches of the record. The database narrows down by keys and sight; the resource itself decides.

`search` gives a page; `matches` the ids that a condition means (conditional create, update and delete).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from yiyang.kernel.actors import Actor
from yiyang.records.queries import outside
from yiyang.records.queries.search.counting import total
from yiyang.records.queries.search.including import included
from yiyang.records.queries.search.reading import one_page, ready
from yiyang.records.queries.search.running import in_time
from yiyang.records.queries.visible import may_read
from yiyang.records.r4.search import Query, parse
from yiyang.records.stored import Stored

__all__ = ["Page", "matches", "search"]


@dataclass(frozen=True)
class Page:
    """`next` is given back as `_cursor` for the page that follows; empty on the last one."""

    hits: list[Stored] = field(default_factory=list)
    included: list[Stored] = field(default_factory=list)
    next: str = ""
    total: int | None = None
    estimated: bool = False
    cut: bool = False
    """Some of what was to be included is left out: it was too many."""


def search(actor: Actor, query: Query, base: str = "") -> Page:
    """One page of what the actor may see."""
    if not all(outside.opened(actor, one) for one in query.types):
        may_read(actor)
    with in_time():
        made = ready(actor, query, base)
        if query.summary == "count":
            number, estimated = total(made, "accurate")
            return Page(total=number, estimated=estimated)
        hits, following = one_page(made)
        page = Page(hits, next=following)
        if query.total != "none":
            number, estimated = total(made, query.total)
            page = replace(page, total=number, estimated=estimated)
        if query.includes or query.revincludes:
            beside, cut = included(actor, query, hits, base)
            page = replace(page, included=beside, cut=cut)
        return page


def matches(
    actor: Actor, type: str, params: Sequence[tuple[str, str]], limit: int = 2, base: str = ""
) -> list[str]:
    """The ids of the resources that fit, `limit` at most; parameters that are not known are refused."""
    may_read(actor)
    query = replace(parse(type, params, "strict", base), count=limit, cursor="")
    with in_time():
        return [one.id for one in one_page(ready(actor, query, base))[0]]
