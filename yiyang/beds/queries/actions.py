"""What this actor can do to this transfer now."""

from __future__ import annotations

from uuid import UUID

from yiyang.beds.commands.agreements import SAID, voices
from yiyang.beds.commands.steps import handling
from yiyang.beds.models import Agreement, Offer, Transfer
from yiyang.beds.models.transfers import OPEN_OFFERS, OfferState, TransferState
from yiyang.beds.queries.transfer_pages import nature
from yiyang.beds.rules import actions as table
from yiyang.beds.rules import transfers as rules
from yiyang.beds.rules.actions import Action, Side
from yiyang.kernel.actors import Actor, assisted
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now


def actions(actor: Actor, transfer: Transfer, keeping: UUID | None = None) -> list[Action]:
    """Open to the actor now, the next act first. `keeping` is the unit that keeps a bed to come back to."""
    if not getattr(transfer, "named", False):
        return []
    verbs = open_verbs(transfer)
    allowed = [
        one
        for one in table.ACTIONS
        if _open(one, transfer, verbs, keeping) and may(actor, one, transfer, keeping)
    ]
    return table.in_order(allowed, transfer.state, emergency=transfer.emergency)


def open_verbs(transfer: Transfer) -> set[str]:
    """The steps open to the transfer, and the acts that are no steps."""
    if not transfer.live:
        return set()
    if transfer.suspended_at is not None:
        return {"resume", "cancel"}
    verbs = rules.verbs(transfer.state, **nature(transfer))
    if transfer.state in rules.BEFORE_DEPARTURE:
        verbs |= {"agree", "urgency"}
    handover = getattr(transfer, "handover", None)
    if handover is not None and handover.read_at is None:
        verbs.add("read")
    return verbs


def may(actor: Actor, action: Action, transfer: Transfer, keeping: UUID | None = None) -> bool:
    """Whether the actor's permissions reach this act; the command asks the same again."""
    if action.side is Side.ANYONE:
        return actor.may(action.permission, actor.organisation_id)
    if action.side is Side.SENDING:
        try:
            return actor.may(action.permission, handling(actor, transfer))
        except NotAllowed:
            return False
    unit = keeping if action.side is Side.KEEPING else transfer.to_unit_id
    return unit is not None and actor.may(action.permission, unit)


def _open(action: Action, transfer: Transfer, verbs: set[str], keeping: UUID | None) -> bool:
    if action.verb not in verbs:
        return False
    if action.name in ("allocate_bed", "arrive", "look_elsewhere", "confirm_handover_read"):
        return transfer.to_unit_id is not None
    if action.name == "offer_transfer" and transfer.state == TransferState.ACCEPTED:
        return False
    if action.name in ("take_back", "decline_return"):
        return keeping is not None
    return True


def past_handover(transfer: Transfer) -> bool:
    """Whether the handover itself can be given now, or its time is over: nothing is left to prepare."""
    return transfer.departed_at is not None or "hand_over" in open_verbs(transfer)


def said(actor: Actor) -> str:
    """How the word of whoever acts now is said, where nothing else is chosen."""
    return SAID.get(assisted(actor).get("channel", ""), Agreement.How.IN_PERSON).value


def may_answer(actor: Actor, offer: Offer) -> bool:
    """Whether the actor may answer this offer for its unit now."""
    return (
        offer.state in OPEN_OFFERS
        and offer.answer_by > now()
        and offer.transfer.live
        and offer.transfer.suspended_at is None
        and actor.may("ANSWER_OFFER", offer.unit_id)
    )


def may_inform(actor: Actor, offer: Offer) -> bool:
    """Whether the actor may answer the unit's question."""
    if offer.state != OfferState.NEED_INFORMATION or not getattr(offer.transfer, "named", False):
        return False
    return may(actor, table.BY_NAME["offer_transfer"], offer.transfer)


__all__ = ["actions", "may", "may_answer", "may_inform", "open_verbs", "said", "voices"]
