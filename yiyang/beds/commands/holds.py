"""A bed that is kept for somebody: kept longer, given up, taken again; and who cannot be found."""

from __future__ import annotations

from datetime import datetime

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.effects import come_home
from yiyang.beds.commands.episodes import close_episode, held_row, hold_for, resume, touch
from yiyang.beds.models import Episode, Occupancy
from yiyang.beds.models.episodes import CloseReason
from yiyang.beds.models.occupancy import HoldFor, State
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of


@command(Permission.RECORD_LEAVE, within="episode.unit_id", about="episode.person_id")
def return_to_held_bed(*, by: Actor, at: datetime, episode: Episode) -> Episode:
    """The person is back in the bed that was kept: from hospital, from leave, or found again."""
    episode = locks.episode(episode)
    held = held_row(episode)
    person = locks.person(episode.person_id)
    for row in rows.open_rows(person=person, state=State.PRESENT, bed=None):
        rows.end(row, at=at, by=by, why="RETURNED")
    resume(held, episode, at=at, by=by)
    record_of(episode, "occupancy.returned", by=by, at=at, unit=episode.unit_id)
    come_home(person, at=at, by=by, but=episode.pk)
    return episode


@command(Permission.DECIDE_HOLD, within="episode.unit_id", about="episode.person_id")
def extend_hold(*, by: Actor, at: datetime, episode: Episode, until: datetime) -> Occupancy:
    """Keep the bed for longer."""
    episode = locks.episode(episode)
    row = held_row(episode)
    if until <= at:
        raise rows.EndsBeforeItBegins(since=at, until=until)
    row.held_until, row.warned_at = until, None
    row.save(update_fields=["held_until", "warned_at"])
    touch(episode)
    record_of(episode, "hold.extended", by=by, at=at, unit=episode.unit_id, until=until)
    return row


@command(Permission.DECIDE_HOLD, within="episode.unit_id", about="episode.person_id")
def release_hold(*, by: Actor, at: datetime, episode: Episode, note: str = "") -> Episode:
    """Give up a held bed: the stay is closed and the bed is free for others."""
    episode = locks.episode(episode)
    held_row(episode)
    close_episode(episode, at=at, by=by, reason=CloseReason.NOT_RETURNED, note=note)
    return episode


@command(Permission.RECORD_LEAVE, within="episode.unit_id", about="episode.person_id")
def report_missing(*, by: Actor, at: datetime, episode: Episode, note: str = "") -> Occupancy:
    """The resident cannot be found. The bed is held; where the person is, is not known."""
    episode = locks.episode(episode)
    row = hold_for(episode, HoldFor.MISSING, at=at, by=by)
    record_of(episode, "person.missing", by=by, at=at, unit=episode.unit_id, note=note)
    return row
