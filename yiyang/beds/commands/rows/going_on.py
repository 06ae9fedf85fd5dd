"""One row closes and the next one opens: a bed held, taken again, or cleaned."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from yiyang.beds.commands import locks
from yiyang.beds.commands.rows.closing import end, open_rows
from yiyang.beds.commands.rows.opening import block, open_row, place_of
from yiyang.beds.models import Occupancy
from yiyang.beds.models.occupancy import Block, State
from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.kernel.time import now


def hold(
    row: Occupancy,
    *,
    at: datetime,
    reason: str,
    until: datetime,
    by: Actor,
    earliest: datetime | None = None,
    fee_rule: str = "",
) -> Occupancy:
    """Keep the bed for somebody who is elsewhere. It stays theirs until somebody decides otherwise."""
    claim = _carry_claim(row, at)
    at = end(row, at=at, by=by, why=f"AWAY_{reason}", earliest=earliest)
    return open_row(
        state=State.HELD,
        **place_of(row),
        reason=reason,
        claim=claim,
        period=DateTimeTZRange(at, None),
        held_until=until,
        fee_rule=fee_rule or str(policy("beds.hold_fee_rule", on=at.date()).value),
        opened_by=by.label,
    )


def resume(row: Occupancy, *, at: datetime, by: Actor) -> Occupancy:
    """The person is back in the bed that was held."""
    claim = _carry_claim(row, at)
    at = end(row, at=at, by=by, why="RETURNED")
    return open_row(
        state=State.PRESENT,
        **place_of(row),
        claim=claim,
        period=DateTimeTZRange(at, None),
        opened_by=by.label,
    )


def vacate(
    row: Occupancy, *, at: datetime, by: Actor, why: str, earliest: datetime | None = None
) -> datetime:
    """The bed is left. It is cleaned before the next one, unless the next one is already promised it.

    Returns the instant from which it is free.
    """
    bed = locks.bed(row.bed_id) if row.bed_id is not None else None
    at = end(row, at=at, by=by, why=why, earliest=earliest)
    if row.episode_id is not None:
        open_up_room(row.episode_id, at=at, by=by)
    if bed is None or row.state == State.VOID:
        return at
    minutes = policy(f"beds.cleaning_minutes.{bed.kind}", on=at.date()).value
    clean_at = at + timedelta(minutes=minutes)
    promised = (
        Occupancy.objects.filter(bed=bed, state=State.RESERVED, claim__startswith__lt=clean_at)
        .values_list("claim", flat=True)
        .order_by("claim")
        .first()
    )
    if promised is not None:
        clean_at = min(clean_at, promised.lower)
    if clean_at > max(at, now()):
        block(bed, at=at, until=clean_at, reason=Block.CLEANING, by=by)
    return at


def open_up_room(episode_id: UUID, *, at: datetime, by: Actor) -> None:
    """The other beds of a room that this stay had taken as a whole are free again."""
    for row in open_rows(episode_id=episode_id, state=State.BLOCKED, reason=Block.WHOLE_ROOM):
        end(row, at=at, by=by, why="ROOM_FREE")


def _carry_claim(row: Occupancy, at: datetime) -> DateTimeTZRange:
    """The promise that goes on when a row is closed and the next one opened for the same person and bed.

    Somebody else may be promised the bed from the end of it. Where it has run out (the occupant overstays), the
    next row takes over its second half, so that it claims nothing that was not claimed before.
    """
    since, until = row.claim.lower, row.claim.upper
    at = max(at, row.period.lower)
    if until is None or until > at:
        return DateTimeTZRange(at, until)
    middle = since + (until - since) / 2
    if not since < middle < until:
        return DateTimeTZRange(at, None)
    row.claim = DateTimeTZRange(since, middle)
    return DateTimeTZRange(middle, until)
