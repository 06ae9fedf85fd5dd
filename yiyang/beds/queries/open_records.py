"""Stays, transfers and waits of all persons whose whole record is open to the actor, wherever they were."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from yiyang.beds.models import Episode, Occupancy, Transfer, TransferStep, WaitingEntry
from yiyang.kernel.actors import Actor
from yiyang.people import queries as people


def open_episodes(actor: Actor) -> QuerySet[Episode]:
    return Episode.objects.filter(people.in_full(actor)).select_related("unit")


def open_rows(actor: Actor) -> QuerySet[Occupancy]:
    """Every state of every bed that has to do with such a person, what ended and what was entered in error too."""
    found = Occupancy.objects.filter(people.in_full(actor), person__isnull=False)
    return found.select_related("bed", "unit", "episode")


def open_transfers(actor: Actor) -> QuerySet[Transfer]:
    """With every step, the oldest first."""
    steps = Prefetch("steps", queryset=TransferStep.objects.order_by("recorded_at", "pk"))
    found = Transfer.objects.filter(people.in_full(actor))
    return found.select_related("from_unit", "coordinator", "chosen_unit", "to_unit").prefetch_related(steps)


def open_waiting(actor: Actor) -> QuerySet[WaitingEntry]:
    """Every place in a waiting list, what ended too; which place it is stays on the pages of the list."""
    return WaitingEntry.objects.filter(people.in_full(actor)).select_related("wanted_unit", "requested_unit")
