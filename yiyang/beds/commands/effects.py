"""What an event does to a person's other stays, by the table in `rules/effects.py`."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from yiyang.beds.commands import rows
from yiyang.beds.commands.episodes import close_episode, hold_for, resume
from yiyang.beds.models import Episode
from yiyang.beds.models.episodes import CloseReason
from yiyang.beds.models.occupancy import HoldFor, State
from yiyang.beds.rules.effects import Effect, Event, effect, event_of_admission
from yiyang.kernel.actors import Actor
from yiyang.kernel.facts import record_of

if TYPE_CHECKING:
    from yiyang.people.models import Person


def come_home(person: Person, *, at: datetime, by: Actor, but: UUID | None = None) -> None:
    """Back without admission: what was held or suspended goes on."""
    _apply(person, Event.COMING_HOME, at=at, by=by, only=[Effect.RESUME], but=but)


def leave_others_to(
    person: Person, kind: str, lane: str, *, at: datetime, by: Actor, but: UUID | None = None
) -> None:
    """Apply what an admission to `kind` does to the person's other episodes, and end a stay outside."""
    event = event_of_admission(kind, lane)
    if event != Event.OVERLAY_SET_UP:
        for row in rows.open_rows(person=person, state=State.PRESENT, bed=None):
            rows.end(row, at=at, by=by, why="ADMITTED")
    _apply(person, event, at=at, by=by, but=but)


def depart_others(
    person: Person,
    event: Event,
    *,
    at: datetime,
    by: Actor,
    keep_bed: bool = True,
    earliest: datetime | None = None,
) -> None:
    """Apply what leaving for somewhere does now; what waits for the arrival is left to the arrival."""
    if event != Event.OVERLAY_SET_UP:
        for row in rows.open_rows(person=person, state=State.PRESENT, bed=None):
            rows.end(row, at=at, by=by, why="LEFT", earliest=earliest)
    for episode in _open_episodes(person):
        present = [row for row in rows.open_rows(episode=episode) if row.state == State.PRESENT]
        what = effect(event, episode.kind, episode.lane)
        if present and what == Effect.HOLD and not keep_bed:
            what = Effect.CLOSE
        if what in (Effect.HOLD, Effect.SUSPEND) or (present and what == Effect.CLOSE):
            _do(what, episode, at=at, by=by, earliest=earliest)


def _apply(
    person: Person,
    event: Event,
    *,
    at: datetime,
    by: Actor,
    only: list[Effect] | None = None,
    but: UUID | None = None,
) -> None:
    effects = [
        (effect(event, episode.kind, episode.lane), episode)
        for episode in _open_episodes(person)
        if episode.pk != but
    ]
    # What goes on again needs the place that another stay leaves: it comes last.
    for what, episode in sorted(effects, key=lambda one: one[0] == Effect.RESUME):
        if only is None or what in only:
            _do(what, episode, at=at, by=by)


def _do(what: Effect, episode: Episode, *, at: datetime, by: Actor, earliest: datetime | None = None) -> None:
    live = rows.open_rows(episode=episode)
    present = [row for row in live if row.state == State.PRESENT]
    held = [row for row in live if row.state == State.HELD]
    holdable = present or [row for row in held if row.reason != HoldFor.HOSPITAL]
    if what == Effect.CLOSE:
        close_episode(episode, at=at, by=by, reason=CloseReason.TRANSFERRED, earliest=earliest)
    elif what == Effect.HOLD and holdable:
        hold_for(episode, HoldFor.HOSPITAL, at=at, by=by, earliest=earliest)
    elif what == Effect.SUSPEND and holdable:
        hold_for(episode, HoldFor.HOSPITAL, at=at, by=by, earliest=earliest)
        Episode.objects.filter(pk=episode.pk).update(suspended_at=at)
        record_of(episode, "episode.suspended", by=by, at=at, unit=episode.unit_id)
    elif what == Effect.RESUME and held:
        resume(held[0], episode, at=at, by=by)
        Episode.objects.filter(pk=episode.pk).update(suspended_at=None)
        record_of(episode, "episode.resumed", by=by, at=at, unit=episode.unit_id)


def _open_episodes(person: Person) -> list[Episode]:
    return list(Episode.objects.filter(person=person, closed_at=None).order_by("opened_at", "pk"))
