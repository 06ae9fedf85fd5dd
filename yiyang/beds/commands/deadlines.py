"""What time does: each deadline is told once, however late the worker comes to it, and marked late."""

from __future__ import annotations

from datetime import datetime

from yiyang.access.permissions import Permission
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.episodes import close_episode, held_row
from yiyang.beds.commands.steps import note, touch
from yiyang.beds.models import Episode, Leave, Occupancy, Transfer
from yiyang.beds.models.episodes import CloseReason
from yiyang.beds.models.occupancy import State
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record, record_of
from yiyang.kernel.refusals import Stale
from yiyang.kernel.time import minutes_late


@command(Permission.COORDINATE, within="transfer.coordinator_id")
def escalate_transfer(*, by: Actor, at: datetime, transfer: Transfer, why: str) -> Transfer:
    """Nobody answered in time: the coordinator is to act. Recorded once for each deadline."""
    transfer = locks.transfer(transfer)
    late = minutes_late(transfer.act_by, at) if transfer.act_by else 0
    transfer.escalated_at, transfer.act_by = at, None
    touch(transfer)
    note(transfer, "escalate", transfer.state, at=at, by=by, reason=why)
    record_of(
        transfer,
        "transfer.escalated",
        by=by,
        at=at,
        why=why,
        coordinator=transfer.coordinator_id,
        minutes_late=late,
    )
    return transfer


@command(Permission.RECORD_LEAVE, within="row.unit_id")
def warn_of_hold(*, by: Actor, at: datetime, row: Occupancy) -> Occupancy:
    """A held bed nears its end, or has passed it: the unit and the family decide to extend, return or release."""
    row = Occupancy.objects.select_for_update(no_key=True).get(pk=row.pk)
    if row.state != State.HELD or row.warned_at is not None or row.held_until is None:
        raise Stale
    row.warned_at = at
    row.save(update_fields=["warned_at"])
    record(
        "hold.ending",
        by=by,
        at=at,
        subject=row.episode,
        person=row.person_id,
        unit=row.unit_id,
        until=row.held_until,
        overdue=row.held_until <= at,
        minutes_late=minutes_late(row.held_until, at),
    )
    return row


@command(Permission.RECORD_LEAVE, within="row.unit_id")
def carry_out_release(*, by: Actor, at: datetime, row: Occupancy) -> Episode:
    """Person or family gave a held bed up and did not take it back in time: the stay is closed, the bed is free."""
    episode = locks.episode(row.episode)
    row = held_row(episode)
    if row.release_at is None or row.release_at > at:
        raise Stale
    record_of(
        episode,
        "hold.given_up",
        by=by,
        at=at,
        unit=episode.unit_id,
        decided_by=row.release_by,
        minutes_late=minutes_late(row.release_at, at),
    )
    close_episode(episode, at=at, by=by, reason=CloseReason.NOT_RETURNED)
    return episode


@command(Permission.RECORD_LEAVE, within="leave.episode.unit_id")
def tell_overdue_leave(*, by: Actor, at: datetime, leave: Leave) -> Leave:
    """A resident on leave has not come back at the time agreed."""
    leave = Leave.objects.select_for_update(no_key=True).get(pk=leave.pk)
    if leave.returned_at is not None or leave.overdue_told_at is not None:
        raise Stale
    leave.overdue_told_at = at
    leave.save(update_fields=["overdue_told_at"])
    record(
        "leave.overdue",
        by=by,
        at=at,
        subject=leave.episode,
        person=leave.episode.person_id,
        unit=leave.episode.unit_id,
        due=leave.due_back_at,
        minutes_late=minutes_late(leave.due_back_at, at),
    )
    return leave


@command(Permission.ALLOCATE_BED, within="row.unit_id")
def lapse_reservation(*, by: Actor, at: datetime, row: Occupancy) -> Occupancy:
    """Nobody came for a reserved bed: it is free again, and the sender is told."""
    bed = locks.bed(row.bed_id)
    row = Occupancy.objects.select_for_update(no_key=True).get(pk=row.pk)
    if row.state != State.RESERVED or row.expires_at is None or row.expires_at > at:
        raise Stale
    rows.release(row, at=at, by=by, why="EXPIRED")
    record(
        "reservation.expired",
        by=by,
        at=at,
        subject=row.transfer,
        person=row.person_id,
        unit=bed.unit_id,
        bed=bed.pk,
        minutes_late=minutes_late(row.expires_at, at),
    )
    return row


@command(Permission.MANAGE_BEDS, within="row.unit_id")
def finish_cleaning(*, by: Actor, at: datetime, row: Occupancy) -> Occupancy:
    """The time for cleaning is over: the bed is free unless somebody says otherwise."""
    bed = locks.bed(row.bed_id)
    row = Occupancy.objects.select_for_update(no_key=True).get(pk=row.pk)
    if row.state != State.BLOCKED or row.period.upper is not None or row.claim.upper is None:
        raise Stale
    rows.end(row, at=max(row.claim.upper, row.period.lower), by=by, why="CLEAN")
    record("bed.released", by=by, at=at, subject=bed, unit=bed.unit_id, reason=row.reason)
    return row


@command(Permission.SET_UP_HOME_BED, within="episode.unit_id")
def warn_of_cycle_end(*, by: Actor, at: datetime, episode: Episode) -> Episode:
    """The cycle of a home medical bed ends soon: it is renewed or closed."""
    record_of(
        episode, "home_bed.cycle_ending", by=by, at=at, unit=episode.unit_id, ends_on=episode.cycle_ends_on
    )
    return episode
