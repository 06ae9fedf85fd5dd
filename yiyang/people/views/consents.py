"""To whom the person opened the record by consent: shown, given, narrowed, withdrawn, printed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.access.permissions import Permission
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.consent_forms import (
    NarrowForm,
    StaffConsentForm,
    StaffNarrowForm,
    StaffWithdrawForm,
    open_kinds,
)
from yiyang.people.models import Scope
from yiyang.people.views.own_consent import give_own_consent
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
            "live": [queries.opened(one) for one in live],
            "over": [one for one in rows if one not in live],
            "may_entrust": request.actor.may(Permission.MANAGE_DELEGATION),
            "at_home": _at_home(request),
        },
    )


def give_consent(request: Any, pk: UUID) -> HttpResponse:
    """One question a page for the person and a guardian; one form for staff who were told."""
    found = _entrusted(request, pk)
    if _at_home(request):
        return give_own_consent(request, found)
    form = StaffConsentForm(
        asked(request),
        request.FILES or None,
        units=queries.units_to_open_to(found),
        initial={"width": "SOME"},
    )
    with form.refusals():
        if form.is_valid():
            commands.give_consent(by=request.actor, at=now(), person=found, **form.told())
            messages.success(request, _("The record is open to them as agreed."))
            return redirect("people:consents", found.pk)
    seen(request.actor, [found], "people.give_consent")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "people/give_consent.html", {"person": found, "form": form}, status=status)


def narrow_consent(request: Any, pk: UUID) -> HttpResponse:
    """Fewer kinds of data, or an earlier end; at home one of these at a time."""
    consent = queries.consent(request.actor, pk)
    found = _entrusted(request, consent.person_id)
    at_home = _at_home(request)
    only = request.GET.get("what", "") if at_home else ""
    seen(request.actor, [found], "people.narrow_consent")
    if at_home and only not in NarrowForm.ASKED:
        context = {"person": found, "one": queries.opened(consent), "may_close": _may_close(consent)}
        return render(request, "people/narrow_consent.html", context)
    if at_home:
        form: Any = NarrowForm(asked(request), consent=consent, only=only)
    else:
        form = StaffNarrowForm(asked(request), request.FILES or None, consent=consent)
    return act(
        request, form, lambda: commands.narrow_consent(by=request.actor, at=now(), consent=consent, **form.told()),
        heading=_("Let {name} see less").format(name=consent.organisation.name), submit=_("Narrow the consent"),
        lead=queries.opened(consent).in_words, consequences=_stays_seen(consent),
        done=_("{name} sees less from now on.").format(name=consent.organisation.name), back=_list(found.pk),
        at_home=at_home,
    )  # fmt: skip


def withdraw_consent(request: Any, pk: UUID) -> HttpResponse:
    """Asks first, and says what the unit still sees for other reasons."""
    consent = queries.consent(request.actor, pk)
    found = _entrusted(request, consent.person_id)
    at_home, name = _at_home(request), consent.organisation.name
    form = (Form if at_home else StaffWithdrawForm)(asked(request))
    seen(request.actor, [found], "people.withdraw_consent")
    return act(
        request, form,
        lambda: commands.withdraw_consent(by=request.actor, at=now(), consent=consent, **form.cleaned_data),
        heading=_("Withdraw this consent?"), submit=_("Withdraw the consent"), lead=name, danger=True,
        consequences=[
            _("It is closed at once: the next page that {name} opens shows nothing of it any more.").format(name=name),
            *_stays_seen(consent),
            _("Nobody may treat you worse because of it. You can allow it again later."),
        ],
        done=_("Withdrawn. It is closed from now on."), back=_list(found.pk), at_home=at_home,
    )  # fmt: skip


def consent_sheet(request: Any, pk: UUID) -> HttpResponse:
    """The consent on one page, with all units that were named in the same act."""
    consent = queries.consent(request.actor, pk)
    found = queries.person_in_full(request.actor, consent.person_id)
    seen(request.actor, [found], "people.consent_sheet")
    return _sheet(request, found, queries.printed(consent))


def consent_form(request: Any, pk: UUID) -> HttpResponse:
    """The same page before anybody has signed: with what was chosen in the form, or all of it to be ticked by hand."""
    found = _entrusted(request, pk)
    form = StaffConsentForm(asked(request), units=queries.units_to_open_to(found))
    form.is_valid()
    seen(request.actor, [found], "people.consent_form")
    return _sheet(request, found, queries.to_be_signed(form))


def _sheet(request: Any, found: Any, sheet: Any) -> HttpResponse:
    context = {"person": found, "sheet": sheet, "at_home": _at_home(request), "printed_at": now()}
    return render(request, "people/consent_sheet.html", context)


def _stays_seen(consent: Any) -> list[str]:
    """What the unit goes on seeing for other reasons, and what it has already."""
    name, others = consent.organisation.name, queries.other_reasons(consent)
    log = _("What {name} wrote down itself stays with it, and who looked stays in the log.").format(name=name)
    if not others:
        return [log]
    reasons = pgettext("between reasons", ", ").join(others)
    return [
        _("{name} still sees the record for another reason: {reasons}.").format(name=name, reasons=reasons),
        log,
    ]


def _may_close(consent: Any) -> bool:
    """Whether there are kinds of data to close at all."""
    return bool(open_kinds(consent)) or consent.scope == Scope.MOVE


def _entrusted(request: Any, pk: UUID) -> Any:
    found = queries.person_in_full(request.actor, pk)
    if not request.actor.may(Permission.MANAGE_DELEGATION):
        raise NotAllowed
    return found


def _at_home(request: Any) -> bool:
    return request.actor.role in FAMILY


def _list(pk: UUID) -> str:
    return reverse("people:consents", args=[pk])
