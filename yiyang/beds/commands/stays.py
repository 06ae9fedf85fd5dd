"""Inside a stay: another bed, a swap of two, the whole room, leave."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.admissions import take_whole_room
from yiyang.beds.commands.bed_choice import SomeoneElse
from yiyang.beds.commands.episodes import NotPresent, hold_for, touch
from yiyang.beds.models import Bed, Episode, Leave, Occupancy
from yiyang.beds.models.occupancy import HoldFor, State
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import NotFound, Refusal, refuses
from yiyang.people import queries as persons

if TYPE_CHECKING:
    pass


class AlreadyOnLeave(Refusal):
    message = _("A leave is already recorded for this stay. End it first, or change its time of return.")


class SameBed(Refusal):
    message = _("The person is in this bed already. Choose another one.")
    status = 422


@refuses("leave_one_at_a_time")
def _on_leave(given: dict[str, object]) -> Refusal:
    return AlreadyOnLeave()


@command(Permission.CHANGE_BED, within="episode.unit_id", about="episode.person_id")
def change_bed(
    *, by: Actor, at: datetime, episode: Episode, to_bed: Bed, reason: str = "", version: int | None = None
) -> Occupancy:
    """Move a resident to another bed of the same unit and kind (调床): one command, no offers."""
    episode = locks.episode(episode, version)
    row = _present(episode)
    beds = locks.beds([row.bed_id, to_bed.pk])
    target = beds[to_bed.pk]
    if target.pk == row.bed_id:
        raise SameBed
    if target.unit_id != episode.unit_id or target.kind != episode.kind:
        raise SomeoneElse(unit=episode.unit.name)
    until = row.claim.upper
    at = rows.vacate(row, at=at, by=by, why="CHANGED_BED")
    person = persons.person_of(episode.person_id)
    fresh = rows.occupy(target, person, episode, at=at, until=until, by=by, reason=reason[:30])
    touch(episode)
    record_of(
        episode,
        "bed.changed",
        by=by,
        at=at,
        unit=episode.unit_id,
        from_bed=row.bed_id,
        to_bed=target.pk,
        reason=reason,
    )
    return fresh


@command(Permission.CHANGE_BED, within="episode.unit_id", about="episode.person_id")
def swap_beds(*, by: Actor, at: datetime, episode: Episode, other: Episode, reason: str = "") -> None:
    """Two residents of one unit change places, in one transaction."""
    if other.unit_id != episode.unit_id or other.kind != episode.kind:
        raise SomeoneElse(unit=episode.unit.name)
    if not by.sees(other.person_id):
        raise NotFound
    if other.pk == episode.pk:
        raise SameBed
    locked = {one.pk: locks.episode(one) for one in sorted([episode, other], key=lambda one: one.person_id)}
    episode, other = locked[episode.pk], locked[other.pk]
    one, two = _present(episode), _present(other)
    beds = locks.beds([one.bed_id, two.bed_id])
    at = max(at, rows.end(one, at=at, by=by, why="SWAPPED"))
    at = max(at, rows.end(two, at=at, by=by, why="SWAPPED"))
    for moved in (episode, other):
        rows.open_up_room(moved.pk, at=at, by=by)
    _take(other, beds[one.bed_id], at, by, one.claim.upper)
    _take(episode, beds[two.bed_id], at, by, two.claim.upper)
    for moved in (episode, other):
        touch(moved)
        swapped = [one.bed_id, two.bed_id]
        record_of(moved, "bed.swapped", by=by, at=at, unit=moved.unit_id, reason=reason, beds=swapped)


@command(Permission.RECORD_LEAVE, within="episode.unit_id", about="episode.person_id")
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
    episode = locks.episode(episode)
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
    record_of(episode, "leave.begun", by=by, at=at, unit=episode.unit_id, due=due_back_at)
    return leave


@command(Permission.CHANGE_BED, within="episode.unit_id", about="episode.person_id")
def take_room(*, by: Actor, at: datetime, episode: Episode) -> Episode:
    """The resident takes the room as a whole; its other beds are kept empty until the stay ends."""
    episode = locks.episode(episode)
    row = _present(episode)
    bed = locks.bed(row.bed_id)
    take_whole_room(episode, bed, at=at, by=by)
    touch(episode)
    record_of(episode, "room.taken", by=by, at=at, unit=episode.unit_id)
    return episode


def _present(episode: Episode) -> Occupancy:
    present = [row for row in rows.open_rows(episode=episode) if row.state == State.PRESENT and row.person_id]
    if not present:
        raise NotPresent
    return present[0]


def _take(episode: Episode, bed: Bed, at: datetime, by: Actor, until: datetime | None) -> None:
    rows.occupy(bed, persons.person_of(episode.person_id), episode, at=at, until=until, by=by)
