"""Inside a stay: another bed, a swap of two, leave, and corrections of what was entered wrongly."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import rows
from yiyang.beds.commands.episodes import (
    EpisodeClosed,
    NotPresent,
    SomeoneElse,
    hold_for,
    take_whole_room,
)
from yiyang.beds.models import Bed, Episode, Leave, Occupancy
from yiyang.beds.models.occupancy import HoldFor, State
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import InTheFuture, NotFound, Refusal, refuses
from yiyang.kernel.time import now
from yiyang.people import commands as people
from yiyang.people import queries as persons

if TYPE_CHECKING:
    from yiyang.people.models import Person


class AlreadyOnLeave(Refusal):
    message = _("A leave is already recorded for this stay. End it first, or change its time of return.")


class SameBed(Refusal):
    message = _("The person is in this bed already. Choose another one.")
    status = 422


class StillGoing(Refusal):
    message = _(
        "This is still going on, so only its beginning can be corrected. Record how it ended instead."
    )
    status = 422


class NothingToCorrect(Refusal):
    message = _("This entry was corrected or withdrawn before. Look at the newest one.")


@refuses("leave_one_at_a_time")
def _on_leave(given: dict[str, object]) -> Refusal:
    return AlreadyOnLeave()


@command(
    Permission.CHANGE_BED,
    within=lambda episode, **_: episode.unit_id,
    about=lambda episode, **_: episode.person_id,
)
def change_bed(
    *, by: Actor, at: datetime, episode: Episode, to_bed: Bed, reason: str = "", version: int | None = None
) -> Occupancy:
    """Move a resident to another bed of the same unit and kind (调床): one command, no offers."""
    episode = rows.lock_episode(episode.pk)
    rows.check_version(episode, version)
    row = _present(episode)
    beds = rows.lock_beds([row.bed_id, to_bed.pk])
    target = beds[to_bed.pk]
    if target.pk == row.bed_id:
        raise SameBed
    if target.unit_id != episode.unit_id or target.kind != episode.kind:
        raise SomeoneElse(unit=episode.unit.name)
    until = row.claim.upper
    at = rows.vacate(row, at=at, by=by, why="CHANGED_BED")
    person = persons.person_of(episode.person_id)
    fresh = rows.occupy(target, person, episode, at=at, until=until, by=by, reason=reason[:30])
    _touch(episode)
    record(
        "bed.changed",
        by=by,
        at=at,
        subject=episode,
        person=episode.person_id,
        unit=episode.unit_id,
        from_bed=row.bed_id,
        to_bed=target.pk,
        reason=reason,
    )
    return fresh


@command(
    Permission.CHANGE_BED,
    within=lambda episode, **_: episode.unit_id,
    about=lambda episode, **_: episode.person_id,
)
def swap_beds(*, by: Actor, at: datetime, episode: Episode, other: Episode, reason: str = "") -> None:
    """Two residents of one unit change places, in one transaction."""
    if other.unit_id != episode.unit_id or other.kind != episode.kind:
        raise SomeoneElse(unit=episode.unit.name)
    if not by.sees(other.person_id):
        raise NotFound
    if other.pk == episode.pk:
        raise SameBed
    locked = {
        episode_id: rows.lock_episode(episode_id)
        for episode_id in sorted([episode.pk, other.pk], key=lambda pk: _person_key(pk))
    }
    episode, other = locked[episode.pk], locked[other.pk]
    one, two = _present(episode), _present(other)
    beds = rows.lock_beds([one.bed_id, two.bed_id])
    at = max(at, rows.end(one, at=at, by=by, why="SWAPPED"))
    at = max(at, rows.end(two, at=at, by=by, why="SWAPPED"))
    for moved in (episode, other):
        rows.open_up_room(moved.pk, at=at, by=by)
    _take(other, beds[one.bed_id], at, by, one.claim.upper)
    _take(episode, beds[two.bed_id], at, by, two.claim.upper)
    for moved in (episode, other):
        _touch(moved)
        record(
            "bed.swapped",
            by=by,
            at=at,
            subject=moved,
            person=moved.person_id,
            unit=moved.unit_id,
            reason=reason,
            beds=[one.bed_id, two.bed_id],
        )


@command(
    Permission.RECORD_LEAVE,
    within=lambda episode, **_: episode.unit_id,
    about=lambda episode, **_: episode.person_id,
)
def begin_leave(
    *,
    by: Actor,
    at: datetime,
    episode: Episode,
    due_back_at: datetime,
    companion: str,
    companion_phone: str = "",
    destination: str = "",
) -> Leave:
    """The resident leaves for a while with somebody; the bed is held until the return."""
    episode = rows.lock_episode(episode.pk)
    if due_back_at <= at:
        raise rows.EndsBeforeItBegins(since=at, until=due_back_at)
    hold_for(episode, HoldFor.LEAVE, at=at, by=by, until=due_back_at)
    leave = Leave.objects.create(
        episode=episode,
        left_at=at,
        due_back_at=due_back_at,
        companion=companion[:80],
        companion_phone=companion_phone[:40],
        destination=destination[:120],
    )
    record(
        "leave.begun",
        by=by,
        at=at,
        subject=episode,
        person=episode.person_id,
        unit=episode.unit_id,
        due=due_back_at,
    )
    return leave


@command(
    Permission.CORRECT_RECORD,
    within=lambda row, **_: row.unit_id,
    about=lambda row, **_: row.person_id,
)
def correct_occupancy(
    *, by: Actor, at: datetime, row: Occupancy, since: datetime, until: datetime | None, reason: str
) -> Occupancy:
    """Put right when somebody was in a bed. The wrong entry stays visible, marked and linked."""
    if row.person_id is None:
        raise NothingToCorrect
    person = rows.lock_person(row.person_id, alive=False)
    row = Occupancy.objects.select_for_update(no_key=True).get(pk=row.pk)
    if row.bed_id:
        rows.lock_beds([row.bed_id])
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


@command(
    Permission.CORRECT_RECORD,
    within=lambda episode, **_: episode.unit_id,
    about=lambda episode, **_: episode.person_id,
)
def void_episode(*, by: Actor, at: datetime, episode: Episode, reason: str) -> Episode:
    """A stay that never was: its rows become VOID and the bed is free at once."""
    episode = rows.lock_episode(episode.pk)
    if episode.closed_at is not None:
        raise EpisodeClosed(closed_at=episode.closed_at)
    for row in Occupancy.objects.filter(episode=episode).exclude(state__in=[State.VOID, State.RELEASED]):
        rows.void(row, by=by, why="ENTERED_IN_ERROR")
    episode.closed_at, episode.close_reason = episode.opened_at, "OTHER"
    _touch(episode)
    episode.leaves.filter(returned_at=None).update(returned_at=at, ended_how="CLOSED")
    people.close_relationship(by=by, at=at, person_id=episode.person_id, source_id=episode.pk)
    record(
        "episode.voided",
        by=by,
        at=at,
        subject=episode,
        person=episode.person_id,
        unit=episode.unit_id,
        reason=reason,
    )
    return episode


@command(
    Permission.CHANGE_BED,
    within=lambda episode, **_: episode.unit_id,
    about=lambda episode, **_: episode.person_id,
)
def take_room(*, by: Actor, at: datetime, episode: Episode) -> Episode:
    """The resident takes the room as a whole; its other beds are kept empty until the stay ends."""
    episode = rows.lock_episode(episode.pk)
    row = _present(episode)
    bed = rows.lock_beds([row.bed_id])[row.bed_id]
    take_whole_room(episode, bed, at=at, by=by)
    record("room.taken", by=by, at=at, subject=episode, person=episode.person_id, unit=episode.unit_id)
    return episode


def _corrected_end(row: Occupancy, person: Person, until: datetime | None) -> datetime | None:
    if row.period.upper is None:
        if until is not None:
            raise StillGoing
        return None
    until = until or row.period.upper
    if person.died_at is not None and until > person.died_at:
        raise rows.PersonIsDead(name=person.full_name, died_at=person.died_at)
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
    _touch(episode)


def _present(episode: Episode) -> Occupancy:
    present = [row for row in rows.open_rows(episode=episode) if row.state == State.PRESENT and row.person_id]
    if not present:
        raise NotPresent
    return present[0]


def _take(episode: Episode, bed: Bed, at: datetime, by: Actor, until: datetime | None) -> None:
    rows.occupy(bed, persons.person_of(episode.person_id), episode, at=at, until=until, by=by)


def _touch(episode: Episode) -> None:
    episode.version += 1
    episode.save()


def _person_key(episode_id: UUID) -> UUID:
    return Episode.objects.values_list("person_id", flat=True).get(pk=episode_id)
