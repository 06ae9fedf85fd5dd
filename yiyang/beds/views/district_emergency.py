"""The district-wide emergency: while it is declared, evaluation and agreement are waived."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.beds import commands
from yiyang.beds.forms import transfers as forms
from yiyang.beds.queries import district_emergency as queries
from yiyang.beds.views.acts import done, posted, status_of


@needs(Permission.DECLARE_EMERGENCY)
def declare_emergency(request: Any) -> HttpResponse:
    """The coordinator waives what a disaster leaves no time for; it is shown on every transfer."""
    form = forms.Reason(posted(request))
    own = request.actor.organisation_id
    if done(form, commands.declare_emergency, by=request.actor, organisation_id=own):
        messages.warning(request, _("The emergency is declared."))
        return redirect("beds:transfers")
    context = {
        "heading": _("Declare an emergency in the district"),
        "explains": _(
            "Until it is ended, units may be asked without evaluation and agreement, in the whole district."
            " Your name and the reason are shown, and every transfer in this time is counted."
        ),
    }
    return _page(request, form, context)


@needs(Permission.DECLARE_EMERGENCY)
def end_emergency(request: Any, district_emergency_id: UUID) -> HttpResponse:
    """Back to the ordinary steps."""
    emergency = queries.emergency(request.actor, district_emergency_id)
    form = forms.Question(posted(request))
    if done(form, commands.end_emergency, by=request.actor, emergency=emergency):
        messages.success(request, _("The emergency has ended."))
        return redirect("beds:transfers")
    context = {
        "heading": _("End the emergency"),
        "explains": _("From now on every transfer needs its evaluation and agreement again."),
    }
    return _page(request, form, context)


def _page(request: Any, form: forms.Act, context: dict[str, Any]) -> HttpResponse:
    return render(request, "beds/district_emergency.html", {"form": form, **context}, status=status_of(form))
