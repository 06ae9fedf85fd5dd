"""“I phoned”: what came of a call about a transfer or a stay."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.beds import commands
from yiyang.beds.forms.calls import PhoneAboutTransfer
from yiyang.beds.queries import answering, units
from yiyang.beds.queries import transfer_pages as queries
from yiyang.beds.views.acts import act_page, posted
from yiyang.beds.views.on_stays import act_on_stay
from yiyang.kernel.time import now


@needs(Permission.RECORD_CALL)
def phone_about_transfer(request: Any, transfer_id: UUID) -> HttpResponse:
    """Whom I called and what came of it; one who was reached gets time before the next is told."""
    found = queries.transfer(request.actor, transfer_id)
    whom = answering.unit_to_call(request.actor, found, request.GET.get("unit", ""))
    form = PhoneAboutTransfer(posted(request), initial={"to_name": whom.name, "telephone": whom.telephone})
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                commands.phone_about_transfer(
                    by=request.actor, at=now(), transfer=found, unit_id=whom.unit_id, **form.cleaned_data
                )
                messages.success(request, _("The call is recorded."))
                return redirect("beds:transfer", found.pk)
    heading = _("I phoned {name}").format(name=whom.unit_name)
    return act_page(
        request, found, form, "phone_about_transfer", heading=heading, submit=_("Record the call")
    )


@needs(Permission.RECORD_CALL)
def phone_about_stay(request: Any, episode_id: UUID) -> HttpResponse:
    """The same about a leave or a held bed."""
    episode = units.episode(request.actor, episode_id)
    whom = answering.whom_to_call_about(request.actor, episode)
    start = {"to_name": whom.name or whom.unit_name, "telephone": whom.telephone}
    form = PhoneAboutTransfer(posted(request), initial=start)
    return act_on_stay(
        request,
        episode,
        form,
        lambda: commands.phone_about_stay(by=request.actor, at=now(), episode=episode, **form.cleaned_data),
        heading=_("I phoned about {name}"),
        submit=_("Record the call"),
        done=_("The call is recorded."),
    )
