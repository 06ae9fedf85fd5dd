"""The promises, asked of the database by plain SQL that shares nothing with the code that keeps them."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from yiyang.kernel.time import now

ENDED = (
    "('COMPLETED','SENT_BACK','NOT_INDICATED','REFUSED','CANCELLED','WITHDRAWN','EXPIRED','FAILED','DIED')"
)

PROMISES = {
    "no bed holds two persons": """
        SELECT a.bed_id FROM beds_occupancy a JOIN beds_occupancy b
          ON a.bed_id = b.bed_id AND a.id < b.id AND a.period && b.period
         WHERE a.state IN ('PRESENT','HELD','BLOCKED') AND b.state IN ('PRESENT','HELD','BLOCKED')""",
    "no bed is promised twice": """
        SELECT a.bed_id FROM beds_occupancy a JOIN beds_occupancy b
          ON a.bed_id = b.bed_id AND a.id < b.id AND a.claim && b.claim
         WHERE a.state IN ('PRESENT','HELD','BLOCKED','RESERVED')
           AND b.state IN ('PRESENT','HELD','BLOCKED','RESERVED')""",
    "nobody is in two places": """
        SELECT a.person_id FROM beds_occupancy a JOIN beds_occupancy b
          ON a.person_id = b.person_id AND a.id < b.id AND a.period && b.period
        LEFT JOIN beds_bed x ON x.id = a.bed_id LEFT JOIN beds_bed y ON y.id = b.bed_id
         WHERE a.state = 'PRESENT' AND b.state = 'PRESENT'
           AND (coalesce(x.lane, 'RESIDENCE') = coalesce(y.lane, 'RESIDENCE')
                OR coalesce(x.kind, 'HOSPITAL') IN ('HOSPITAL') OR coalesce(y.kind, 'HOSPITAL') IN ('HOSPITAL'))
           AND 'OUTSIDE_CARE' NOT IN (a.reason, b.reason)""",
    "an open stay has one bed, unless its person is on the way": """
        SELECT e.id FROM beds_episode e
         WHERE e.closed_at IS NULL
           AND (SELECT count(*) FROM beds_occupancy o WHERE o.episode_id = e.id AND o.person_id = e.person_id
                   AND o.state IN ('PRESENT','HELD') AND upper_inf(o.period)) <> 1""",
    "a closed stay has no bed": """
        SELECT o.id FROM beds_occupancy o JOIN beds_episode e ON e.id = o.episode_id
         WHERE e.closed_at IS NOT NULL AND o.state IN ('PRESENT','HELD','BLOCKED') AND upper_inf(o.period)""",
    "no bed is left before it was taken": """
        SELECT id FROM beds_occupancy WHERE state <> 'VOID' AND (isempty(period) OR lower(period) >= upper(period))""",
    "no bed is freed before departure nor kept after it": """
        SELECT e.id FROM beds_episode e
         WHERE e.closed_at IS NOT NULL
           AND (SELECT max(upper(o.period)) FROM beds_occupancy o WHERE o.episode_id = e.id
                   AND o.person_id IS NOT NULL AND o.state IN ('PRESENT','HELD')) <> e.closed_at""",
    "what is held or present belongs to an open stay": """
        SELECT o.id FROM beds_occupancy o LEFT JOIN beds_episode e ON e.id = o.episode_id
         WHERE o.state IN ('PRESENT','HELD') AND upper_inf(o.period) AND o.bed_id IS NOT NULL
           AND (e.id IS NULL OR e.closed_at IS NOT NULL OR e.person_id <> o.person_id)""",
    "an ended transfer has no open offer": f"""
        SELECT o.id FROM beds_offer o JOIN beds_transfer t ON t.id = o.transfer_id
         WHERE t.state IN {ENDED} AND o.state IN ('SENT','NEED_INFORMATION','LATER','ALTERNATIVE')""",
    "an ended transfer has no reservation": f"""
        SELECT o.id FROM beds_occupancy o JOIN beds_transfer t ON t.id = o.transfer_id
         WHERE t.state IN {ENDED} AND o.state = 'RESERVED'""",
    "an ended transfer gives the other unit no sight": f"""
        SELECT c.id FROM people_carerelationship c JOIN beds_transfer t ON t.id = c.source_id
         WHERE t.state IN {ENDED} AND (c.ends_at IS NULL OR c.ends_at > %(now)s)""",
    "a closed stay gives the unit no sight": """
        SELECT c.id FROM people_carerelationship c JOIN beds_episode e ON e.id = c.source_id
         WHERE e.closed_at IS NOT NULL AND (c.ends_at IS NULL OR c.ends_at > greatest(e.closed_at, %(now)s))""",
    "a transfer has one accepted offer, of the unit where it goes": f"""
        SELECT t.id FROM beds_transfer t
         WHERE (SELECT count(*) FROM beds_offer o WHERE o.transfer_id = t.id AND o.state = 'ACCEPTED') > 1
            OR t.state NOT IN {ENDED} AND EXISTS (SELECT FROM beds_offer o WHERE o.transfer_id = t.id
                  AND o.state = 'ACCEPTED' AND o.unit_id IS DISTINCT FROM t.to_unit_id)""",
    "a transfer past acceptance knows where it goes": """
        SELECT id FROM beds_transfer WHERE state IN ('ACCEPTED','ALLOCATED','HANDED_OVER') AND to_unit_id IS NULL""",
    "one live transfer per lane": f"""
        SELECT person_id FROM beds_transfer WHERE state NOT IN {ENDED} AND suspended_at IS NULL
         GROUP BY person_id, target_lane HAVING count(*) > 1""",
    "the dead have nothing open": f"""
        SELECT p.id FROM people_person p WHERE p.died_at IS NOT NULL AND (
            EXISTS (SELECT FROM beds_episode e WHERE e.person_id = p.id AND e.closed_at IS NULL)
         OR EXISTS (SELECT FROM beds_transfer t WHERE t.person_id = p.id AND t.state NOT IN {ENDED})
         OR EXISTS (SELECT FROM beds_waitingentry w WHERE w.person_id = p.id AND w.state IN ('WAITING','OFFERED'))
         OR EXISTS (SELECT FROM beds_homebedsetup h WHERE h.person_id = p.id
                       AND h.state IN ('APPLIED','VISITED','AGREED','FILED'))
         OR EXISTS (SELECT FROM beds_occupancy o WHERE o.person_id = p.id AND o.state NOT IN ('VOID','RELEASED')
                       AND upper(o.period) IS DISTINCT FROM least(upper(o.period), p.died_at)))""",
    "an offered place is kept, and kept only while it is offered": """
        SELECT o.id FROM beds_occupancy o WHERE o.state = 'RESERVED' AND o.transfer_id IS NULL AND NOT EXISTS (
            SELECT FROM beds_waitingentry w WHERE w.person_id = o.person_id AND w.offered_bed_id = o.bed_id
               AND w.state IN ('OFFERED', 'PLACED'))""",
    "a leave is open only while its bed is held": """
        SELECT l.id FROM beds_leave l JOIN beds_episode e ON e.id = l.episode_id
         WHERE l.returned_at IS NULL AND (e.closed_at IS NOT NULL OR NOT EXISTS (SELECT FROM beds_occupancy o
             WHERE o.episode_id = e.id AND o.state = 'HELD' AND upper_inf(o.period)))""",
    "a room taken as a whole is taken by somebody in it": """
        SELECT o.id FROM beds_occupancy o LEFT JOIN beds_episode e ON e.id = o.episode_id
         WHERE o.state = 'BLOCKED' AND o.reason = 'WHOLE_ROOM' AND upper_inf(o.period)
           AND (e.id IS NULL OR e.closed_at IS NOT NULL OR NOT EXISTS (SELECT FROM beds_occupancy p
                  JOIN beds_bed b ON b.id = p.bed_id JOIN beds_bed c ON c.id = o.bed_id
                 WHERE p.episode_id = e.id AND p.person_id IS NOT NULL AND upper_inf(p.period)
                   AND b.room_id = c.room_id))""",
    "no shared room has both sexes": """
        SELECT r.id FROM beds_room r JOIN beds_bed b ON b.room_id = r.id JOIN beds_occupancy o ON o.bed_id = b.id
          JOIN people_person p ON p.id = o.person_id
         WHERE NOT r.couple AND o.state IN ('PRESENT','HELD') AND upper_inf(o.period) AND p.sex IN ('MALE','FEMALE')
         GROUP BY r.id HAVING count(DISTINCT p.sex) > 1""",
    "no closed bed is taken": """
        SELECT o.id FROM beds_occupancy o JOIN beds_bed b ON b.id = o.bed_id
         WHERE b.closed_at IS NOT NULL AND o.state IN ('PRESENT','HELD','BLOCKED','RESERVED')
           AND (upper_inf(o.period) OR upper(o.period) > b.closed_at)""",
    "every step of a transfer follows the one before": """
        SELECT s.id FROM (SELECT id, verb, from_state, lag(to_state) OVER
                 (PARTITION BY transfer_id ORDER BY recorded_at, id) AS before FROM beds_transferstep) s
         WHERE s.before IS NOT NULL AND s.from_state NOT IN (s.before, '') """,
    "a transfer's state is that of its last step": """
        SELECT t.id FROM beds_transfer t JOIN LATERAL (SELECT to_state FROM beds_transferstep s
            WHERE s.transfer_id = t.id ORDER BY recorded_at DESC, id DESC LIMIT 1) last ON true
         WHERE last.to_state <> t.state""",
    "each bed counts once": """
        SELECT b.id FROM beds_bed b
         WHERE b.closed_at IS NULL AND (
            SELECT count(*) FROM beds_occupancy o WHERE o.bed_id = b.id AND upper_inf(o.period)
               AND o.state IN ('PRESENT','HELD','BLOCKED')) > 1""",
}


def broken_promises(at: datetime | None = None) -> list[str]:
    """The promises that do not hold now, with how many rows break each; empty when all hold."""
    broken = []
    with connection.cursor() as cursor:
        for promise, query in PROMISES.items():
            cursor.execute(query, {"now": at or now()})
            if rows := cursor.fetchall():
                broken.append(f"{promise}: {len(rows)} ({rows[0][0]})")
    return broken
