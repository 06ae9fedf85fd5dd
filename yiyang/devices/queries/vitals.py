"""A person's readings, for those who may see what is measured of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from yiyang.devices.queries import series
from yiyang.devices.rules.quantities import BY_NO, Quantity, Shape
from yiyang.devices.rules.spans import Window
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people
from yiyang.records import queries as records

NEWEST_WITHIN = timedelta(days=31)
SPARK_OF = timedelta(hours=24)
# The hours of several quantities at once: packed ones as they are, open ones from their readings.
SPARKS = """
SELECT code, hour, sum(mean * count) / sum(count) FROM (
    SELECT code, hour, mean, count FROM devices_pack WHERE person_id = ANY(%(persons)s) AND code = ANY(%(codes)s)
        AND hour >= %(since)s AND hour < %(until)s AND count > 0
    UNION ALL
    SELECT code, date_trunc('hour', at, 'UTC'), avg(value), count(*) FROM (
        SELECT code, at, value FROM devices_reading WHERE person_id = ANY(%(persons)s) AND code = ANY(%(codes)s)
            AND at >= %(since)s AND at < %(until)s AND marks & 18 = 0
        UNION
        SELECT code, at, value FROM devices_late WHERE person_id = ANY(%(persons)s) AND code = ANY(%(codes)s)
            AND at >= %(since)s AND at < %(until)s AND marks & 18 = 0
    ) r GROUP BY 1, 2
) h GROUP BY 1, 2 ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Newest:
    """The newest value of one quantity, and the last day of it by hours for a spark."""

    quantity: Quantity
    at: datetime
    value: float
    marks: int
    spark: tuple[float, ...]

    @property
    def shown(self) -> str:
        return f"{self.value:.{self.quantity.decimals}f}"

    @property
    def points(self) -> list[float]:
        """For the spark, the newest value last, as people write it."""
        digits = self.quantity.decimals or None
        return [round(one, digits) for one in (*self.spark, self.value)]


def wearer(actor: Actor, person_id: UUID) -> Any:
    """The person whose readings the actor may see; 404 for anybody else."""
    person = people.person(actor, person_id)
    if not records.measured_open(actor, [person.pk]):
        raise NotFound
    return person


def newest(person_id: UUID, at: datetime, *, sparks: bool = True) -> list[Newest]:
    """What was measured last, in the order of the table of quantities. Of a person whom the caller may see.

    `sparks`: with the last day of each.
    """
    ids = people.ids(person_id)
    found: dict[int, Any] = {}
    for (_person, code), one in series.latest(ids, at, within=NEWEST_WITHIN).items():
        if code not in found or found[code].at < one.at:
            found[code] = one
    values = [no for no in BY_NO if no in found and BY_NO[no].shape is Shape.VALUE]
    drawn = _sparks(ids, values, at) if sparks and values else {}
    return [
        Newest(BY_NO[no], found[no].at, found[no].value, found[no].marks, tuple(drawn.get(no, ())))
        for no in values
    ]


def measured(person_id: UUID, quantity: Quantity, window: Window) -> series.Series:
    """The readings of a window: as they came, or by minutes, hours or days where they are many."""
    return series.series(people.ids(person_id), quantity.no, window.since, window.until)


def _sparks(ids: list[UUID], codes: list[int], at: datetime) -> dict[int, list[float]]:
    begin = (at - SPARK_OF).astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    found: dict[int, list[float]] = {}
    with connection.cursor() as cursor:
        cursor.execute(SPARKS, {"persons": ids, "codes": codes, "since": begin, "until": at})
        for code, _hour, mean in cursor.fetchall():
            found.setdefault(code, []).append(float(mean))
    return found
