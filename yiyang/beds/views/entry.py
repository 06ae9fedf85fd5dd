"""Documents asked for before entry: the unit's list, and what was shown for a transfer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission as P  # noqa: N817  (named on every screen)
from yiyang.beds import commands
from yiyang.beds.forms.transfers import Act
from yiyang.beds.queries import entry as queries
from yiyang.beds.queries import handovers, transfer_pages
from yiyang.beds.queries import units as of_units
from yiyang.beds.views.acts import status_of
from yiyang.kernel.acting import act, asked
from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now


class AskForDocument(Form):
    name = forms.CharField(label=gettext_lazy("Document or test"), max_length=120)
    days = forms.IntegerField(
        label=gettext_lazy("At most how many days old?"), min_value=1, max_value=3650, required=False
    )
    thing = forms.BooleanField(
        label=gettext_lazy("It is a thing that the family brings, not a document"), required=False
    )


class ShowDocument(Act):
    issued_on = forms.DateField(label=gettext_lazy("Issued on"), widget=forms.DateInput())
    note = forms.CharField(label=gettext_lazy("Result, in a few words"), max_length=200, required=False)


@needs(P.MANAGE_BEDS)
def ask_for_document(request: Any, unit_id: UUID) -> HttpResponse:
    """What this unit asks for before somebody new comes in."""
    of = of_units.unit(request.actor, unit_id)
    if not request.actor.may(P.MANAGE_BEDS, of.pk):
        raise NotAllowed
    form = AskForDocument(asked(request))
    if form.is_valid():
        with form.refusals():
            commands.ask_for_document(by=request.actor, at=now(), unit_id=of.pk, **form.cleaned_data)
            return redirect("beds:ask_for_document", of.pk)
    context = {
        "unit": of,
        "form": form,
        "requirements": queries.requirements(of.pk),
        "things": queries.things(of.pk),
    }
    return render(request, "beds/entry_documents.html", context, status=status_of(form))


@require_POST
@needs(P.MANAGE_BEDS)
def stop_asking_for(request: Any, entry_requirement_id: UUID) -> HttpResponse:
    found = queries.requirement(request.actor, entry_requirement_id)
    commands.stop_asking_for(by=request.actor, at=now(), requirement=found)
    return redirect("beds:ask_for_document", found.unit_id)


@needs(P.HAND_OVER)
def show_document(request: Any, transfer_id: UUID, entry_requirement_id: UUID) -> HttpResponse:
    """The sending side has the document."""
    found = transfer_pages.transfer(request.actor, transfer_id)
    if not handovers.may_write(request.actor, found):
        raise NotAllowed
    item = next((one for one in queries.checklist(found) if one.requirement.pk == entry_requirement_id), None)
    if item is None:
        raise Http404
    form = ShowDocument(asked(request))
    return act(
        request,
        form,
        lambda: commands.show_document(
            by=request.actor, at=now(), transfer=found, requirement=item.requirement, **form.told()
        ),
        heading=item.requirement.name,
        submit=_("We have it"),
        back=reverse("beds:transfer", args=[found.pk]),
    )
