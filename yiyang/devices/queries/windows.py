"""Readings of persons as they are stored, for judging and for replays: of whom, of which quantity, since when."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from yiyang.devices.rules.judging.series import Reading
from yiyang.people import queries as people

ASKED = """
    SELECT a.person_id, a.code, r.at, r.value, r.marks
    FROM unnest(%s::uuid[], %s::smallint[], %s::timestamptz[]) AS a(person_id, code, since),
    LATERAL (
        SELECT (extract(epoch FROM at) * 1000000)::bigint AS at, value, marks FROM devices_reading
        WHERE person_id = a.person_id AND code = a.code AND at >= a.since AND marks & 18 = 0
        UNION ALL
        SELECT (extract(epoch FROM at) * 1000000)::bigint, value, marks FROM devices_late
        WHERE person_id = a.person_id AND code = a.code AND at >= a.since AND marks & 18 = 0
    ) r
"""


def readings(asked: Sequence[tuple[UUID, int, int]]) -> dict[tuple[UUID, int], list[Reading]]:
    """Since an instant in µs, until the newest, late ones too; without what cannot be true; under whatever record they lie."""
    if not asked:
        return {}
    found: dict[tuple[UUID, int], list[Reading]] = {}
    merged = people.aliases_of({one[0] for one in asked})
    asked = [
        *asked,
        *((alias, *one[1:]) for alias, whose in merged.items() for one in asked if one[0] == whose),
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            ASKED.replace(
                "%s::timestamptz[]",
                "(SELECT array_agg(to_timestamp(t / 1000000.0)) FROM unnest(%s::bigint[]) t)",
            ),
            [[one[0] for one in asked], [one[1] for one in asked], [one[2] for one in asked]],
        )
        for person_id, code, at, value, marks in cursor.fetchall():
            whose = merged.get(person_id, person_id)
            found.setdefault((whose, code), []).append(Reading(int(at), float(value), marks))
    return found
