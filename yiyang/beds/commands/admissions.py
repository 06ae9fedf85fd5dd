"""Admissions: a stay is opened, directly or by a transfer."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.access.queries import live_licence, naming
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.conflicts import EpisodeOpen, present_at
from yiyang.beds.commands.effects import leave_others_to
from yiyang.beds.commands.steps import settle_by_admission
from yiyang.beds.commands.waiting import place_waiting
from yiyang.beds.models import Bed, Episode, Occupancy, Transfer
from yiyang.beds.models.occupancy import Block, State
from yiyang.beds.rules.effects import Effect, effect, event_of_admission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal
from yiyang.people import commands as people

if TYPE_CHECKING:
    from yiyang.people.models import Person


class NoLicence(Refusal):
    message = _("{unit} has no live licence for {kind} on this day. Ask its manager to enter the licence.")


@command(Permission.ADMIT, within="bed.unit_id", about="person.pk")
def admit(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    bed: Bed,
    reason: str = "",
    responsible: str = "",
    expected_until: datetime | None = None,
    whole_room: bool = False,
) -> Episode:
    """Open a stay directly, without a transfer: a walk-in, or a stay that began before this platform."""
    if expected_until is not None and expected_until <= at:
        raise rows.EndsBeforeItBegins(since=at, until=expected_until, field="expected_until")
    person = locks.person(person.pk)
    bed = locks.bed(bed.pk)
    _refuse_while_elsewhere(person, bed)
    episode = open_episode(
        person, bed, at=at, by=by, reason=reason, responsible=responsible, expected_until=expected_until
    )
    if whole_room:
        take_whole_room(episode, bed, at=at, by=by)
    return episode


def open_episode(
    person: Person,
    bed: Bed,
    *,
    at: datetime,
    by: Actor,
    reason: str,
    responsible: str = "",
    expected_until: datetime | None = None,
    transfer: Transfer | None = None,
) -> Episode:
    """Put the person into the bed under a new episode, and do to the others what the table of effects says."""
    check_licence(bed.unit_id, bed.kind, at)
    leave_others_to(person, bed.kind, bed.lane, at=at, by=by)
    for promised in Occupancy.objects.filter(bed=bed, person=person, state=State.RESERVED):
        rows.release(promised, at=at, by=by, why="USED")
    episode = Episode.objects.create(
        person=person,
        unit_id=bed.unit_id,
        kind=bed.kind,
        lane=bed.lane,
        opened_at=at,
        open_reason=reason[:200],
        responsible=responsible,
        expected_until=expected_until,
        cycle_ends_on=_cycle_end(bed.kind, at.date()),
    )
    rows.occupy(bed, person, episode, at=at, until=expected_until, transfer=transfer, by=by)
    place_waiting(person, bed.kind, at=at, by=by)
    people.open_relationship(
        by=by,
        at=at,
        person_id=person.pk,
        organisation_id=bed.unit_id,
        basis="EPISODE",
        scope="FULL",
        source_kind="Episode",
        source_id=episode.pk,
    )
    record_of(
        episode,
        "episode.opened",
        by=by,
        at=at,
        unit=bed.unit_id,
        kind=bed.kind,
        bed=bed.pk,
        transfer=transfer.pk if transfer else None,
    )
    if transfer is None:
        _settle_transfers(person, bed, at=at, by=by)
    return episode


def check_licence(unit_id: UUID, kind: str, at: datetime) -> None:
    """A unit may take somebody only under a live licence for that kind of bed."""
    if live_licence(unit_id, kind, at) is None:
        unit = naming.unit_name(unit_id)
        raise NoLicence(unit=unit, kind=BedKind(kind).label)


def take_whole_room(episode: Episode, bed: Bed, *, at: datetime, by: Actor) -> None:
    """Block the other beds of the room for the time of this stay."""
    if bed.room_id is None:
        return
    others = Bed.objects.filter(room_id=bed.room_id, closed_at=None).exclude(pk=bed.pk)
    for other in locks.beds(others.values_list("pk", flat=True)).values():
        rows.make_takeable(other, by)
        rows.block(other, at=at, until=None, reason=Block.WHOLE_ROOM, by=by, episode=episode)


def _refuse_while_elsewhere(person: Person, bed: Bed) -> None:
    """Nobody ends another unit's stay by admitting its person: that unit discharges, or a transfer moves them."""
    event = event_of_admission(bed.kind, bed.lane)
    for row in rows.open_rows(person=person, state=State.PRESENT, episode__isnull=False):
        episode = row.episode
        if episode is None or effect(event, episode.kind, episode.lane) != Effect.CLOSE:
            continue
        if episode.kind == bed.kind:
            raise EpisodeOpen(name=person.full_name, unit=episode.unit.name)
        if episode.unit_id != bed.unit_id:
            raise present_at(row)


def _settle_transfers(person: Person, bed: Bed, *, at: datetime, by: Actor) -> None:
    for transfer in (
        Transfer.objects.select_for_update(no_key=True).live().filter(person=person, target_lane=bed.lane)
    ):
        settle_by_admission(transfer, bed, at=at, by=by)


def _cycle_end(kind: str, day: date) -> date | None:
    if kind != BedKind.HOME_MEDICAL:
        return None
    return day + timedelta(days=policy("beds.cycle_days.HOME_MEDICAL", on=day).value)
