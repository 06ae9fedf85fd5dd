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

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language

from yiyang.access.bed_kinds import BedKind
from yiyang.kernel.components import Figures
from yiyang.kernel.components.occupancy import STATES as WORDS
from yiyang.kernel.time import midnight, now

STATES = ("PRESENT", "HELD", "RESERVED", "CLEANING", "MAINTENANCE", "FREE", "CLOSED")

# What takes up each bed now: at most one row a bed, for real rows that are still open cannot overlap on it
# (`occupancy_bed_period`). Asked with `at`, the present instant. The partial index `occupancy_live_state` has all
# of it, in the order of the beds; it is chosen because the statistics know how few rows are still open.
LIVE = "o.state IN ('RESERVED', 'PRESENT', 'HELD', 'BLOCKED') AND upper(o.period) IS NULL"
TAKEN_NOW = f"""
    SELECT o.bed_id, CASE o.state
        WHEN 'PRESENT' THEN 1
        WHEN 'HELD' THEN 2
        ELSE CASE o.reason
            WHEN 'CLEANING' THEN CASE WHEN upper(o.claim) <= %(at)s THEN NULL ELSE 3 END
            WHEN 'MAINTENANCE' THEN 4
            ELSE 5 END
        END AS rank
    FROM beds_occupancy o WHERE {LIVE} AND o.state <> 'RESERVED'
"""
# Which beds are promised; a bed may be promised to several, one after the other.
PROMISED_NOW = f"""
    SELECT DISTINCT o.bed_id, 6 AS rank
    FROM beds_occupancy o WHERE {LIVE} AND o.state = 'RESERVED' AND o.expires_at > %(at)s
"""
NAME_OF_RANK = "(ARRAY['PRESENT','HELD','CLEANING','MAINTENANCE','CLOSED','RESERVED'])[{rank}]"
IN_SERVICE = "b.opened_at <= %(at)s AND (b.closed_at IS NULL OR b.closed_at > %(at)s)"


COUNTS = f"""
    WITH counted AS (
        SELECT s.unit_id, s.kind, s.extra,
            count(*) AS open,
            count(*) FILTER (WHERE s.rank = 1) AS present,
            count(*) FILTER (WHERE s.rank = 2) AS held,
            count(*) FILTER (WHERE s.rank = 3) AS cleaning,
            count(*) FILTER (WHERE s.rank = 4) AS maintenance,
            count(*) FILTER (WHERE s.rank = 5) AS closed,
            count(*) FILTER (WHERE s.rank = 6) AS reserved,
            count(*) FILTER (WHERE s.rank IS NULL) AS free
        FROM (
            SELECT b.unit_id, b.kind, b.extra, coalesce(t.rank, p.rank) AS rank
            FROM beds_bed b
            LEFT JOIN ({TAKEN_NOW}) t ON t.bed_id = b.id
            LEFT JOIN ({PROMISED_NOW}) p ON p.bed_id = b.id
            WHERE {IN_SERVICE}
        ) s
        GROUP BY s.unit_id, s.kind, s.extra
    ),
    approved AS (
        SELECT l.organisation_id AS unit_id, k.kind, false AS extra, sum(k.approved_beds)::int AS approved
        FROM access_licence l JOIN access_licensedbeds k ON k.licence_id = l.id
        WHERE l.state = 'LIVE' AND l.valid @> %(today)s::date
        GROUP BY l.organisation_id, k.kind
    ),
    told AS (
        SELECT u.unit_id, (
            SELECT max(o.recorded_at) FROM beds_occupancy o WHERE o.unit_id = u.unit_id
        ) AS last_at
        FROM (SELECT DISTINCT unit_id FROM counted) u
    )
    SELECT g.id, g.name_zh, g.name_en, g.kind, g.area_id, s.name, coalesce(c.kind, a.kind), coalesce(c.extra, false),
           coalesce(c.open, 0), coalesce(c.present, 0), coalesce(c.held, 0), coalesce(c.reserved, 0),
           coalesce(c.cleaning, 0), coalesce(c.maintenance, 0), coalesce(c.free, 0), coalesce(c.closed, 0),
           coalesce(a.approved, 0), extract(epoch FROM t.last_at)::float8
    FROM counted c
    FULL JOIN approved a USING (unit_id, kind, extra)
    JOIN access_organisation g ON g.id = coalesce(c.unit_id, a.unit_id)
    LEFT JOIN told t ON t.unit_id = g.id
    LEFT JOIN access_area s ON s.code = left(g.area_id, 9)
    WHERE g.active AND (g.area_id LIKE %(area)s OR g.id = ANY(%(units)s))
    ORDER BY g.name_zh, g.id
"""

# The first of the days whose end lies at or after an instant; nearly all began before the first of them ended.
DAY_OF = """CASE WHEN {instant} <= (SELECT ends[1] FROM days) THEN 1
            ELSE width_bucket({instant} - interval '1 microsecond', (SELECT ends FROM days)) + 1 END"""
# At the end of each day (and now): how many beds of each kind were taken, present or held, and how many open.
# One pass over the beds with the stays that still last, one over those that ended since: each stay and each bed
# adds one on its first day and takes it away again on the day after its last.
HISTORY = f"""
    WITH days AS MATERIALIZED (
        SELECT array_agg(least(d + interval '1 day', %(at)s) ORDER BY d) AS ends
        FROM generate_series(%(since)s::timestamptz, %(at)s::timestamptz, interval '1 day') d
    ),
    lasting AS (
        SELECT b.unit_id, b.kind, {DAY_OF.format(instant="b.opened_at")} AS opened,
               {DAY_OF.format(instant="b.closed_at")} AS closed,
               {DAY_OF.format(instant="lower(o.period)")} AS taken, count(*) AS beds
        FROM beds_bed b LEFT JOIN beds_occupancy o
             ON o.bed_id = b.id AND o.state IN ('PRESENT', 'HELD') AND upper(o.period) IS NULL
        WHERE NOT b.extra
        GROUP BY 1, 2, 3, 4, 5
    ),
    ended AS (
        SELECT b.unit_id, b.kind, {DAY_OF.format(instant="lower(o.period)")} AS taken,
               {DAY_OF.format(instant="upper(o.period)")} AS left_on, count(*) AS beds
        FROM beds_occupancy o JOIN beds_bed b ON b.id = o.bed_id
        WHERE o.state IN ('PRESENT', 'HELD') AND upper(o.period) > %(since)s AND NOT b.extra
        GROUP BY 1, 2, 3, 4
    ),
    changes AS (
        SELECT unit_id, kind, opened AS day, 0 AS taken, beds AS open FROM lasting
        UNION ALL SELECT unit_id, kind, closed, 0, -beds FROM lasting
        UNION ALL SELECT unit_id, kind, taken, beds, 0 FROM lasting
        UNION ALL SELECT unit_id, kind, taken, beds, 0 FROM ended
        UNION ALL SELECT unit_id, kind, left_on, -beds, 0 FROM ended
    ),
    daily AS (
        SELECT c.kind, c.day, sum(c.taken) AS taken, sum(c.open) AS open
        FROM changes c JOIN access_organisation g ON g.id = c.unit_id
        WHERE c.day IS NOT NULL AND (g.area_id LIKE %(area)s OR g.id = ANY(%(units)s))
        GROUP BY c.kind, c.day
    )
    SELECT k.kind, e.day, e.at,
           coalesce(sum(d.taken), 0)::int AS taken, coalesce(sum(d.open), 0)::int AS open
    FROM days CROSS JOIN LATERAL unnest(ends) WITH ORDINALITY AS e(at, day)
    CROSS JOIN unnest(%(kinds)s::text[]) AS k(kind)
    LEFT JOIN daily d ON d.kind = k.kind AND d.day <= e.day
    GROUP BY k.kind, e.day, e.at ORDER BY e.day
"""

# The beds behind a figure, each with the one row that counts for it.
BEDS = f"""
    WITH live AS (
        SELECT o.bed_id, o.state, o.reason, o.person_id, o.period, o.claim, o.held_until, o.expires_at, (CASE o.state
            WHEN 'PRESENT' THEN 1
            WHEN 'HELD' THEN 2
            WHEN 'BLOCKED' THEN CASE o.reason
                WHEN 'CLEANING' THEN CASE WHEN upper(o.claim) <= %(at)s THEN NULL ELSE 3 END
                WHEN 'MAINTENANCE' THEN 4
                ELSE 5 END
            WHEN 'RESERVED' THEN CASE WHEN o.expires_at > %(at)s THEN 6 END
            END) AS rank
        FROM beds_occupancy o
        WHERE o.state IN ('RESERVED', 'PRESENT', 'HELD', 'BLOCKED') AND upper(o.period) IS NULL
    ),
    counting AS (SELECT DISTINCT ON (bed_id) * FROM live WHERE rank IS NOT NULL ORDER BY bed_id, rank)
    SELECT b.id, b.label, b.kind, b.extra, g.id, g.name_zh, g.name_en, w.name, r.label,
           coalesce({NAME_OF_RANK.format(rank="c.rank")}, 'FREE') AS state,
           lower(c.period), coalesce(c.held_until, c.expires_at, upper(c.claim)), c.person_id
    FROM beds_bed b
    JOIN access_organisation g ON g.id = b.unit_id
    LEFT JOIN beds_room r ON r.id = b.room_id
    LEFT JOIN beds_ward w ON w.id = r.ward_id
    LEFT JOIN counting c ON c.bed_id = b.id
    WHERE {IN_SERVICE} AND g.active
      AND (g.area_id LIKE %(area)s OR g.id = ANY(%(units)s))
      AND (%(every)s OR g.id = ANY(%(reach)s))
      AND (%(unit)s::uuid IS NULL OR g.id = %(unit)s)
      AND (%(street)s = '' OR g.area_id LIKE %(street)s || '%%')
      AND (%(kind)s = '' OR b.kind = %(kind)s)
      AND (%(extra)s::bool IS NULL OR b.extra = %(extra)s)
      AND (%(state)s = '' OR coalesce({NAME_OF_RANK.format(rank="c.rank")}, 'FREE') = %(state)s)
    ORDER BY g.name_zh, g.id, b.kind, w.name NULLS LAST, r.label NULLS LAST, b.label, b.id
    LIMIT %(limit)s OFFSET %(offset)s
"""
PAGE = 200


class UnitFigures(NamedTuple):
    """How many beds of one kind a unit has in each state now; extra beds are a line of their own.

    A district has thousands of these lines, and a page makes them all: so a tuple, as the row came.
    """

    unit_id: UUID
    name_zh: str
    name_en: str
    unit_kind: str
    area: str
    street_name: str | None
    kind: str
    extra: bool
    open: int
    present: int
    held: int
    reserved: int
    cleaning: int
    maintenance: int
    free: int
    closed: int
    approved: int
    last_at: datetime | None

    @property
    def name(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def street(self) -> str:
        return self.area[:9]


COUNTED = tuple(UnitFigures._fields[8:17])


@dataclass
class Sums:
    """Several lines of figures added up; extra beds are counted apart. Read when all lines are in it."""

    lines: list[UnitFigures] = field(default_factory=list)

    def sum(self, name: str, extra: bool = False) -> int:
        return self._sums[extra][name]

    @property
    def any_open(self) -> bool:
        """Whether there is a bed at all, extra or not."""
        return any(line.open for line in self.lines)

    @cached_property
    def _sums(self) -> dict[bool, dict[str, int]]:
        """All figures of the beds and of the extra beds, each line looked at once."""
        return {extra: self._added(extra) for extra in (False, True)}

    def _added(self, extra: bool) -> dict[str, int]:
        columns = zip(*(line[8:17] for line in self.lines if line.extra == extra), strict=True)
        return dict.fromkeys(COUNTED, 0) | dict(zip(COUNTED, map(sum, columns), strict=False))

    @property
    def open(self) -> int:
        return self.sum("open")

    @property
    def present(self) -> int:
        return self.sum("present")

    @property
    def free(self) -> int:
        return self.sum("free")

    @property
    def held(self) -> int:
        return self.sum("held")

    @property
    def approved(self) -> int:
        return self.sum("approved")

    @property
    def extra(self) -> int:
        return self.sum("open", extra=True)

    @property
    def extra_present(self) -> int:
        return self.sum("present", extra=True)

    @property
    def last_at(self) -> datetime | None:
        return max((line.last_at for line in self.lines if line.last_at), default=None)

    def figures(self, *, silent_after: datetime | None = None) -> Figures:
        """As the bar draws them; since when nothing was reported, if that is longer ago than `silent_after`."""
        silent = silent_after is not None and (self.last_at is None or self.last_at < silent_after)
        return Figures(
            **{state.lower(): self.sum(state.lower()) for state in STATES},
            extra=self.extra,
            not_reported_since=self.last_at if silent and self.open else None,
        )


@dataclass(frozen=True)
class BedRow:
    """One bed behind a figure: its state, since when and until when, and the person where one may know."""

    id: UUID
    label: str
    kind: str
    extra: bool
    unit_id: UUID
    name_zh: str
    name_en: str
    ward: str
    room: str
    state: str
    since: datetime | None
    until: datetime | None
    person_id: UUID | None

    @property
    def state_label(self) -> Any:
        return state_label(self.state)

    @property
    def unit(self) -> str:
        return in_language(self.name_zh, self.name_en)


@dataclass(frozen=True)
class Day:
    kind: str
    at: datetime
    taken: int
    open: int

    @property
    def share(self) -> float | None:
        """Beds taken (present or held) in per cent of the open ones."""
        return round(100 * self.taken / self.open, 1) if self.open else None


def counts(actor: Any, at: datetime | None = None) -> list[UnitFigures]:
    """The figures of every unit of the actor's district and of the actor's own units, one statement.

    Counts are open to whoever may see the board, whoever runs the unit: to know where a bed is free is what
    the board is for. Rows and names are not: see `beds_behind`.
    """
    at = at or now()
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, {**_scope(actor), "at": at, "today": timezone.localtime(at).date()})
        return [UnitFigures._make((*row[:-1], _instant(row[-1]))) for row in cursor.fetchall()]


def group(lines: Iterable[UnitFigures], key: Callable[[UnitFigures], Any]) -> dict[Any, Sums]:
    """Lines added up by whatever the key says, in the order in which they came."""
    found: defaultdict[Any, Sums] = defaultdict(Sums)
    for line in lines:
        found[key(line)].lines.append(line)
    return dict(found)


def by_kind(lines: Iterable[UnitFigures]) -> dict[str, Sums]:
    """The five kinds, always all of them and always in one order."""
    found = group(lines, lambda line: line.kind)
    return {kind.value: found.get(kind.value, Sums()) for kind in BedKind}


def beds_behind(
    actor: Any,
    *,
    unit: UUID | None = None,
    kind: str = "",
    state: str = "",
    street: str = "",
    extra: bool | None = None,
    offset: int = 0,
    limit: int = PAGE,
) -> list[BedRow]:
    """The beds that a figure was counted from, within the actor's own units or the area in its charge."""
    given = {
        **_scope(actor),
        "at": now(),
        "every": actor.sees_all,
        "reach": list(getattr(actor, "reach", ())),
        "unit": unit,
        "kind": kind,
        "state": state,
        "street": street,
        "extra": extra,
        "offset": offset,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(BEDS, given)
        return [BedRow(*row) for row in cursor.fetchall()]


def history(actor: Any, days: int = 42, at: datetime | None = None) -> list[Day]:
    """How full the beds of each kind were at the end of each of the last days, counted anew from the rows."""
    at = at or now()
    since = midnight(timezone.localdate(at) - timedelta(days=days - 1))
    given = {**_scope(actor), "at": at, "since": since}
    with connection.cursor() as cursor:
        cursor.execute(HISTORY, {**given, "kinds": [kind.value for kind in BedKind]})
        return [Day(kind, end, taken, opened) for kind, _day, end, taken, opened in cursor.fetchall()]


def state_label(state: str) -> Any:
    """The state of a bed in words, as the bar says it."""
    return dict(WORDS)[state.lower()]


def in_language(zh: str, en: str) -> str:
    """A name in the reader's language, as organisations say theirs."""
    return en if en and not (get_language() or "zh").startswith("zh") else zh


def _instant(seconds: float | None) -> datetime | None:
    """An instant sent as seconds, exact to the microsecond: text takes long to read, and each line has one."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _scope(actor: Any) -> dict[str, Any]:
    if actor.sees_all:
        return {"area": "%", "units": []}
    return {"area": f"{actor.district}%" if actor.district else "-", "units": list(actor.organisation_ids)}
