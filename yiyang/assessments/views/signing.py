"""The summary before the signature, and the second signature."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments import commands
from yiyang.assessments.commands.refusals import SignedMeanwhile
from yiyang.assessments.forms.acts import SaySo, Sign
from yiyang.assessments.models import Assessment, State
from yiyang.assessments.queries import answering, results
from yiyang.assessments.queries import assessments as queries
from yiyang.assessments.views.places import page_of, trail_of
from yiyang.kernel.acting import act, asked
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now


@needs(P.ASSESS)
def sign_assessment(request: Any, assessment_id: UUID) -> HttpResponse:
    """What was answered, what lacks, what follows; then the signature."""
    found = queries.assessment(request.actor, assessment_id)
    if found.state != State.DRAFT:
        return redirect(page_of(found))
    other = results.signed_meanwhile(request.actor, found)
    initial = {"assessed_at": found.assessed_at, "revision": found.revision}
    void = results.void_meanwhile(found)
    form = Sign(asked(request), initial=initial, conflict=other is not None, void=void is not None)
    with form.refusals():
        if form.is_valid():
            signed = commands.sign_assessment(
                by=request.actor, at=now(), assessment=found, **form.cleaned_data
            )
            messages.success(request, _said(signed))
            return redirect(page_of(signed))
    if isinstance(getattr(form, "refusal", None), SignedMeanwhile):
        other = results.signed_meanwhile(request.actor, found)
        form.fields.update(Sign(conflict=True).fields)
    return _summary(request, found, form, other=other, void=void)


@needs(P.ASSESS)
def second_signature(request: Any, assessment_id: UUID) -> HttpResponse:
    """The second assessor reads the same summary."""
    found = queries.assessment(request.actor, assessment_id)
    if found.state != State.AWAITING_SECOND:
        return redirect(page_of(found))
    form = SecondSign(asked(request), initial={"revision": found.revision})
    with form.refusals():
        if form.is_valid():
            signed = commands.second_signature(
                by=request.actor, at=now(), assessment=found, **form.cleaned_data
            )
            messages.success(request, _said(signed))
            return redirect(page_of(signed))
    return _summary(request, found, form, second=True)


class SecondSign(Sign):
    """The time is that of the first signature."""

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        del self.fields["assessed_at"]


@needs(P.ASSESS)
def give_back(request: Any, assessment_id: UUID) -> HttpResponse:
    """The two do not agree: the answers can be changed again."""
    found = queries.assessment(request.actor, assessment_id)
    form = SaySo(asked(request))
    return act(
        request,
        form,
        lambda: commands.give_back(by=request.actor, at=now(), assessment=found, **form.cleaned_data),
        heading=_("Give back without signing"),
        submit=_("Give back"),
        back=page_of(found),
        trail=trail_of(found),
        lead=_("The first signature is taken back. Talk about it, correct the answers, then both sign."),
        done=_("Given back. The answers can be changed again."),
    )


def _said(signed: Assessment) -> str:
    if signed.state == State.AWAITING_SECOND:
        return _("Signed. It counts once a second assessor has signed too.")
    return _("Signed.")


def _summary(request: Any, found: Assessment, form: Any, **shown: Any) -> HttpResponse:
    seen(request.actor, [found.person_id], "assessments.sign")
    sheet = answering.sheet(found)
    context = {
        "sheet": sheet,
        "assessment": found,
        "person": found.person,
        "form": form,
        "trail": trail_of(found)[:-1],
        "outcome": sheet.outcome,
        "faults": [(sheet.by_code.get(one.item), str(one.words)) for one in sheet.outcome.impossible],
        "two": sheet.content.assessors > 1,
        **shown,
    }
    if shown.get("other") is not None:
        context["differ"] = results.side_by_side(found, shown["other"])
    refusal = getattr(form, "refusal", None)
    return render(request, "assessments/sign.html", context, status=refusal.status if refusal else 200)
