"""Stays, transfers and waits of all persons whose whole record, or these of it, are open to the actor, wherever they
were."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from yiyang.beds.models import Episode, Occupancy, Transfer, TransferStep, WaitingEntry
from yiyang.kernel.actors import Actor
from yiyang.people import queries as people
from yiyang.people.rules.kinds_of_data import KindOfData

VISITS, PLANS = str(KindOfData.VISITS), str(KindOfData.PLANS)


def open_episodes(actor: Actor) -> QuerySet[Episode]:
    return Episode.objects.filter(people.in_full(actor, kind=VISITS)).select_related("unit")


def open_rows(actor: Actor) -> QuerySet[Occupancy]:
    """Every state of every bed that has to do with such a person, what ended and what was entered in error too."""
    found = Occupancy.objects.filter(people.in_full(actor, kind=VISITS), person__isnull=False)
    return found.select_related("bed", "unit", "episode")


def open_transfers(actor: Actor, kind: str = "") -> QuerySet[Transfer]:
    """With every step, the oldest first. `kind`: also of whom this kind of data alone is open."""
    steps = Prefetch("steps", queryset=TransferStep.objects.order_by("recorded_at", "pk"))
    found = Transfer.objects.filter(people.in_full(actor, kind=kind))
    return found.select_related("from_unit", "coordinator", "chosen_unit", "to_unit").prefetch_related(steps)


def open_waiting(actor: Actor) -> QuerySet[WaitingEntry]:
    """Every place in a waiting list, what ended too; which place it is stays on the pages of the list."""
    return WaitingEntry.objects.filter(people.in_full(actor, kind=PLANS)).select_related(
        "wanted_unit", "requested_unit"
    )
