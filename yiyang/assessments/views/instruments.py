"""The instruments in use, and putting a file into use."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.assessments import commands, links
from yiyang.assessments.forms.acts import AddInstrument
from yiyang.assessments.queries import instruments as queries
from yiyang.assessments.queries import rescorings
from yiyang.kernel.acting import act, asked
from yiyang.kernel.forms import Form
from yiyang.kernel.time import now


@require_GET
@needs(P.ASSESS, P.MANAGE_INSTRUMENTS, P.SEE_FIGURES)
def instruments(request: Any) -> HttpResponse:
    """All versions, with source and licence."""
    context = {"versions": queries.all_versions(), "may_add": request.actor.may(P.MANAGE_INSTRUMENTS)}
    return render(request, "assessments/instruments.html", context)


@require_GET
@needs(P.ASSESS, P.MANAGE_INSTRUMENTS, P.SEE_FIGURES)
def instrument(request: Any, instrument_id: UUID) -> HttpResponse:
    """One version as its file says it: questions, points, levels, what moves them."""
    found = queries.version(instrument_id)
    context = {
        "version": found,
        "content": queries.content_of(found),
        "may_add": request.actor.may(P.MANAGE_INSTRUMENTS),
        "file": found.content,
        "links": links.offered("instrument", request, found),
        "runs": rescorings.runs_of(request.actor, found.pk),
    }
    return render(request, "assessments/instrument.html", context)


@needs(P.MANAGE_INSTRUMENTS)
def add_instrument(request: Any) -> HttpResponse:
    """A file or its text; every fault is said at once, with its place."""
    form = AddInstrument(asked(request), request.FILES or None)

    def run() -> Any:
        file = form.cleaned_data["file"]
        text = file.read(2_000_001).decode("utf-8", "replace") if file else form.cleaned_data["text"]
        name = file.name if file else _("the text")
        return commands.add_instrument(by=request.actor, at=now(), text=text, name=name)

    return act(
        request,
        form,
        run,
        heading=_("Put an instrument into use"),
        submit=_("Check and put into use"),
        back=reverse("assessments:instruments"),
        trail=[(_("Instruments"), reverse("assessments:instruments"))],
        lead=_(
            "A new instrument, or a new version of one. What was assessed before stays with its own version."
        ),
        onward=lambda made: reverse("assessments:instrument", args=[made.pk]),
    )


@needs(P.MANAGE_INSTRUMENTS)
def retire_instrument(request: Any, instrument_id: UUID) -> HttpResponse:
    found = queries.version(instrument_id)
    form = Form(asked(request))
    return act(
        request,
        form,
        lambda: commands.retire_instrument(by=request.actor, at=now(), instrument=found),
        heading=_("Take out of use: {what}").format(what=f"{found.name} {found.version}"),
        submit=_("Take out of use"),
        back=reverse("assessments:instruments"),
        lead=_("Nobody begins with it any more. What was assessed with it stays."),
        danger=True,
    )
