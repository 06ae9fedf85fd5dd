"""What was entered wrongly is put right; the wrong entry stays visible, marked and linked."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.episodes import EpisodeClosed, touch
from yiyang.beds.models import Episode, Occupancy
from yiyang.beds.models.occupancy import State
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record, record_of
from yiyang.kernel.refusals import InTheFuture, Refusal
from yiyang.kernel.time import now
from yiyang.people import commands as people

if TYPE_CHECKING:
    from yiyang.people.models import Person


class StillGoing(Refusal):
    message = _(
        "This is still going on, so only its beginning can be corrected. Record how it ended instead."
    )
    status = 422


class NothingToCorrect(Refusal):
    message = _("This entry was corrected or withdrawn before. Look at the newest one.")


@command(Permission.CORRECT_RECORD, within="row.unit_id", about="row.person_id")
def correct_occupancy(
    *, by: Actor, at: datetime, row: Occupancy, since: datetime, until: datetime | None, reason: str
) -> Occupancy:
    """Put right when somebody was in a bed. The wrong entry stays visible, marked and linked."""
    if row.person_id is None:
        raise NothingToCorrect
    person = locks.person(row.person_id, alive=False)
    row = Occupancy.objects.select_for_update(no_key=True).get(pk=row.pk)
    if row.bed_id:
        locks.beds([row.bed_id])
    if row.state in (State.VOID, State.RELEASED, State.RESERVED):
        raise NothingToCorrect
    until = _corrected_end(row, person, until)
    if max(since, until or since) > now():
        raise InTheFuture(at=max(since, until or since), field="since")
    was = row.state
    rows.void(row, by=by, why="CORRECTED")
    fresh = rows.rewrite(row, state=was, since=since, until=until, by=by, why="CORRECTED")
    _fit_episode(fresh)
    record(
        "occupancy.corrected",
        by=by,
        at=at,
        subject=fresh,
        person=row.person_id,
        unit=row.unit_id,
        old=row.pk,
        reason=reason,
    )
    return fresh


@command(Permission.CORRECT_RECORD, within="episode.unit_id", about="episode.person_id")
def void_episode(*, by: Actor, at: datetime, episode: Episode, reason: str) -> Episode:
    """A stay that never was: its rows become VOID and the bed is free at once."""
    episode = locks.episode(episode)
    if episode.closed_at is not None:
        raise EpisodeClosed(closed_at=episode.closed_at)
    for row in Occupancy.objects.filter(episode=episode).exclude(state__in=[State.VOID, State.RELEASED]):
        rows.void(row, by=by, why="ENTERED_IN_ERROR")
    episode.closed_at, episode.close_reason = episode.opened_at, "OTHER"
    touch(episode)
    episode.leaves.filter(returned_at=None).update(returned_at=at, ended_how="CLOSED")
    people.close_relationship(by=by, at=at, person_id=episode.person_id, source_id=episode.pk)
    record_of(episode, "episode.voided", by=by, at=at, unit=episode.unit_id, reason=reason)
    return episode


def _corrected_end(row: Occupancy, person: Person, until: datetime | None) -> datetime | None:
    if row.period.upper is None:
        if until is not None:
            raise StillGoing
        return None
    until = until or row.period.upper
    if person.died_at is not None and until > person.died_at:
        raise locks.PersonIsDead(name=person.full_name, died_at=person.died_at)
    return until


def _fit_episode(row: Occupancy) -> None:
    """The stay begins with its first entry and, when it is closed, ends with its last."""
    if row.episode_id is None:
        return
    episode = Episode.objects.select_for_update(no_key=True).get(pk=row.episode_id)
    periods = Occupancy.objects.filter(
        episode=episode, person__isnull=False, state__in=[State.PRESENT, State.HELD]
    ).values_list("period", flat=True)
    episode.opened_at = min(period.lower for period in periods)
    if episode.closed_at is not None:
        episode.closed_at = max(period.upper for period in periods)
    touch(episode)
