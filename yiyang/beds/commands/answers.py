"""Every answer that a unit may give to an offer, and the one it does not give in time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.queries import naming
from yiyang.beds.commands import locks, rows
from yiyang.beds.commands.offers import answer_deadline
from yiyang.beds.commands.steps import (
    SayWhy,
    handling,
    move,
    note,
    open_to,
    open_verbs,
    touch,
    withdraw_offers,
)
from yiyang.beds.models import Offer, Transfer, Ward
from yiyang.beds.models.transfers import OPEN_OFFERS, DeclineCode, OfferState, TransferState, Urgency
from yiyang.beds.rules import transfers as rules
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.kernel.time import midnight, minutes_late
from yiyang.kernel.versions import compare


class OfferClosed(Refusal):
    message = _("This offer is closed: {state}. {unit} has accepted the person.")


class OfferNotOpen(Refusal):
    message = _(
        "This offer is closed: {state}. Ask the sending unit for a new one if you can take the person."
    )


class OfferLate(Refusal):
    message = _(
        "The time to answer ended at {answer_by}. Ask the sending unit or the coordinator for a new offer."
    )


class QuotaReached(Refusal):
    message = _(
        "{unit} has taken as many people today as the contract says ({quota}). Ask another unit, or wait until tomorrow."
    )


@refuses("offer_one_accepted_per_transfer")
def _accepted(given: dict[str, Any]) -> Refusal:
    offer = given.get("offer")
    if offer is None:
        return OfferNotOpen(state=OfferState.WITHDRAWN.label)
    return _closed(Offer.objects.select_related("transfer").get(pk=offer.pk))


@command(Permission.ANSWER_OFFER, within="offer.unit_id")
def accept_offer(
    *,
    by: Actor,
    at: datetime,
    offer: Offer,
    doctor: str,
    ward: Ward | None = None,
    conditions: str = "",
    version: int | None = None,
) -> Transfer:
    """The receiving doctor takes the person, in a ward, under conditions. The bed is the admission office's act.

    From here on the receiving team can read what it needs. First acceptance wins; the others are told.
    """
    transfer, offer = _answering(offer, at, version)
    _check_quota(offer, transfer, at)
    offer.doctor, offer.ward, offer.conditions = (doctor or by.label)[:120], ward, conditions.strip()
    _answer(offer, OfferState.ACCEPTED, at=at, by=by)
    transfer.to_unit_id = offer.unit_id
    move(transfer, "accept", at=at, by=by, reason=conditions)
    withdraw_offers(transfer, at=at, but=offer.pk)
    open_to(transfer, offer.unit_id, "FULL", at=at, by=by)
    record_of(
        transfer,
        "transfer.accepted",
        by=by,
        at=at,
        unit=offer.unit_id,
        offer=offer.pk,
        from_unit=transfer.from_unit_id,
        requested_unit=transfer.requested_unit_id,
    )
    return transfer


@command(Permission.ANSWER_OFFER, within="offer.unit_id")
def decline_offer(
    *, by: Actor, at: datetime, offer: Offer, code: str, text: str = "", version: int | None = None
) -> Offer:
    """The unit cannot take the person; the code says why and is counted against its contract."""
    if code == DeclineCode.OTHER and not text.strip():
        raise SayWhy(field="text")
    transfer, offer = _answering(offer, at, version)
    offer.decline_code, offer.answer_text = DeclineCode(code).value, text.strip()
    _answer(offer, OfferState.DECLINED, at=at, by=by)
    record_of(
        transfer,
        "offer.declined",
        by=by,
        at=at,
        unit=offer.unit_id,
        offer=offer.pk,
        code=code,
        contract=offer.contract_id,
        from_unit=transfer.from_unit_id,
    )
    _open_again(transfer, at=at, by=by)
    return offer


@command(Permission.ANSWER_OFFER, within="offer.unit_id")
def answer_offer_otherwise(
    *,
    by: Actor,
    at: datetime,
    offer: Offer,
    answer: str,
    text: str,
    later_from: datetime | None = None,
    alternative: str = "",
    version: int | None = None,
) -> Offer:
    """Neither yes nor no: more information is needed, only later, another ward, or less is enough.

    The offer stays open until its deadline, so the unit can still accept.
    """
    if (
        answer not in (OfferState.NEED_INFORMATION, OfferState.LATER, OfferState.ALTERNATIVE)
        or not text.strip()
    ):
        raise SayWhy(field="text")
    if answer == OfferState.LATER and (later_from is None or later_from <= at):
        raise rows.EndsBeforeItBegins(since=at, until=later_from, field="later_from")
    transfer, offer = _answering(offer, at, version)
    offer.answer_text, offer.later_from, offer.alternative = text.strip(), later_from, alternative[:20]
    _answer(offer, answer, at=at, by=by)
    record_of(
        transfer,
        "offer.answered_otherwise",
        by=by,
        at=at,
        unit=offer.unit_id,
        offer=offer.pk,
        answer=answer,
        from_unit=transfer.from_unit_id,
    )
    return offer


@command(
    Permission.OFFER_TRANSFER,
    within=lambda by, offer, **_: handling(by, offer.transfer),
    about="offer.transfer.person_id",
)
def give_information(
    *, by: Actor, at: datetime, offer: Offer, text: str, version: int | None = None
) -> Offer:
    """Answer a unit that asked for more information; its time to answer starts again."""
    transfer = locks.transfer(offer.transfer)
    offer = Offer.objects.select_for_update(no_key=True).get(pk=offer.pk)
    compare(offer, version)
    if offer.state != OfferState.NEED_INFORMATION:
        raise OfferNotOpen(state=offer.get_state_display())
    contract = naming.contract_by_id(offer.contract_id) if offer.contract_id else None
    offer.answer_by = answer_deadline(transfer, offer.unit_id, contract, max(at, offer.sent_at))
    offer.state = OfferState.SENT
    _save(offer)
    note(transfer, "give_information", transfer.state, at=at, by=by, reason=text)
    record_of(transfer, "offer.information_given", by=by, at=at, unit=offer.unit_id, offer=offer.pk)
    return offer


@command(Permission.COORDINATE, within="offer.transfer.coordinator_id")
def lapse_offer(*, by: Actor, at: datetime, offer: Offer) -> Offer:
    """The deadline passed without an answer: counted against the unit, and the transfer opens again."""
    transfer = locks.transfer(offer.transfer)
    offer = Offer.objects.select_for_update(no_key=True).get(pk=offer.pk)
    if offer.state not in OPEN_OFFERS or offer.answer_by > at:
        raise OfferNotOpen(state=offer.get_state_display())
    offer.state = OfferState.EXPIRED
    _save(offer)
    late = minutes_late(offer.answer_by, at)
    record_of(
        transfer,
        "offer.expired",
        by=by,
        at=at,
        unit=offer.unit_id,
        offer=offer.pk,
        contract=offer.contract_id,
        minutes_late=late,
    )
    if _open_again(transfer, at=at, by=by):
        record_of(
            transfer,
            "transfer.unanswered",
            by=by,
            at=at,
            coordinator=transfer.coordinator_id,
            from_unit=transfer.from_unit_id,
            minutes_late=late,
        )
    return offer


def _answering(offer: Offer, at: datetime, version: int | None) -> tuple[Transfer, Offer]:
    transfer = locks.transfer(offer.transfer)
    offer = Offer.objects.select_for_update(no_key=True).select_related("unit").get(pk=offer.pk)
    compare(offer)
    if offer.state not in OPEN_OFFERS:
        raise _closed(offer)
    if at > offer.answer_by:
        raise OfferLate(answer_by=offer.answer_by)
    compare(offer, version)
    if transfer.suspended_at is not None or not transfer.live:
        raise rules.WrongStep(
            state=transfer.get_state_display(), verb=rules.VERBS["accept"], next=_("nothing more")
        )
    locks.living(transfer.person)
    return transfer, offer


def _closed(offer: Offer) -> Refusal:
    taken = Offer.objects.filter(transfer_id=offer.transfer_id, state=OfferState.ACCEPTED).first()
    if taken is not None and taken.pk != offer.pk:
        return OfferClosed(state=offer.get_state_display(), unit=taken.unit.name)
    return OfferNotOpen(state=offer.get_state_display())


def _check_quota(offer: Offer, transfer: Transfer, at: datetime) -> None:
    if offer.contract_id is None or transfer.urgency != Urgency.ROUTINE:
        return
    contract = naming.contract_by_id(offer.contract_id)
    if contract is None or contract.daily_quota is None:
        return
    locks.take_turns("quota", offer.contract_id)
    day = timezone.localdate(at)
    taken = Offer.objects.filter(
        contract_id=offer.contract_id,
        state=OfferState.ACCEPTED,
        answered_at__gte=midnight(day),
        answered_at__lt=midnight(day + timedelta(days=1)),
    ).count()
    if taken >= contract.daily_quota:
        raise QuotaReached(unit=offer.unit.name, quota=contract.daily_quota)


def _open_again(transfer: Transfer, *, at: datetime, by: Actor) -> bool:
    """When the last open offer is gone, the transfer waits to be offered elsewhere. True when it was the last."""
    if transfer.offers.filter(state__in=[*OPEN_OFFERS, OfferState.ACCEPTED]).exists():
        return False
    if transfer.state == TransferState.OFFERED and "reopen" in open_verbs(transfer):
        move(transfer, "reopen", at=at, by=by)
    else:
        touch(transfer)
    return True


def _answer(offer: Offer, state: str, *, at: datetime, by: Actor) -> None:
    offer.state, offer.answered_at, offer.answered_by = state, at, by.label
    _save(offer)


def _save(offer: Offer) -> None:
    offer.version += 1
    offer.save()
