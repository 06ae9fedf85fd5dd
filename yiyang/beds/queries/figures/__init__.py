"""The figures of the boards, always counted from the rows, never from stored counters.

A bed in service is in exactly one state now, so that the sum of the states is the number of open beds by
construction. A bed may have several live rows (somebody is in it, and it is promised to the next); the
first of this order counts:

1. PRESENT: somebody is in it.
2. HELD: it is kept for somebody who is elsewhere.
3. CLEANING, MAINTENANCE, CLOSED: nobody may use it. Cleaning that is due to be done no longer counts. A bed
   that belongs to a room taken as a whole counts as CLOSED: it is in service, but nobody else can have it.
4. RESERVED: it is promised, and the promise has not lapsed.
5. FREE: none of these.
"""

from yiyang.beds.queries.figures.counting import beds_behind, by_kind, counts, group, history
from yiyang.beds.queries.figures.lines import (
    COUNTED,
    BedRow,
    Day,
    Sums,
    UnitFigures,
    in_language,
    state_label,
)
from yiyang.beds.queries.figures.statements import PAGE, STATES

__all__ = [
    "COUNTED",
    "PAGE",
    "STATES",
    "BedRow",
    "Day",
    "Sums",
    "UnitFigures",
    "beds_behind",
    "by_kind",
    "counts",
    "group",
    "history",
    "in_language",
    "state_label",
]
