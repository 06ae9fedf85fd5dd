"""Help at a counter, by telephone or at home: begin to act for somebody, end it, print the slip."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_POST

from yiyang.access import acting
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.kernel.actors import doer
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now
from yiyang.people import commands, queries
from yiyang.people.assistance_forms import StartAssistanceForm
from yiyang.people.fact_words import detail_of, words_of
from yiyang.people.views.person import FAMILY


@needs(Permission.ASSIST)
def start_assistance(request: Any, pk: UUID) -> HttpResponse:
    """From here on the session is the elder's or the relative's, until it is ended or its time is over."""
    found = queries.person(request.actor, pk)
    form = StartAssistanceForm(
        request.POST or None, request.FILES or None, elder=found.full_name, served=queries.served(found.pk)
    )
    with form.refusals():
        if form.is_valid():
            told = form.told()
            entrusted = told.pop("delegation_id")
            begun = commands.start_assistance(
                by=request.actor, at=now(), person=found, bound_to=acting.mark_of(request),
                delegation=queries.delegation_to_serve(found.pk, entrusted) if entrusted else None, **told,
            )  # fmt: skip
            acting.begin(request, begun.pk)
            return redirect("people:person", found.pk)
    seen(request.actor, [found], "people.start_assistance")
    context = {
        "person": found, "form": form, "heading": _("Act for somebody at the counter or by telephone"),
        "submit": pgettext("assistance", "Begin"),
        "lead": _("You then see and do what they could themselves, and nothing more. All of it carries both names."),
    }  # fmt: skip
    return render(request, "people/form_page.html", context)


@require_POST
def end_assistance(request: Any, assistance_id: UUID) -> HttpResponse:
    """Also when its time is over: the slip then says what was done until then."""
    staff = doer(request.actor)
    begun = queries.own_assistance(staff, assistance_id)
    if begun.ended_at is None and staff.may(Permission.ASSIST, begun.organisation_id):
        commands.end_assistance(by=staff, at=now(), assistance=begun)
    acting.end(request)
    return redirect("people:assistance", begun.pk)


def assistance(request: Any, assistance_id: UUID) -> HttpResponse:
    """The slip: what was done, when, by whom, how, and how to object. In the words meant for whom it is."""
    found = queries.assistance(request.actor, assistance_id)
    seen(request.actor, [found.person_id], "people.assistance")
    context = {
        "assistance": found,
        "person": found.person,
        "acts": [(words_of(one.name), detail_of(one.name, one.data), one) for one in queries.acts(found)],
        "at_home": request.actor.role in FAMILY,
        "printed_at": now(),
    }
    response = render(request, "people/assistance.html", context)
    if found.delegation_id is None:
        response.content = queries.words_to(found.person_id).text(response.content.decode()).encode()
    return response
