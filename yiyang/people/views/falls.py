"""A fall, entered by whoever stands beside the person: three questions, then back to where one was."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.kernel.acting import act
from yiyang.kernel.facts import seen
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.kernel.words import shown
from yiyang.people import commands, queries
from yiyang.people.commands.falls import FallRecordedAlready
from yiyang.people.fact_words import detail_of
from yiyang.people.forms import FallForm, ReasonForm


@needs(P.RECORD_FALL)
def record_fall(request: Any, pk: UUID) -> HttpResponse:
    """Where, hurt or not, and what is to be known; `next` is the list of the unit that one came from."""
    found = queries.person_in_full(request.actor, pk)
    back = _back(request) or reverse("people:person", args=[found.pk])
    form = FallForm(request.POST or None)
    with form.refusals():
        if form.is_valid():
            told = {name: value for name, value in form.cleaned_data.items() if name != "at"}
            at = form.cleaned_data["at"] or now()
            commands.record_fall(by=request.actor, at=at, person=found, **told)
            messages.success(
                request, _("The fall is recorded. The unit is told; an assessment is asked for.")
            )
            return redirect(back)
    refusal = getattr(form, "refusal", None)
    if isinstance(refusal, FallRecordedAlready):
        form.ask_whether_again()
    seen(request.actor, [found], "people.record_fall")
    context = {
        "person": found,
        "form": form,
        "heading": _("Record a fall"),
        "submit": _("Record the fall"),
        "lead": _("In danger of life call 120 first."),
        "back_to_person": back,
        "falls": [(one, detail_of(one.name, one.data)) for one in queries.falls_of(found)],
    }
    return render(request, "people/record_fall.html", context, status=refusal.status if refusal else 200)


@needs(P.RECORD_FALL)
def withdraw_fall(request: Any, pk: UUID) -> HttpResponse:
    """A fall of the list was recorded by mistake; `fall` says which."""
    found = queries.person_in_full(request.actor, pk)
    asked = request.GET.get("fall", "")
    fall = next((one for one in queries.falls_of(found) if str(one.id) == asked), None)
    if fall is None:
        raise NotFound
    form = ReasonForm(request.POST if request.method == "POST" else None)
    return act(
        request,
        form,
        lambda: commands.withdraw_fall(
            by=request.actor, at=now(), person=found, fall=fall.id, reason=form.cleaned_data["reason"]
        ),
        heading=_("Recorded by mistake: a fall of {name}").format(name=found.full_name),
        lead=f"{shown(fall.at)} · {detail_of(fall.name, fall.data)}",
        submit=_("Withdraw the fall"),
        back=reverse("people:record_fall", args=[found.pk]),
        done=_("Withdrawn. Both entries stay in the history."),
    )


def _back(request: Any) -> str:
    there = str(request.GET.get("next", ""))
    return there if url_has_allowed_host_and_scheme(there, {request.get_host()}) else ""
