"""How many results there are: exact to ten thousand, then an estimate; never more than the actor may see."""

from __future__ import annotations

from yiyang.records.queries import outside
from yiyang.records.queries.search.reading import Search
from yiyang.records.queries.search.running import rows

EXACT_TO = 10_000
ROUGH_TO = 1_000
JUDGED_TO = 1_000
SAMPLE = 20_000
"""About so many rows of the table are looked at for an estimate."""


def total(search: Search, asked: str) -> tuple[int, bool]:
    """The number, and whether it is an estimate."""
    found, estimated = _stored(search, asked)
    if search.query.types[0] in outside.TYPES and len(search.query.types) == 1:
        more, cut = _outside(search)
        return found + more, estimated or cut
    return found, estimated


def _outside(search: Search) -> tuple[int, bool]:
    """Those outside of the store are gone through, so far as they are counted exactly."""
    found, cursor = 0, ""
    for _round in range(JUDGED_TO // 100 + 2):
        more, cursor = search.outside(cursor, 100)
        found += len(more)
        if not cursor:
            return found, False
    return found, True


def _stored(search: Search, asked: str) -> tuple[int, bool]:
    if not search.plan.where.exact:
        return _judged(search)
    most = EXACT_TO if asked == "accurate" else ROUGH_TO
    found = _counted(search, most)
    return (found, False) if found <= most else (max(_sampled(search), found), True)


def _counted(search: Search, most: int) -> int:
    return int(rows(search.plan.count(most + 1), search.plan.where.values)[0][0])


def _judged(search: Search) -> tuple[int, bool]:
    """Where the index alone does not decide, resources are judged; beyond a thousand their share is taken."""
    found, more = search.read(None, JUDGED_TO)
    if more is None:
        return len(found), False
    return max(_sampled(search), len(found) + 1), True


def _sampled(search: Search) -> int:
    """Reckoned from a part of the table, under the same conditions and the same sight."""
    pages = rows("SELECT greatest(reltuples, 1) FROM pg_class WHERE relname = 'records_index'", {})
    percent = min(100.0, 100.0 * SAMPLE / float(pages[0][0]))
    found = int(rows(search.plan.sample(percent), search.plan.where.values)[0][0])
    return round(found * 100 / percent)
