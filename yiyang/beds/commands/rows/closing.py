"""Rows that end: left, released, or never so."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext_lazy as _

from yiyang.beds.models import Bed, Occupancy, Transfer
from yiyang.beds.models.occupancy import LIVE, REAL, State
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import Refusal


class EndsBeforeItBegins(Refusal):
    message = _("The end {until} lies before the beginning {since}. Correct one of them.")
    status = 422


class BeforeItBegan(Refusal):
    message = _(
        "{at} lies before {since}, when this began. Enter a later time, or correct the earlier entry."
    )
    status = 422


# Two hands that act at once read the clock before they wait for each other.
SKEW = timedelta(minutes=1)


def open_rows(**of: Any) -> list[Occupancy]:
    """The live rows of a person, bed or episode, oldest first."""
    return list(
        Occupancy.objects.filter(state__in=LIVE, period__endswith=None, **of).order_by("recorded_at", "pk")
    )


def live_row(bed: Bed) -> Occupancy | None:
    """Who or what really takes up the bed now; reservations do not."""
    return Occupancy.objects.filter(bed=bed, state__in=REAL, period__endswith=None).first()


def end(row: Occupancy, *, at: datetime, by: Actor, why: str, earliest: datetime | None = None) -> datetime:
    """Close a row at the instant when it really ended, and return that. What lasted no time was never so: VOID.

    Nobody leaves before having come: an earlier instant is refused, but for the skew of two hands at once.
    """
    if row.person_id is not None and at < row.period.lower - SKEW:
        raise BeforeItBegan(at=at, since=row.period.lower, field="at")
    at = max(at, row.period.lower)
    row.closed_by = by.label
    row.end_reason = why[:60]
    row.ended_earliest = earliest
    if at <= row.period.lower:
        row.state = State.VOID
    else:
        claimed_until = row.claim.upper if row.claim.upper and row.claim.upper < at else at
        if claimed_until > row.claim.lower:
            row.claim = DateTimeTZRange(row.claim.lower, claimed_until)
        row.period = DateTimeTZRange(row.period.lower, at)
    row.save()
    return at


def release(row: Occupancy, *, at: datetime, by: Actor, why: str) -> None:
    """End a reservation: used, expired or cancelled."""
    row.state = State.RELEASED
    row.end_reason = why
    row.closed_by = by.label
    row.period = DateTimeTZRange(row.period.lower, max(at, row.period.lower + timedelta(microseconds=1)))
    row.save()


def release_reservation(transfer: Transfer, *, at: datetime, by: Actor, why: str) -> None:
    """End the transfer's live reservation, if it has one."""
    for row in Occupancy.objects.filter(transfer=transfer, state=State.RESERVED):
        release(row, at=at, by=by, why=why)


def void(row: Occupancy, *, by: Actor, why: str) -> None:
    """The row should never have been: it leaves the constraints and stays readable."""
    row.state = State.VOID
    row.end_reason = why[:60]
    row.closed_by = by.label
    row.save(update_fields=["state", "end_reason", "closed_by"])
