"""Whom to telephone about a transfer: the one on duty where it waits. A fixed number of statements."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from yiyang.access.permissions import Permission
from yiyang.beds.models import Episode, Offer, Transfer
from yiyang.beds.models.transfers import OPEN_OFFERS
from yiyang.beds.models.transfers import TransferState as S
from yiyang.duty import queries as duty
from yiyang.duty.queries import Answerer
from yiyang.duty.rules.posts import Act
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now

NOBODY = UUID(int=0)


def turn(transfer: Any, silent: bool = False) -> tuple[UUID, str] | None:
    """The unit whose turn it is and what it should do; of several units asked, none. `silent` asks for the
    unit that has not acted, for the coordinator who steps in."""
    sender = transfer.from_unit_id or transfer.requested_unit_id
    if transfer.state == S.OFFERED:
        return None
    if transfer.state == S.ACCEPTED and transfer.to_unit_id:
        return transfer.to_unit_id, Act.GIVE_BED
    if transfer.state == S.DEPARTED and transfer.to_unit_id:
        return transfer.to_unit_id, Act.RECEIVE
    if sender and (transfer.escalated_at is None or silent):
        return sender, Act.SEND
    return (transfer.coordinator_id, Act.COORDINATE) if transfer.coordinator_id else None


def answerers(
    transfers: Iterable[Any], at: datetime, units: Iterable[UUID] = (), silent: Collection[UUID] = ()
) -> dict[UUID, Answerer]:
    """For each transfer the one who should act: of several units asked, the one that must answer first; of
    those in `silent` the one that has not acted. For each of `units` who answers there."""
    transfers = list(transfers)
    turns = {one.pk: turn(one, one.pk in silent) for one in transfers if one.live}
    turns |= _first_asked([one for one in transfers if one.live and turns[one.pk] is None])
    turns |= {unit_id: (unit_id, Act.ANSWER) for unit_id in units}
    found = duty.who_answer([whose for whose in turns.values() if whose is not None], at)
    return {pk: found[whose] for pk, whose in turns.items() if whose is not None}


def _first_asked(asked: list[Any]) -> dict[UUID, tuple[UUID, str] | None]:
    """Of several units asked, the one that must answer first; a list that has fetched it says `first_asked`."""
    known = {one.pk: one.first_asked for one in asked if hasattr(one, "first_asked")}
    open_offers = Offer.objects.filter(transfer__in=[one.pk for one in asked], state__in=OPEN_OFFERS)
    if len(known) < len(asked):
        known = dict(open_offers.order_by("-answer_by", "-rank").values_list("transfer_id", "unit_id"))
    return {pk: (unit, Act.ANSWER) for pk, unit in known.items() if unit is not None}


def of_page(
    transfer: Any, offers: Iterable[Offer], at: datetime
) -> tuple[Answerer | None, dict[UUID, Answerer]]:
    """Who should act on a transfer, and who on each of its open offers, which are known already."""
    waiting = [one for one in offers if one.state in OPEN_OFFERS]
    whose = turn(transfer) if transfer.live else None
    if transfer.live and transfer.state == S.OFFERED and waiting:
        soonest = min(waiting, key=lambda one: (one.answer_by, one.rank))
        whose = soonest.unit_id, Act.ANSWER
    asked = [(one.unit_id, Act.ANSWER) for one in waiting]
    found = duty.who_answer([*asked, *([whose] if whose else [])], at)
    return found.get(whose) if whose else None, {one.pk: found[one.unit_id, Act.ANSWER] for one in waiting}


def of_offers(offers: Iterable[Offer], at: datetime) -> dict[UUID, Answerer]:
    """For each open offer the one on duty at the unit that is asked."""
    waiting = [one for one in offers if one.state in OPEN_OFFERS]
    found = duty.who_answer([(one.unit_id, Act.ANSWER) for one in waiting], at)
    return {one.pk: found[one.unit_id, Act.ANSWER] for one in waiting}


@dataclass(frozen=True)
class Waits:
    """What is waited for: how urgent, by when, and who coordinates."""

    urgency: str
    due_at: datetime | None
    coordinator_id: UUID | None


def call_address(actor: Any, transfer: Any, answers: Answerer | None) -> str:
    """Where a call about a transfer is recorded: by those whom it concerns, not by the one who is to act."""
    if answers is None or not transfer.live or not _calls(actor):
        return ""
    if answers.shift is not None and answers.shift.account_id == actor.account_id:
        return ""
    sides = (transfer.from_unit_id, transfer.requested_unit_id, transfer.to_unit_id, transfer.coordinator_id)
    asked = getattr(transfer, "asked_by", None) is not None
    if not asked and not set(sides) & set(actor.organisation_ids):
        return ""
    return reverse("beds:phone_about_transfer", args=[transfer.pk]) + f"?unit={answers.unit_id}"


def offer_call_address(actor: Any, offer: Offer, answers: Answerer | None) -> str:
    """The same for one offer: the unit that is asked may phone its own one on duty, too."""
    if offer.unit_id in actor.organisation_ids:
        offer.transfer.asked_by = offer.answer_by  # type: ignore[attr-defined]
    return call_address(actor, offer.transfer, answers)


def stay_call_address(actor: Any, episode_id: Any, unit_id: Any) -> str:
    """The same for a leave or a held bed: by its unit, or by whoever has it in charge."""
    if not _calls(actor) or not (unit_id in actor.organisation_ids or unit_id in actor.reach):
        return ""
    return reverse("beds:phone_about_stay", args=[episode_id])


def _calls(actor: Any) -> bool:
    return bool(getattr(actor, "membership_id", None) and actor.may(Permission.RECORD_CALL))


def somebody_to_call(name: str, telephone: str) -> Answerer | None:
    """Not one on duty, but whoever goes along, or where the person is: by name and telephone."""
    return Answerer(NOBODY, name, telephone=telephone) if name or telephone else None


def whom_to_call_about(actor: Any, episode: Episode) -> Answerer:
    """About a leave or a held bed: its unit calls the companion or where the person is; others call the unit."""
    if episode.unit_id not in actor.organisation_ids:
        return duty.who_answers(episode.unit_id, Act.FIND_OUT, now())
    leave = episode.leaves.filter(returned_at=None).first()
    if leave is not None:
        return Answerer(NOBODY, leave.companion, telephone=leave.companion_phone)
    at = episode.person.occupancies.filter(state="PRESENT", period__endswith=None).exclude(unit=None)
    there = at.select_related("unit").order_by("-recorded_at").first()
    if there is None or there.unit is None:
        return Answerer(NOBODY, "")
    return Answerer(NOBODY, there.unit.name, telephone=there.unit.phone)


def waiting_for(transfer_id: UUID | None, offer_id: Any = None) -> Waits | None:
    """For reactions: how pressing a transfer is; by when its offer must be answered, or it must go on."""
    transfer = Transfer.objects.filter(pk=transfer_id).first()
    if transfer is None or not transfer.live:
        return None
    offer = Offer.objects.filter(pk=offer_id).first() if offer_id else None
    due_at = offer.answer_by if offer else transfer.act_by
    return Waits(transfer.urgency, due_at, transfer.coordinator_id)


def told(subject_ids: Iterable[UUID]) -> list[Any]:
    """Who was told of a transfer and its offers so far, in the order of time."""
    steps = [step for found in duty.steps_about(subject_ids).values() for step in found]
    return sorted(steps, key=lambda step: step.at)


def unit_to_call(actor: Any, transfer: Any, unit_id: str) -> Any:
    """The unit concerned that the address names; else the one whose turn it is."""
    from yiyang.beds.commands.calls import concerned

    units = concerned(transfer)
    wanted = next((unit for unit in units if str(unit) == unit_id), None)
    whose = answerers([transfer], now()).get(transfer.pk)
    wanted = wanted or (whose.unit_id if whose else None)
    if wanted is None:
        raise NotFound
    act = Act.ANSWER
    if whose is not None and whose.unit_id == wanted:
        return whose
    return duty.who_answers(wanted, act, now())
