"""Which offers and transfers still wait for a unit: asked by duty, which cannot know them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from yiyang.beds.models import Offer, Transfer
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


def _in_state(ids: Collection[UUID], *states: str) -> set[UUID]:
    found = Transfer.objects.filter(pk__in=ids, state__in=states, suspended_at=None)
    return set(found.values_list("pk", flat=True))
