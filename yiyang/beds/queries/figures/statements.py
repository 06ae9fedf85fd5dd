"""The statements that count: every state of every bed from the rows themselves."""

from __future__ import annotations

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
