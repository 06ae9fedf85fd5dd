from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yiyang.access.permissions import Permission
from yiyang.access.serving import account_named
from yiyang.kernel.facts import seen
from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now
from yiyang.people import commands, panels, queries
from yiyang.people.forms import (
    AnswerAccessForm,
    AskForAccessForm,
    BreakGlassForm,
    DelegateForm,
    StaffDelegateForm,
    end_of_day,
    in_a_year,
)
from yiyang.people.views.person import FAMILY, _before


def sight(request: Any, pk: UUID) -> HttpResponse:
    """Who can see this record and why; who looked."""
    found = queries.person(request.actor, pk)
    reasons = queries.who_can_see(request.actor, pk)
    readings = queries.who_looked(request.actor, pk, before=_before(request))
    seen(request.actor, [found], "people.sight")
    return render(
        request,
        "people/sight.html",
        {
            "person": found,
            "live": [one for one in reasons if one.live],
            "over": [one for one in reasons if not one.live],
            "looks": queries.looks(readings),
            "after": readings[-1].at.isoformat() if len(readings) == queries.PAGE else "",
            "slips": queries.assistances(request.actor, pk)[:10],
            "panels": panels.sights(request, found),
            "requests": queries.access_requests(request.actor, pk),
            "may_entrust": request.actor.may(Permission.MANAGE_DELEGATION),
            "at_home": request.actor.role in FAMILY,
        },
    )


def delegations(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person(request.actor, pk)
    rows = queries.delegations(request.actor, pk)
    seen(request.actor, [found], "people.delegations")
    at = now()
    return render(
        request,
        "people/delegations.html",
        {
            "person": found,
            "live": [one for one in rows if one.revoked_at is None and one.expires_at > at],
            "over": [one for one in rows if one.revoked_at or one.expires_at <= at],
            "may_entrust": request.actor.may(Permission.MANAGE_DELEGATION),
            "at_home": request.actor.role in FAMILY,
        },
    )


def delegate_access(request: Any, pk: UUID) -> HttpResponse:
    found = queries.person_in_full(request.actor, pk)
    _must(request, Permission.MANAGE_DELEGATION)
    at_home = request.actor.role in FAMILY
    kind = DelegateForm if at_home else StaffDelegateForm
    form = kind(request.POST or None, initial={"expires_on": in_a_year()})
    with form.refusals():
        if form.is_valid():
            told = dict(form.cleaned_data)
            account = account_named(told.pop("login"))
            expires_on = told.pop("expires_on")
            if account is None:
                form.add_error(
                    "login",
                    _(
                        "There is no account with this number or name. Open one at the counter first, or ask the relative."
                    ),
                )
            else:
                commands.delegate_access(
                    by=request.actor, at=now(), person=found, account_id=account.pk, account_label=account.name,
                    expires_at=end_of_day(expires_on), **told,
                )  # fmt: skip
                return redirect("people:delegations", found.pk)
    seen(request.actor, [found], "people.delegate_access")
    return render(
        request, "people/form_page.html",
        {
            "person": found, "form": form, "heading": _("Entrust a relative"), "submit": _("Entrust"),
            "lead": _("The relative sees the record from now on, until the day that you choose. You can take it back at any time."),
            "at_home": at_home,
        },
    )  # fmt: skip


def revoke_delegation(request: Any, pk: UUID) -> HttpResponse:
    delegation = queries.delegation(request.actor, pk)
    found = queries.person(request.actor, delegation.person_id)
    _must(request, Permission.MANAGE_DELEGATION)
    form = Form(request.POST if request.method == "POST" else None)
    with form.refusals():
        if form.is_valid():
            commands.revoke_delegation(by=request.actor, at=now(), delegation=delegation)
            return redirect("people:delegations", found.pk)
    seen(request.actor, [found], "people.revoke_delegation")
    return render(
        request, "people/form_page.html",
        {
            "person": found, "form": form, "heading": _("Take back what is entrusted"), "submit": _("Take back"),
            "lead": _("{name} will no longer see this record.").format(name=delegation.account_label),
            "danger": True, "at_home": request.actor.role in FAMILY,
        },
    )  # fmt: skip


def break_glass(request: Any) -> HttpResponse:
    _must(request, Permission.BREAK_GLASS)
    form = BreakGlassForm(request.POST or None)
    with form.refusals():
        if form.is_valid():
            opened = commands.break_glass(by=request.actor, at=now(), **form.cleaned_data)
            return redirect("people:person", opened.person_id)
    return render(request, "people/break_glass.html", {"form": form, "hours": queries.break_glass_hours()})


def ask_for_access(request: Any) -> HttpResponse:
    _must(request, Permission.SEARCH_PERSONS)
    form = AskForAccessForm(request.POST or None)
    asked = None
    with form.refusals():
        if form.is_valid():
            asked = commands.ask_for_access(by=request.actor, at=now(), **form.cleaned_data)
    return render(request, "people/ask_for_access.html", {"form": form, "asked": asked})


def answer_access_request(request: Any, pk: UUID) -> HttpResponse:
    asked = queries.access_request(request.actor, pk)
    found = queries.person(request.actor, asked.person_id)
    _must(request, Permission.MANAGE_DELEGATION)
    form = AnswerAccessForm(request.POST or None)
    with form.refusals():
        if form.is_valid():
            commands.answer_access_request(
                by=request.actor, at=now(), request=asked, grant=form.cleaned_data["grant"] == "yes",
                scope=form.cleaned_data["scope"],
            )  # fmt: skip
            return redirect("people:sight", found.pk)
    seen(request.actor, [found], "people.answer_access_request")
    return render(
        request, "people/form_page.html",
        {
            "person": found, "form": form, "heading": _("Somebody asks to see this record"),
            "submit": _("Answer"), "at_home": request.actor.role in FAMILY,
            "lead": _("{who} of {organisation}. Reason: {reason} Opened, it stays open for {days} days.").format(
                who=asked.account_label, organisation=asked.organisation.name, reason=asked.reason, days=queries.granted_access_days()
            ),
        },
    )  # fmt: skip


def broken_glass(request: Any) -> HttpResponse:
    """For the data-protection officer: who broke the glass, when, why; nothing of the record itself."""
    facts = list(queries.broken_glass(request.actor, before=_before(request))[: queries.PAGE])
    return render(
        request, "people/broken_glass.html",
        {"facts": facts, "after": facts[-1].at.isoformat() if len(facts) == queries.PAGE else ""},
    )  # fmt: skip


def _must(request: Any, permission: Permission) -> None:
    if not request.actor.may(permission):
        raise NotAllowed
