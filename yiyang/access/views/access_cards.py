"""Cards: made and handed over at the counter, printed once, entered by their owner."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.crypto import decrypt, encrypt
from yiyang.kernel.squares import square
from yiyang.kernel.time import now

from .. import commands, queries
from ..family_forms import CardForm, IssueCardForm
from ..forms import Nothing
from ..sign_in_rules import grouped
from .family_accounts import at_the_counter
from .family_sign_in import go_in, remember_next
from .forms_shown import form_page, posted

NEW_CARD = "new_card"
TIME_TO_PRINT = timedelta(minutes=15)


def sign_in_by_card(request: Any) -> HttpResponse:
    """The QR code carries the number behind a #, so that it reaches no server and no log by itself."""
    remember_next(request)
    form = CardForm(posted(request))
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                entered = commands.enter_card(by=SYSTEM, at=now(), **form.cleaned_data)
                if entered.refusal:
                    raise entered.refusal
                return go_in(request, "card", entered.card)
    return render(request, "access/sign_in_by_card.html", {"form": form})


@at_the_counter
def issue_card(request: Any, account_id: UUID) -> HttpResponse:
    return _hand_over(request, account_id, commands.issue_card, _("Card for {name}"), "")


@at_the_counter
def replace_card(request: Any, account_id: UUID) -> HttpResponse:
    lead = _("The former card opens nothing as soon as this is saved.")
    return _hand_over(request, account_id, commands.replace_card, _("New card for {name}"), lead)


@at_the_counter
def report_card_lost(request: Any, account_id: UUID) -> HttpResponse:
    account = queries.family_account(request.actor, account_id)
    return form_page(
        request,
        Nothing(posted(request)),
        lambda at: commands.report_card_lost(by=request.actor, at=at, account=account),
        heading=_("Report the card of {name} lost?").format(name=account.name),
        lead=_("It opens nothing from this moment, and sessions that it opened end."),
        submit=_("It is lost"),
        back=reverse("access:family_account", args=[account.pk]),
        danger=True,
    )


def report_own_card_lost(request: Any) -> HttpResponse:
    return form_page(
        request,
        Nothing(posted(request)),
        lambda at: commands.report_own_card_lost(by=request.actor, at=at),
        heading=_("Is your card lost?"),
        lead=_("It opens nothing from this moment. A counter makes a new one when you show your ID card."),
        submit=_("It is lost"),
        back=reverse("access:my_account"),
        danger=True,
    )


@at_the_counter
def card_sheet(request: Any, account_id: UUID) -> HttpResponse:
    """The sheet to print and hand over: shown for a few minutes to whoever made the card."""
    account = queries.family_account(request.actor, account_id)
    number = _new_number(request, account_id)
    if not number:
        raise Http404
    address = request.build_absolute_uri(reverse("access:sign_in_by_card"))
    return render(
        request,
        "access/card_sheet.html",
        {
            "account": account,
            "card": next(iter(account.live_cards), None),
            "number": grouped(number),
            "address": address,
            "qr": square(f"{address}#{number}"),
        },
    )


def _hand_over(request: Any, account_id: UUID, run: Any, heading: str, lead: str) -> HttpResponse:
    account = queries.family_account(request.actor, account_id)
    form = IssueCardForm(posted(request), initial={"handed_to": account.name})
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                _card, number = run(by=request.actor, at=now(), account=account, **form.cleaned_data)
                kept = json.dumps([str(account.pk), number, now().isoformat()])
                request.session[NEW_CARD] = b64encode(encrypt(kept)).decode()
                return redirect("access:card_sheet", account.pk)
    context = {
        "form": form,
        "heading": heading.format(name=account.name),
        "lead": lead,
        "submit": _("Make the card and print it"),
        "back": reverse("access:family_account", args=[account.pk]),
    }
    return render(request, "access/form.html", context)


def _new_number(request: Any, account_id: UUID) -> str:
    kept = request.session.get(NEW_CARD)
    if not kept:
        return ""
    owner, number, made_at = json.loads(decrypt(b64decode(kept)))
    if owner != str(account_id) or datetime.fromisoformat(made_at) + TIME_TO_PRINT < now():
        return ""
    return str(number)
