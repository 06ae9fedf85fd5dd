"""What waits for somebody: of staff, the transfers and notices; of an elder, the day in a few sentences."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from yiyang.access import queries as access
from yiyang.access.actors import AccountActor
from yiyang.beds import queries as beds
from yiyang.people import queries as people

if TYPE_CHECKING:
    from yiyang.beds.models import Occupancy, Transfer, WaitingEntry
    from yiyang.people.models import Person

LISTED = 12


@dataclass(frozen=True)
class Work:
    """The beginning of a working day: what must be done by when, and what was told."""

    transfers: list[Transfer]
    notices: list[Any]
    named: set[Any]


@dataclass
class Elder:
    """Where a person is, what comes next, what is needed of the family."""

    person: Person
    place: Occupancy | None = None
    kept: list[Occupancy] = field(default_factory=list)
    comes: list[Occupancy] = field(default_factory=list)
    transfer: Transfer | None = None
    waiting: WaitingEntry | None = None
    before: int = 0
    decide: bool = False


def work(actor: AccountActor) -> Work:
    """The live transfers that concern the actor's units, most pressing first, and the open notices."""
    transfers = list(
        beds.transfers(actor)
        .live()
        .select_related("person", "from_unit", "to_unit")
        .order_by("act_by", "requested_at")[:LISTED]
    )
    concerned = [one.person_id for one in transfers]
    named = (
        set(people.persons(actor).filter(pk__in=concerned).values_list("pk", flat=True))
        if concerned
        else set()
    )
    return Work(transfers, list(access.notices(actor, only_open=True)[:LISTED]), named)


def elders(actor: AccountActor) -> list[Elder]:
    """The account's own person, and those who entrusted it with their record."""
    found = [delegation.person for delegation in people.entrusted_to(actor)]
    own = people.persons(actor).filter(pk=actor.person_id).first() if actor.person_id else None
    return [_elder(actor, person) for person in ([own] if own else []) + found]


def _elder(actor: AccountActor, person: Person) -> Elder:
    elder = Elder(person)
    for row in beds.live_rows_of(person):
        if row.state == "PRESENT" and elder.place is None:
            elder.place = row
        elif row.state == "HELD":
            elder.kept.append(row)
        elif row.state == "RESERVED":
            elder.comes.append(row)
    elder.transfer = (
        beds.transfers(actor)
        .live()
        .filter(person=person, suspended_at=None)
        .select_related("to_unit")
        .first()
    )
    elder.decide = elder.transfer is not None and elder.transfer.state == "EVALUATED"
    elder.waiting = (
        beds.waiting_entries(actor)
        .filter(person=person, state__in=["WAITING", "OFFERED"])
        .select_related("wanted_unit")
        .first()
    )
    if elder.waiting:
        elder.before = _before(elder.waiting)
    return elder


def _before(entry: WaitingEntry) -> int:
    ordered = [one.pk for one in beds.waiting_in_order(entry.kind, entry.list_owner_id)]
    return ordered.index(entry.pk) if entry.pk in ordered else 0
