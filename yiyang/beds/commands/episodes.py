"""What becomes of one stay: its bed is held, taken again, or it is closed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from yiyang.beds.commands import rows
from yiyang.beds.models import Episode, Occupancy
from yiyang.beds.models.occupancy import HoldFor, State
from yiyang.kernel.actors import Actor
from yiyang.kernel.facts import record_of
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal
from yiyang.people import commands as people
from yiyang.people.queries import hold_terms


class EpisodeClosed(Refusal):
    message = _("This stay was closed on {closed_at}. Look at the person's page for where they are now.")


class NotAway(Refusal):
    message = _("This person is not away from this bed, so there is nothing to end.")


class NotPresent(Refusal):
    message = _("This person is not present in this bed now. Look at the person's page.")


def hold_for(
    episode: Episode,
    why: str,
    *,
    at: datetime,
    by: Actor,
    until: datetime | None = None,
    earliest: datetime | None = None,
) -> Occupancy:
    """Keep the bed of an episode while its person is elsewhere: as long as was agreed, else as the policy says.

    Who was on leave may be taken to hospital from there, or be missed; then the leave is over.
    """
    live = rows.open_rows(episode=episode)
    present = [row for row in live if row.state == State.PRESENT]
    if why != HoldFor.LEAVE:
        present += [row for row in live if row.state == State.HELD and row.reason != why]
        episode.leaves.filter(returned_at=None).update(returned_at=at, ended_how=why)
    if not present:
        raise NotPresent
    agreed = hold_terms(episode.person_id, episode.unit_id, at)
    days = agreed and agreed.days
    until = until or at + timedelta(days=days or policy(f"beds.hold_days.{why}", on=at.date()).value)
    fee_rule = agreed.fee_rule if agreed else ""
    row = rows.hold(present[0], at=at, reason=why, until=until, by=by, earliest=earliest, fee_rule=fee_rule)
    touch(episode)
    record_of(episode, "bed.held", by=by, at=at, unit=episode.unit_id, bed=row.bed_id, why=why, until=until)
    return row


def resume(held: Occupancy, episode: Episode, *, at: datetime, by: Actor) -> None:
    """The person is in the bed again; a leave that it was held for has ended with that."""
    rows.resume(held, at=at, by=by)
    episode.leaves.filter(returned_at=None).update(returned_at=at, ended_how="RETURNED")
    touch(episode)


def close_episode(
    episode: Episode,
    *,
    at: datetime,
    by: Actor,
    reason: str,
    earliest: datetime | None = None,
    note: str = "",
) -> None:
    """Close an episode and free its bed from the instant when it was really left."""
    left_at, kept = at, False
    for row in rows.open_rows(episode=episode):
        if row.person_id is None:
            continue
        kept = kept or row.state == State.HELD
        if row.state == State.RESERVED:
            rows.release(row, at=at, by=by, why="CANCELLED")
        else:
            left_at = max(left_at, rows.vacate(row, at=at, by=by, why=reason, earliest=earliest))
    rows.open_up_room(episode.pk, at=left_at, by=by)
    episode.closed_at, episode.close_reason = max(left_at, episode.opened_at), reason
    touch(episode)
    episode.leaves.filter(returned_at=None).update(returned_at=at, ended_how="CLOSED")
    people.close_relationship(by=by, at=at, person_id=episode.person_id, source_id=episode.pk)
    record_of(
        episode,
        "episode.closed",
        by=by,
        at=at,
        unit=episode.unit_id,
        kind=episode.kind,
        reason=reason,
        note=note,
        earliest=earliest,
        kept=kept or None,
    )


def touch(episode: Episode) -> None:
    episode.version += 1
    episode.save()


def held_row(episode: Episode) -> Occupancy:
    held = [row for row in rows.open_rows(episode=episode) if row.state == State.HELD]
    if episode.closed_at is not None or not held:
        raise NotAway
    return held[0]
