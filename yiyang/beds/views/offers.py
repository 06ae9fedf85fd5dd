"""Asking units, and every answer that a unit may give."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yiyang.access.permissions import Permission
from yiyang.beds import commands
from yiyang.beds.forms import transfers as forms
from yiyang.beds.models import Offer, Transfer
from yiyang.beds.queries import actions as may
from yiyang.beds.queries import answering
from yiyang.beds.queries import candidates as candidates_of
from yiyang.beds.queries import transfer_pages as queries
from yiyang.beds.queries.eligibility import override_about
from yiyang.beds.rules import criteria
from yiyang.beds.views.acts import act_page, asked, done, open_to, posted, to_transfer
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.shell import NavigationItem
from yiyang.kernel.time import now

SHOWN = 100


def offer_transfer(request: Any, transfer_id: UUID) -> HttpResponse:
    """Ask one unit, or several at once; the first to accept has the person."""
    found = asked(request, transfer_id, "offer_transfer")
    choices = candidates_of.candidates(found, queries.offers_of(found))
    form = forms.OfferTransfer(posted(request), about=found, choices=choices)
    if done(
        form, commands.offer_transfer, by=request.actor, transfer=found,
        rank_reasons=candidates_of.reasons(choices),
    ):  # fmt: skip
        return to_transfer(request, found.pk, "offer")
    if request.htmx and request.method == "GET":
        return _part_of_page(request, found, form, choices)
    return act_page(
        request, found, form, "offer_transfer", choices=choices, template="beds/offer_transfer.html",
        explains=_("Each unit has its deadline. The first to accept has the person; the others are told."),
        designated=_designated(choices), word=override_about(found, now()),
    )  # fmt: skip


def _designated(choices: list[Any]) -> list[str]:
    """What an agreement names is said where units are chosen, and why it stands before its equals."""
    return [one.ranked.candidate.name for one in choices if one.ranked.candidate.by_agreement]


def _part_of_page(
    request: Any, found: Transfer, form: forms.OfferTransfer, choices: list[Any]
) -> HttpResponse:
    """What the transfer's page fetches after itself, because ranking the units takes longest."""
    seen(request.actor, [found.person_id], "beds.ask_units")
    context = {
        "transfer": found,
        "form": form,
        "choices": choices,
        "designated": _designated(choices),
        "word": override_about(found, now()),
        "may_wait": request.actor.may(Permission.MANAGE_WAITING_LIST, request.actor.organisation_id),
        "primary": "quiet" not in request.GET,
    }
    return render(request, "beds/transfers/ask_units.html", context)


TABS = {
    "to_answer": queries.offers_to_answer,
    "accepted": queries.offers_accepted,
    "answered": queries.offers_answered,
}


def offers(request: Any) -> HttpResponse:
    """What my unit is asked: to answer now, accepted and expected, answered."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else "to_answer"
    found = list(TABS[tab](request.actor)[:SHOWN])
    rows, whom = [], answering.of_offers(found, now())
    for offer in found:
        offer.transfer.named = offer.named
        who = queries.who(offer.transfer)
        rows.append(
            {
                "offer": offer,
                "answers": whom.get(offer.pk),
                "phoned": answering.offer_call_address(request.actor, offer, whom.get(offer.pk)),
                "who": who,
                "reason": who.hide_name(offer.transfer.reason, offer.transfer.person.full_name),
                "may_answer": may.may_answer(request.actor, offer),
            }
        )
    seen(request.actor, [one.transfer.person_id for one in found], "beds.offers")
    number = {name: rows_of(request.actor).count() for name, rows_of in TABS.items() if name != "answered"}
    labels = {"to_answer": _("To answer"), "accepted": _("Accepted, expected"), "answered": _("Answered")}
    tabs = [
        NavigationItem(label, f"?tab={name}", current=name == tab, count=number.get(name, ""))  # type: ignore[arg-type]
        for name, label in labels.items()
    ]
    template = "beds/parts/offers.html" if request.htmx else "beds/offers.html"
    return render(request, template, {"tab": tab, "tabs": tabs, "rows": rows})


def accept_offer(request: Any, offer_id: UUID) -> HttpResponse:
    """The receiving doctor takes the person; the bed is the admission office's act."""
    offer = _asked(request, offer_id)
    form = forms.AcceptOffer(
        posted(request),
        about=offer,
        wards=candidates_of.wards_taking(offer),
        initial={"doctor": request.actor.account.name if request.actor.role == "WARD_DOCTOR" else ""},
    )
    if done(form, commands.accept_offer, by=request.actor, offer=offer):
        return _after_acceptance(request, offer)
    explains = _("From here on your team can read what it needs. The admission office then gives the bed.")
    return _answer_page(request, offer, form, _("Accept the person"), explains)


def _after_acceptance(request: Any, offer: Offer) -> HttpResponse:
    """In a small unit the same person may give the bed: lead there at once."""
    transfer = queries.transfer(request.actor, offer.transfer_id)
    if any(one.name == "allocate_bed" for one in open_to(request, transfer)):
        return redirect("beds:allocate_bed", transfer.pk)
    return to_transfer(request, transfer.pk, "accept")


def decline_offer(request: Any, offer_id: UUID) -> HttpResponse:
    """The unit cannot take the person, and says why by a code."""
    offer = _asked(request, offer_id)
    form = forms.DeclineOffer(posted(request), about=offer)
    if done(form, commands.decline_offer, by=request.actor, offer=offer):
        return redirect("beds:offers")
    explains = _(
        "The sending unit is told at once and asks others. The reason is counted against the contract."
    )
    return _answer_page(request, offer, form, _("Decline"), explains, danger=True)


def answer_offer_otherwise(request: Any, offer_id: UUID) -> HttpResponse:
    """Neither yes nor no; the offer stays open until its deadline."""
    offer = _asked(request, offer_id)
    form = forms.AnswerOtherwise(posted(request), about=offer)
    if done(form, commands.answer_offer_otherwise, by=request.actor, offer=offer):
        return redirect("beds:offers")
    explains = _("The offer stays open until its deadline: you can still accept.")
    return _answer_page(request, offer, form, _("Another answer"), explains)


def give_information(request: Any, offer_id: UUID) -> HttpResponse:
    """Answer a unit that asked for more; its time to answer starts again."""
    offer = queries.offer(request.actor, offer_id)
    if request.method == "GET" and not may.may_inform(request.actor, offer):
        raise NotAllowed
    form = forms.GiveInformation(posted(request))
    if done(form, commands.give_information, by=request.actor, offer=offer):
        return to_transfer(request, offer.transfer_id, "give_information")
    return _answer_page(request, offer, form, _("Give information"), offer.answer_text)


def _asked(request: Any, offer_id: UUID) -> Offer:
    """The offer, 404 unless visible; only for those who may answer for its unit."""
    offer = queries.offer(request.actor, offer_id)
    if not request.actor.may("ANSWER_OFFER", offer.unit_id):
        raise NotAllowed
    commands.note_opened(by=request.actor, at=now(), offers=[offer])
    return offer


def _answer_page(
    request: Any, offer: Offer, form: Any, heading: str, explains: str, *, danger: bool = False
) -> HttpResponse:
    """The page opens on this person: what is asked, what the evaluation found, then the form."""
    if form.is_bound:
        offer = queries.offer(request.actor, offer.pk)
    found = offer.transfer
    who = queries.who(found)
    evaluations = [(one, criteria.answered(one.criteria)) for one in found.evaluations.order_by("-at")]
    return act_page(
        request, found, form, "answer_offer", template="beds/answer_offer.html", heading=heading,
        explains=explains, danger=danger, offer=offer, evaluations=evaluations,
        reason=who.hide_name(found.reason, found.person.full_name),
        evidence=who.hide_name(found.evidence, found.person.full_name),
    )  # fmt: skip
