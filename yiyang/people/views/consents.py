"""To whom the person opened the record by consent: shown, given, withdrawn."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.access.permissions import Permission
from yiyang.kernel.facts import seen
from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.forms import ConsentForm, StaffConsentForm, in_a_year
from yiyang.people.views.person import FAMILY


def consents(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person(request.actor, pk)
    rows = queries.consents(request.actor, pk)
    seen(request.actor, [found], "people.consents")
    at = now()
    live = [
        one for one in rows if one.withdrawn_at is None and (one.expires_at is None or one.expires_at > at)
    ]
    return render(
        request,
        "people/consents.html",
        {
            "person": found,
            "live": live,
            "over": [one for one in rows if one not in live],
            "may_entrust": request.actor.may(Permission.MANAGE_DELEGATION),
            "at_home": request.actor.role in FAMILY,
        },
    )


def give_consent(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    if not request.actor.may(Permission.MANAGE_DELEGATION):
        raise NotAllowed
    at_home = request.actor.role in FAMILY
    kind = ConsentForm if at_home else StaffConsentForm
    form = kind(
        request.POST or None, initial={"expires_on": in_a_year()}, units=queries.units_to_open_to(found)
    )
    with form.refusals():
        if form.is_valid():
            commands.give_consent(by=request.actor, at=now(), person=found, **form.told())
            return redirect("people:consents", found.pk)
    seen(request.actor, [found], "people.give_consent")
    return render(
        request, "people/form_page.html",
        {
            "person": found, "form": form, "at_home": at_home, "submit": pgettext("consent", "Allow"),
            "heading": _("Allow a unit to see the record"), "back": reverse("people:consents", args=[found.pk]),
            "lead": _("The unit sees it from now on, until the day that you choose. It can be withdrawn at any time."),
        },
    )  # fmt: skip


def withdraw_consent(request: Any, pk: UUID) -> HttpResponse:
    """Asks first, and says what the unit still sees for other reasons."""
    consent = queries.consent(request.actor, pk)
    found = queries.person_in_full(request.actor, consent.person_id)
    if not request.actor.may(Permission.MANAGE_DELEGATION):
        raise NotAllowed
    form = Form(request.POST if request.method == "POST" else None)
    with form.refusals():
        if form.is_valid():
            commands.withdraw_consent(by=request.actor, at=now(), consent=consent)
            return redirect("people:consents", found.pk)
    seen(request.actor, [found], "people.withdraw_consent")
    return render(
        request, "people/form_page.html",
        {
            "person": found, "form": form, "danger": True, "at_home": request.actor.role in FAMILY,
            "heading": _("Withdraw this consent?"), "submit": _("Withdraw the consent"),
            "lead": _what_follows(consent), "back": reverse("people:consents", args=[found.pk]),
        },
    )  # fmt: skip


def _what_follows(consent: Any) -> str:
    name, others = consent.organisation.name, queries.other_reasons(consent)
    if not others:
        return _("{name} will no longer see this record. What was seen stays in the log.").format(name=name)
    return _("{name} no longer sees this record by consent, but still for another reason: {reasons}.").format(
        name=name, reasons=pgettext("between reasons", ", ").join(others)
    )
