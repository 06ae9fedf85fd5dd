"""Duty hours: on which days and between which hours a unit works, and how deadlines count them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

DAY = timedelta(days=1)
LOOKED_AT_MOST = 800


class NoDutyDay(ValueError):
    """The calendar has no working day for years: it is wrong."""


@dataclass(frozen=True)
class Hours:
    """When a unit works: from opening to closing on each day that counts as a workday."""

    opens: time
    closes: time
    zone: tzinfo
    works: Callable[[date], bool]

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise NoDutyDay(f"duty hours end at {self.closes} and begin at {self.opens}")

    def on(self, day: date) -> tuple[datetime, datetime] | None:
        """From when to when the unit works on a day; None on a day off."""
        if not self.works(day):
            return None
        return (
            datetime.combine(day, self.opens, self.zone),
            datetime.combine(day, self.closes, self.zone),
        )

    def open_at(self, at: datetime) -> bool:
        spell = self.on(at.astimezone(self.zone).date())
        return spell is not None and spell[0] <= at < spell[1]

    def spells(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The hours of work from an instant on, one spell for each workday."""
        day = since.astimezone(self.zone).date()
        for number in range(LOOKED_AT_MOST):
            spell = self.on(day + number * DAY)
            if spell is not None and spell[1] > since:
                yield max(spell[0], since), spell[1]
        raise NoDutyDay(f"no workday follows {day}")


def add_minutes(hours: Hours, start: datetime, minutes: float) -> datetime:
    """The instant by which so many minutes of duty hours have passed.

    Friday 16:00 and two hours, of a day from 08:00 to 17:00, is Monday 09:00; a make-up Saturday counts.
    """
    left = timedelta(minutes=minutes)
    for begins, ends in hours.spells(start):
        if ends - begins >= left:
            return begins + left
        left -= ends - begins
    raise NoDutyDay


def off_hours(hours: Hours, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """Nights, weekends and holidays within a time: what lies between the hours of work."""
    found, position = [], since
    for begins, ends in on_hours(hours, since, until):
        if begins > position:
            found.append((position, begins))
        position = ends
    if position < until:
        found.append((position, until))
    return found


def on_hours(hours: Hours, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """The hours of work within a time."""
    found = []
    day, last = since.astimezone(hours.zone).date(), until.astimezone(hours.zone).date()
    while day <= last:
        spell = hours.on(day)
        if spell is not None and spell[1] > since and spell[0] < until:
            found.append((max(spell[0], since), min(spell[1], until)))
        day += DAY
    return found
