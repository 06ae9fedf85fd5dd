"""Amending and voiding what was signed; what was done about an alert."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments import commands
from yiyang.assessments.forms.acts import Done, SaySo
from yiyang.assessments.models import said
from yiyang.assessments.queries import alerts
from yiyang.assessments.queries import assessments as queries
from yiyang.assessments.views.places import page_of, trail_of
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now


@needs(P.ASSESS)
def amend_assessment(request: Any, assessment_id: UUID) -> HttpResponse:
    """A new version with the same answers to begin with."""
    found = queries.assessment(request.actor, assessment_id)
    form = SaySo(asked(request))
    seen(request.actor, [found.person_id], "assessments.amend")
    return act(
        request,
        form,
        lambda: commands.amend_assessment(by=request.actor, at=now(), assessment=found, **form.cleaned_data),
        heading=_("Amend by a new version"),
        submit=_("Begin the new version"),
        back=page_of(found),
        trail=trail_of(found),
        lead=_("The signed one stays as it is, and counts until the new version is signed."),
        onward=lambda made: reverse("assessments:answer", args=[made.pk]),
    )


@needs(P.ASSESS)
def void_assessment(request: Any, assessment_id: UUID) -> HttpResponse:
    found = queries.assessment(request.actor, assessment_id)
    form = SaySo(asked(request))
    seen(request.actor, [found.person_id], "assessments.void")
    return act(
        request,
        form,
        lambda: commands.void_assessment(by=request.actor, at=now(), assessment=found, **form.cleaned_data),
        heading=_("Make void"),
        submit=_("Make void"),
        back=page_of(found),
        trail=trail_of(found),
        lead=_("It counts no more. It stays readable, with who made it void and why."),
        done=_("It is void now."),
        danger=True,
    )


@needs(P.TAKE_DUTY)
def answer_alert(request: Any, assessment_id: UUID) -> HttpResponse:
    """What is demanded at once, and what was done: whoever is on duty reads it first."""
    found = queries.assessment(request.actor, assessment_id)
    pressing = alerts.urgent(found)
    if not pressing:
        return redirect(page_of(found))
    form = Done(asked(request))
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                commands.answer_alert(by=request.actor, at=now(), assessment=found, **form.cleaned_data)
                messages.success(request, _("Written down. Nobody further is told."))
                return redirect(page_of(found))
    seen(request.actor, [found.person_id], "assessments.answer_alert")
    refusal = getattr(form, "refusal", None)
    context = {
        "assessment": found,
        "form": form,
        "trail": trail_of(found),
        "demands": [said(one["demand"]) for one in pressing],
        "answered": [] if alerts.open_codes(found) else alerts.answers_to(found),
        "back": page_of(found),
    }
    status = refusal.status if refusal else 422 if form.is_bound and form.errors else 200
    return render(request, "assessments/alert.html", context, status=status)
