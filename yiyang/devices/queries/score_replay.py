"""The early warning scores of one person over past readings, where they may be high: for a rule that is tried."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from yiyang.devices.queries import bands, series
from yiyang.devices.queries.replay import spans
from yiyang.devices.queries.rules import valid_seconds, warning_instrument
from yiyang.devices.rules.judging.series import Reading
from yiyang.devices.rules.judging.warning_score import ITEMS, RAREST, along

HOUR = timedelta(hours=1)
HOURS = """
SELECT DISTINCT hour FROM devices_pack p JOIN unnest(%s::smallint[], %s::float8[], %s::float8[]) b(code, low, high)
    ON p.code = b.code WHERE person_id = %s AND hour >= %s AND hour < %s AND (min < b.low OR max >= b.high) ORDER BY hour
"""


def scores(person_id: UUID, scale: str, since: datetime, until: datetime, least: float) -> list[Reading]:
    """One score after each reading of hours in which something is worth several points, or the rarest one, and of the
    hours for which that counts: elsewhere no score of five can be."""
    valid = valid_seconds(until)
    asked = [
        (code, *bands.points_from(code, 1 if code == RAREST else bands.worth_several(until)))
        for code in ITEMS
    ]
    with connection.cursor() as cursor:
        columns = [list(column) for column in zip(*asked, strict=True)]
        cursor.execute(HOURS, [*columns, person_id, since, until])
        hours = [row[0] for row in cursor.fetchall()]
    back = timedelta(seconds=max(valid.values(), default=0))
    instrument = warning_instrument()
    found: list[Reading] = []
    for begins, ends in spans([*hours, until - 3 * HOUR], until, back):
        told = {}
        for code in ITEMS:
            raw = series.readings([person_id], code, begins, ends)
            told[code] = [
                Reading(at, value, marks)
                for at, value, marks in zip(
                    raw.at.tolist(), raw.value.tolist(), raw.marks.tolist(), strict=True
                )
            ]
        found += [one for one, _score in along(instrument, told, valid=valid, scale=scale)]
    return found
