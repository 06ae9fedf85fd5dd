"""The end of a stay, expected or real."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.effects import come_home
from yiyang.beds.commands.episodes import EpisodeClosed, close_episode, touch
from yiyang.beds.models import Episode, Occupancy
from yiyang.beds.models.episodes import CloseReason
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.occupancy import State
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import Refusal
from yiyang.people import queries as persons

if TYPE_CHECKING:
    from yiyang.people.models import Person


class NoSuchReason(Refusal):
    message = _("Choose why the stay ends: {allowed}.")
    status = 422


@command(Permission.DISCHARGE, within="episode.unit_id", about="episode.person_id")
def discharge(
    *,
    by: Actor,
    at: datetime,
    episode: Episode,
    reason: str,
    note: str = "",
    earliest: datetime | None = None,
    version: int | None = None,
) -> Episode:
    """Close a stay: the person leaves for home, or the home bed is ended. The hour may be known as an interval.

    A care bed that was held for the person stays held until the person is back in it.
    """
    if reason not in CloseReason.values:
        allowed = ", ".join(str(label) for label in CloseReason.labels)
        raise NoSuchReason(field="reason", allowed=allowed)
    episode = locks.episode(episode, version)
    if episode.closed_at is not None:
        raise EpisodeClosed(closed_at=episode.closed_at)
    person = persons.person_of(episode.person_id)
    close_episode(episode, at=at, by=by, reason=reason, earliest=earliest, note=note)
    is_ward = episode.kind in (BedKind.HOSPITAL, BedKind.PALLIATIVE) and episode.lane == Lane.RESIDENCE
    if is_ward and not _held_residence(person):
        come_home(person, at=at, by=by)
    return episode


@command(Permission.DISCHARGE, within="episode.unit_id", about="episode.person_id")
def set_expected_end(
    *, by: Actor, at: datetime, episode: Episode, until: datetime | None, ready: bool = False
) -> Episode:
    """When the stay is expected to end, and whether the person is ready to leave already."""
    episode = locks.episode(episode)
    if until is not None and until <= episode.opened_at:
        raise rows.EndsBeforeItBegins(since=episode.opened_at, until=until)
    episode.expected_until = until
    episode.ready_to_leave_at = (episode.ready_to_leave_at or at) if ready else None
    touch(episode)
    for row in rows.open_rows(episode=episode, state=State.PRESENT):
        row.claim = type(row.claim)(row.claim.lower, until if until and until > row.claim.lower else None)
        row.save(update_fields=["claim"])
    record_of(
        episode, "episode.expected_end_set", by=by, at=at, unit=episode.unit_id, until=until, ready=ready
    )
    return episode


def _held_residence(person: Person) -> bool:
    return Occupancy.objects.filter(
        person=person, state=State.HELD, period__endswith=None, episode__lane=Lane.RESIDENCE
    ).exists()
