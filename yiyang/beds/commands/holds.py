"""A bed that is kept for somebody: kept longer, given up, taken again; and who cannot be found."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.effects import come_home
from yiyang.beds.commands.episodes import close_episode, held_row, hold_for, resume, touch
from yiyang.beds.commands.waiting import NotYoursToDecide
from yiyang.beds.models import Episode, Occupancy
from yiyang.beds.models.episodes import CloseReason
from yiyang.beds.models.occupancy import HoldFor, State
from yiyang.beds.queries.holds import OwnHold, at_home, own_hold
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal
from yiyang.people.reach import in_full


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


class NotAgreed(Refusal):
    message = _(
        "No agreement in force says how this bed is kept, so the unit decides. Write to the unit what you wish, "
        "or call it."
    )


class LongerThanAgreed(Refusal):
    message = _(
        "By the agreement the bed is kept until {latest} at most. Choose an earlier day, or ask the unit for more."
    )
    status = 422


class KeptAlready(Refusal):
    message = _("The bed is kept until {until} already. Choose a later day.")
    status = 422


class GivenUpAlready(Refusal):
    message = _(
        "The bed is given up already, and free for others from {free_from}. Until then it can be taken back."
    )


class NothingToTakeBack(Refusal):
    message = _("Nobody has given this bed up, or the time to take it back is over. Call the unit.")


@command(
    Permission.DECIDE_HOLD, within="episode.unit_id", about=in_full(lambda episode, **_: episode.person_id)
)
def extend_hold(*, by: Actor, at: datetime, episode: Episode, until: datetime) -> Occupancy:
    """Keep the bed for longer: the unit as it sees fit, person and family as long as was agreed.

    Whoever keeps it for longer takes back that it was given up.
    """
    episode = locks.episode(episode)
    row = held_row(episode)
    own = _only_as_agreed(by, row, at)
    if until <= at:
        raise rows.EndsBeforeItBegins(since=at, until=until)
    if own is not None:
        _within_terms(own, until)
    if row.release_at is not None:
        record_of(episode, "hold.release_withdrawn", by=by, at=at, unit=episode.unit_id, until=until)
    row.held_until, row.warned_at = until, None
    row.release_at, row.release_by = None, ""
    row.save(update_fields=["held_until", "warned_at", "release_at", "release_by"])
    touch(episode)
    record_of(
        episode, "hold.extended", by=by, at=at, unit=episode.unit_id, until=until, own=own is not None or None
    )
    return row


@command(
    Permission.DECIDE_HOLD, within="episode.unit_id", about=in_full(lambda episode, **_: episode.person_id)
)
def release_hold(*, by: Actor, at: datetime, episode: Episode, note: str = "") -> Episode:
    """Give up a held bed: the stay is closed and the bed is free for others.

    When person or family give it up, that takes effect after the hours in which they can take it back.
    """
    episode = locks.episode(episode)
    row = held_row(episode)
    if _only_as_agreed(by, row, at) is None:
        close_episode(episode, at=at, by=by, reason=CloseReason.NOT_RETURNED, note=note)
        return episode
    if row.release_at is not None:
        raise GivenUpAlready(free_from=row.release_at)
    hours = policy("beds.hold_take_back_hours", on=at.date()).value
    row.release_at, row.release_by = at + timedelta(hours=hours), by.label[:120]
    row.save(update_fields=["release_at", "release_by"])
    touch(episode)
    record_of(
        episode,
        "hold.release_asked",
        by=by,
        at=at,
        unit=episode.unit_id,
        free_from=row.release_at,
        note=note or None,
    )
    return episode


@command(
    Permission.DECIDE_HOLD, within="episode.unit_id", about=in_full(lambda episode, **_: episode.person_id)
)
def withdraw_release(*, by: Actor, at: datetime, episode: Episode) -> Episode:
    """A bed that was given up stays kept after all, as long as nobody else may have it."""
    episode = locks.episode(episode)
    row = held_row(episode)
    _only_as_agreed(by, row, at)
    if row.release_at is None or row.release_at <= at:
        raise NothingToTakeBack
    row.release_at, row.release_by = None, ""
    row.save(update_fields=["release_at", "release_by"])
    touch(episode)
    record_of(episode, "hold.release_withdrawn", by=by, at=at, unit=episode.unit_id, until=row.held_until)
    return episode


def _only_as_agreed(by: Actor, row: Occupancy, at: datetime) -> OwnHold | None:
    """What was agreed, where somebody decides at home; None for the unit. Refuses whoever does not decide."""
    if not at_home(by):
        return None
    own = own_hold(by, row, at)
    if own.terms is None:
        raise NotAgreed
    if not own.decides:
        raise NotYoursToDecide
    return own


def _within_terms(own: OwnHold, until: datetime) -> None:
    if own.latest is None:
        raise NotAgreed
    if until > own.latest:
        raise LongerThanAgreed(latest=own.latest, field="until")
    if own.row.release_at is None and own.row.held_until and until <= own.row.held_until:
        raise KeptAlready(until=own.row.held_until, field="until")


@command(Permission.RECORD_LEAVE, within="episode.unit_id", about="episode.person_id")
def report_missing(*, by: Actor, at: datetime, episode: Episode, note: str = "") -> Occupancy:
    """The resident cannot be found. The bed is held; where the person is, is not known."""
    episode = locks.episode(episode)
    row = hold_for(episode, HoldFor.MISSING, at=at, by=by)
    record_of(episode, "person.missing", by=by, at=at, unit=episode.unit_id, note=note)
    return row
