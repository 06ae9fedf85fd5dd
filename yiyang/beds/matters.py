"""Which offers and transfers still wait for a unit: asked by duty, which cannot know them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from yiyang.beds.models import Leave, Occupancy, Offer, Transfer
from yiyang.beds.models.occupancy import State
from yiyang.beds.models.transfers import ENDED, OfferState
from yiyang.beds.models.transfers import TransferState as S
from yiyang.duty import matters


@matters.register("Offer")
def offers_that_wait(ids: Collection[UUID]) -> set[UUID]:
    """An answer that is neither yes nor no is an answer too: nobody needs to be told again."""
    found = Offer.objects.filter(pk__in=ids, state=OfferState.SENT, transfer__suspended_at=None)
    return set(found.exclude(transfer__state__in=ENDED).values_list("pk", flat=True))


@matters.register("Allocation")
def beds_to_give(ids: Collection[UUID]) -> set[UUID]:
    return _in_state(ids, S.ACCEPTED)


@matters.register("Departure")
def people_to_send(ids: Collection[UUID]) -> set[UUID]:
    return _in_state(ids, S.ALLOCATED, S.HANDED_OVER)


@matters.register("Arrival")
def people_to_receive(ids: Collection[UUID]) -> set[UUID]:
    return _in_state(ids, S.DEPARTED)


@matters.register("Leave")
def people_late_from_leave(ids: Collection[UUID]) -> set[UUID]:
    """Of these stays, those whose resident is not back."""
    return set(Leave.objects.filter(episode__in=ids, returned_at=None).values_list("episode_id", flat=True))


@matters.register("Hold")
def holds_to_decide(ids: Collection[UUID]) -> set[UUID]:
    """Of these stays, those whose held bed was warned of; one that is kept for longer is warned of anew."""
    held = Occupancy.objects.filter(
        episode__in=ids, state=State.HELD, period__endswith=None, warned_at__isnull=False
    )
    return {one for one in held.values_list("episode_id", flat=True) if one is not None}


def _in_state(ids: Collection[UUID], *states: str) -> set[UUID]:
    found = Transfer.objects.filter(pk__in=ids, state__in=states, suspended_at=None)
    return set(found.values_list("pk", flat=True))
