"""Wards, beds, stays and transfers in every state. Factories say only what matters to the test."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yiyang.access.models import Organisation
from yiyang.access.tests.factories import Cast, cast
from yiyang.beds import commands, queries
from yiyang.beds.models import Bed, Episode, Offer, Room, Transfer
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import person

__all__ = ["Cast", "accepted", "bed", "beds", "cast", "person", "room", "stay", "transfer"]


def room(unit: Organisation, label: str = "301", *, ward: str = "三楼", couple: bool = False) -> Room:
    """A room of a unit, in a ward that is made when it is not there."""
    found = unit.wards.filter(name=ward).first() or commands.add_ward(
        by=SYSTEM, at=now(), unit_id=unit.pk, name=ward
    )
    return found.rooms.filter(label=label).first() or commands.add_room(
        by=SYSTEM, at=now(), ward=found, label=label, couple=couple
    )


def bed(unit: Organisation, kind: str = "INSTITUTION", label: str = "", **fields: Any) -> Bed:
    """A bed in service; one in a ward stands in a room of its own unless told otherwise."""
    label = label or f"{kind}-{Bed.objects.count() + 1}"
    if kind in ("INSTITUTION", "HOSPITAL") and "room" not in fields:
        fields["room"] = room(unit, f"R{label}")
    return commands.open_bed(
        by=SYSTEM, at=fields.pop("at", now()), unit_id=unit.pk, kind=kind, label=label, **fields
    )


def beds(unit: Organisation, kind: str, number: int) -> list[Bed]:
    return [bed(unit, kind) for _ in range(number)]


def stay(who: Person, in_bed: Bed, *, at: datetime | None = None, **fields: Any) -> Episode:
    """The person lives or lies in this bed."""
    return commands.admit(by=SYSTEM, at=at or now(), person=who, bed=in_bed, reason="moved in", **fields)


def transfer(by: Any, who: Person, **fields: Any) -> Transfer:
    """A request as a care home's nurse makes it: worse health, to a hospital, urgent."""
    fields = {
        "trigger": "HEALTH_WORSENED",
        "urgency": "URGENT",
        "target_kind": "HOSPITAL",
        "reason": "fever for three days, eats nothing",
        **fields,
    }
    return commands.request_transfer(by=by, at=fields.pop("at", now()), person=who, **fields)


def agreed(by: Any, of: Transfer) -> Transfer:
    """Evaluated and agreed to by the person."""
    commands.evaluate_transfer(by=by, at=now(), transfer=of, outcome="FIT", statement="needs a ward")
    return commands.record_agreement(
        by=by,
        at=now(),
        transfer=of,
        outcome="AGREED",
        by_whom="PERSON",
        name=of.person.full_name,
        how="IN_PERSON",
    )


def offered(by: Any, of: Transfer, *units: Organisation) -> list[Offer]:
    return commands.offer_transfer(
        by=by, at=now(), transfer=agreed(by, of), units=[unit.pk for unit in units]
    )


def accepted(by: Any, of: Transfer, doctor: Any, unit: Organisation) -> Transfer:
    [offer] = offered(by, of, unit)
    return commands.accept_offer(by=doctor, at=now(), offer=offer, doctor="Dr Chen")


def allocated(
    by: Any, of: Transfer, doctor: Any, office: Any, unit: Organisation, in_bed: Bed | None = None
) -> Transfer:
    return commands.allocate_bed(by=office, at=now(), transfer=accepted(by, of, doctor, unit), bed=in_bed)


def whereabouts(who: Person) -> list[tuple[str, str, str]]:
    """(state, kind or place, unit) of the person's live rows, for asserting."""
    return [
        (row.state, row.bed.kind if row.bed else row.reason, row.unit.name_zh if row.unit else row.place_name)
        for row in queries.live_rows_of(who)
    ]
