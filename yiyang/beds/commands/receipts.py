"""Receipts: that an asked unit has opened an offer is kept once, so that nobody has to telephone to know."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from yiyang.access.permissions import Permission
from yiyang.beds.models import Offer
from yiyang.beds.models.transfers import OPEN_OFFERS
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import NotAllowed, Refusal, Stale


def may_see(by: Actor, offer: Offer) -> bool:
    """Whether this reader's opening tells the sender anything: somebody of the asked unit, not who asked."""
    own: set[UUID] = set(getattr(by, "organisation_ids", ()))
    asking = {offer.transfer.from_unit_id, offer.transfer.requested_unit_id}
    return offer.unit_id in own and not asking & own


@command(Permission.SEE_BOARD, within="offer.unit_id")
def see_offer(*, by: Actor, at: datetime, offer: Offer) -> Offer:
    """Somebody of the asked unit opens the offer for the first time. The offer's version stays: an answer that
    is being typed is not made stale by a colleague who looks."""
    if not may_see(by, offer):
        raise NotAllowed
    unseen = Offer.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=offer.pk, seen_at=None)
    transfer, kept = offer.transfer, unseen.first()
    if kept is None:
        raise Stale
    kept.seen_at, kept.seen_by = max(at, kept.sent_at), by.label[:120]
    kept.save(update_fields=["seen_at", "seen_by"])
    record_of(
        transfer,
        "offer.seen",
        by=by,
        at=kept.seen_at,
        unit=kept.unit_id,
        offer=kept.pk,
        from_unit=transfer.from_unit_id,
    )
    return kept


def note_opened(*, by: Actor, at: datetime, offers: Iterable[Offer]) -> None:
    """What opening a page or reading by the API keeps. No answer waits for a receipt, and none fails by it."""
    for offer in offers:
        if offer.seen_at is None and offer.state in OPEN_OFFERS and may_see(by, offer):
            with suppress(Refusal):
                kept = see_offer(by=by, at=at, offer=offer)
                offer.seen_at, offer.seen_by = kept.seen_at, kept.seen_by
