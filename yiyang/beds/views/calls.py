"""“I phoned”: what came of a call about a transfer."""

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
from yiyang.beds.queries import answering
from yiyang.beds.queries import transfer_pages as queries
from yiyang.beds.views.acts import act_page, posted
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
