"""A death ends everything that must end, in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.episodes import close_episode, touch
from yiyang.beds.commands.steps import end_for_death
from yiyang.beds.commands.waiting import end_waiting
from yiyang.beds.models import Episode, HomeBedSetup, Occupancy, Transfer, WaitingEntry
from yiyang.beds.models.episodes import UNDER_WAY, CloseReason
from yiyang.beds.models.occupancy import State
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.people import commands as people

if TYPE_CHECKING:
    from yiyang.people.models import Person


@command(Permission.RECORD_DEATH, within="by.organisation_id", about="person.pk")
def record_death(*, by: Actor, at: datetime, person: Person, earliest: datetime | None = None) -> Person:
    """The person died at `at` (or between `earliest` and `at`). One transaction ends everything that must end.

    What was recorded after that instant becomes VOID and stays readable; nothing is closed backwards.
    """
    person = locks.person(person.pk)
    for row in Occupancy.objects.filter(person=person).exclude(state__in=[State.VOID, State.RELEASED]):
        _end_row_at_death(row, at=at, by=by, earliest=earliest)
    for episode in Episode.objects.select_for_update(no_key=True).filter(person=person, closed_at__gt=at):
        _closed_by_death(episode, at=at)
    for episode in Episode.objects.select_for_update(no_key=True).filter(person=person, closed_at=None):
        close_episode(episode, at=max(at, episode.opened_at), by=by, reason=CloseReason.DIED)
    people.note_death(by=by, at=at, person=person, died_at=at)
    for transfer in Transfer.objects.select_for_update(no_key=True).live().filter(person=person):
        end_for_death(transfer, at=at, by=by)
    for entry in WaitingEntry.objects.filter(person=person, state__in=["WAITING", "OFFERED"]):
        end_waiting(entry, "ENDED", at=at, by=by, reason="DIED")
    HomeBedSetup.objects.filter(person=person, state__in=UNDER_WAY).update(
        state=HomeBedSetup.State.CANCELLED, ended_at=at, end_reason="DIED", version=F("version") + 1
    )
    record("death.settled", by=by, at=at, subject=person, person=person, earliest=earliest)
    return person


def _end_row_at_death(row: Occupancy, *, at: datetime, by: Actor, earliest: datetime | None) -> None:
    if row.state == State.RESERVED:
        rows.release(row, at=max(at, row.period.lower), by=by, why="DIED")
    elif row.period.lower >= at:
        rows.void(row, by=by, why="AFTER_DEATH")
    elif row.period.upper is None:
        rows.vacate(row, at=at, by=by, why=CloseReason.DIED, earliest=earliest)
    elif row.period.upper > at:
        _cut_short(row, at=at, by=by)


def _closed_by_death(episode: Episode, *, at: datetime) -> None:
    """A discharge that was written down for after the death: the stay ended with the death."""
    episode.closed_at, episode.close_reason = max(at, episode.opened_at), CloseReason.DIED
    touch(episode)


def _cut_short(row: Occupancy, *, at: datetime, by: Actor) -> None:
    """A closed row that outlasted the death: the old one stays as VOID, a shorter one takes its place."""
    was = row.state
    rows.void(row, by=by, why="AFTER_DEATH")
    rows.rewrite(row, state=was, since=row.period.lower, until=at, by=by, why=CloseReason.DIED)
