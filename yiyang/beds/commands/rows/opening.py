"""Rows that begin: promised, there, outside, blocked, corrected."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange, NumericRange
from django.utils.translation import gettext_lazy as _

from yiyang.access.bed_kinds import BedKind
from yiyang.beds.commands.bed_choice import check_room
from yiyang.beds.commands.rows.closing import EndsBeforeItBegins, end, release
from yiyang.beds.models import Bed, Episode, Occupancy, Transfer
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.occupancy import Block, Place, State
from yiyang.beds.rules.effects import OUTSIDE, part
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now

if TYPE_CHECKING:
    from yiyang.people.models import Person


class BedOutOfService(Refusal):
    message = _("This bed has been taken out of service. Choose another bed.")


def make_takeable(bed: Bed, by: Actor) -> None:
    """End what is over by itself: expired reservations and cleaning that is due to be done."""
    if bed.closed_at is not None:
        raise BedOutOfService
    at = now()
    for row in Occupancy.objects.filter(
        bed=bed, state__in=[State.RESERVED, State.BLOCKED], period__endswith=None
    ):
        if row.state == State.RESERVED and row.expires_at and row.expires_at <= at:
            release(row, at=at, by=by, why="EXPIRED")
        elif row.reason == Block.CLEANING and row.claim.upper and row.claim.upper <= at:
            end(row, at=max(row.claim.upper, row.period.lower), by=by, why="CLEAN")


def reserve(
    bed: Bed,
    person: Person,
    *,
    transfer: Transfer | None,
    at: datetime,
    claim_from: datetime,
    until: datetime | None,
    expires_at: datetime,
    by: Actor,
) -> Occupancy:
    """Promise a bed for a stay. The claim is the stay; the reservation lapses at `expires_at` if nobody comes."""
    make_takeable(bed, by)
    claim_from = max(claim_from, at)
    if until is not None and until <= claim_from:
        raise EndsBeforeItBegins(since=claim_from, until=until)
    check_room(bed, person)
    return open_row(
        state=State.RESERVED,
        bed=bed,
        unit_id=bed.unit_id,
        person=person,
        transfer=transfer,
        claim=DateTimeTZRange(claim_from, until),
        period=DateTimeTZRange(at, None),
        part=_part(bed),
        expires_at=expires_at,
        opened_by=by.label,
    )


def occupy(
    bed: Bed,
    person: Person,
    episode: Episode,
    *,
    at: datetime,
    until: datetime | None = None,
    transfer: Transfer | None = None,
    by: Actor,
    reason: str = "",
) -> Occupancy:
    """The person is in the bed from `at`; expected until `until`."""
    make_takeable(bed, by)
    if until is not None and until <= at:
        until = None
    check_room(bed, person)
    return open_row(
        state=State.PRESENT,
        bed=bed,
        unit_id=bed.unit_id,
        person=person,
        episode=episode,
        transfer=transfer,
        reason=reason,
        claim=DateTimeTZRange(at, until),
        period=DateTimeTZRange(at, None),
        part=_part(bed),
        opened_by=by.label,
    )


def stay_outside(
    person: Person,
    *,
    at: datetime,
    place: str,
    place_name: str,
    unit_id: UUID | None,
    transfer: Transfer | None,
    by: Actor,
) -> Occupancy:
    """The person is somewhere without a bed of ours: an emergency room, a hospital outside the network.

    A care place outside takes up what a care bed does: a service that comes to the person goes on there.
    """
    return open_row(
        state=State.PRESENT,
        unit_id=unit_id,
        person=person,
        transfer=transfer,
        reason=place,
        place_name=place_name,
        claim=DateTimeTZRange(at, None),
        period=DateTimeTZRange(at, None),
        part=NumericRange(
            *(part(BedKind.INSTITUTION, Lane.RESIDENCE) if place == Place.OUTSIDE_CARE else OUTSIDE)
        ),
        opened_by=by.label,
    )


def block(
    bed: Bed, *, at: datetime, until: datetime | None, reason: str, by: Actor, episode: Episode | None = None
) -> Occupancy:
    """Nobody may use the bed: cleaning, maintenance, closure, or a room taken as a whole."""
    return open_row(
        state=State.BLOCKED,
        bed=bed,
        unit_id=bed.unit_id,
        episode=episode,
        reason=reason,
        claim=DateTimeTZRange(at, until),
        period=DateTimeTZRange(at, None),
        part=_part(bed),
        opened_by=by.label,
    )


def rewrite(
    row: Occupancy, *, state: str, since: datetime, until: datetime | None, by: Actor, why: str
) -> Occupancy:
    """A corrected row in the place of one that became VOID; the old one stays linked and readable."""
    if until is not None and until <= since:
        raise EndsBeforeItBegins(since=since, until=until)
    promised = row.claim.upper if until is None else until
    claim = DateTimeTZRange(since, promised) if promised is None or promised > since else row.claim
    return open_row(
        state=state,
        **place_of(row),
        transfer_id=row.transfer_id,
        reason=row.reason,
        place_name=row.place_name,
        claim=claim,
        period=DateTimeTZRange(since, until),
        held_until=row.held_until,
        fee_rule=row.fee_rule,
        end_reason=why if until else "",
        closed_by=by.label if until else "",
        supersedes=row,
        opened_by=by.label,
    )


def _part(bed: Bed) -> NumericRange:
    return NumericRange(*part(bed.kind, bed.lane))


def place_of(row: Occupancy) -> dict[str, Any]:
    """Who is where, as the next row says it again."""
    return {
        "bed_id": row.bed_id,
        "unit_id": row.unit_id,
        "person_id": row.person_id,
        "episode_id": row.episode_id,
        "part": row.part,
    }


def open_row(**columns: Any) -> Occupancy:
    return Occupancy.objects.create(recorded_at=now(), **columns)
