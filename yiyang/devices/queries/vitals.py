"""A person's readings, for those who may see what is measured of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from yiyang.devices.queries import series
from yiyang.devices.rules.quantities import BY_NO, Quantity, Shape
from yiyang.devices.rules.spans import Window
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people
from yiyang.records import queries as records

NEWEST_WITHIN = timedelta(days=31)
SPARK_OF, HOUR = timedelta(hours=24), 3600


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

    `sparks`: with the last day of each, one more look each.
    """
    ids = people.ids(person_id)
    found: dict[int, Any] = {}
    for (_person, code), one in series.latest(ids, at, within=NEWEST_WITHIN).items():
        if code not in found or found[code].at < one.at:
            found[code] = one
    values = [no for no in BY_NO if no in found and BY_NO[no].shape is Shape.VALUE]
    return [
        Newest(
            BY_NO[no], found[no].at, found[no].value, found[no].marks, _spark(ids, no, at) if sparks else ()
        )
        for no in values
    ]


def measured(person_id: UUID, quantity: Quantity, window: Window) -> series.Series:
    """The readings of a window: as they came, or by minutes, hours or days where they are many."""
    return series.series(people.ids(person_id), quantity.no, window.since, window.until)


def _spark(ids: list[UUID], code: int, at: datetime) -> tuple[float, ...]:
    found = series.series(ids, code, at - SPARK_OF, at, step=HOUR)
    return tuple(float(value) for value in found.mean)
