"""Which exports of records there are, how far each is, its files; ending one."""

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
from yiyang.gateways.fhir.bulk import commands, queries
from yiyang.gateways.fhir.bulk.models import State
from yiyang.gateways.fhir.bulk.rest import FILE
from yiyang.kernel.acting import act, asked
from yiyang.kernel.forms import Form
from yiyang.kernel.time import now


@require_GET
@needs(P.READ_RECORD, *queries.IN_CHARGE)
def exports(request: Any) -> HttpResponse:
    """My own; whoever is in charge sees those of the units."""
    listed = queries.newest(request.actor)
    context = {"exports": listed, "under_way": any(one.live for one in listed)}
    return render(request, "gateways/exports.html", context)


@require_GET
@needs(P.READ_RECORD, *queries.IN_CHARGE)
def export(request: Any, export_id: UUID) -> HttpResponse:
    found = queries.export(request.actor, export_id)
    mine = found.account_id == request.actor.account_id and found.state == State.DONE
    files = [
        {"name": name, **one, "url": f"/fhir/{FILE}/{found.pk}/{name}" if mine else ""}
        for name, one in sorted(found.files.items())
    ]
    problem = queries.problem_of(found) if found.state == State.FAILED else ""
    return render(
        request,
        "gateways/export.html",
        {
            "export": found,
            "files": files if found.state == State.DONE else [],
            "problem": problem,
        },
    )


@needs(P.READ_RECORD, *queries.IN_CHARGE)
def delete_export(request: Any, export_id: UUID) -> HttpResponse:
    found = queries.export(request.actor, export_id)
    form = Form(asked(request))
    return act(
        request,
        form,
        lambda: commands.delete_export(by=request.actor, at=now(), export=found),
        heading=_("End this export") if found.live else _("Delete this export"),
        submit=_("End it") if found.live else _("Delete it"),
        back=reverse("gateways:exports"),
        consequences=[
            _("Its files are gone at once and cannot be fetched any more."),
            _("That there was such an export, and who fetched what of it, stays in the trail of facts."),
        ],
        danger=True,
        done=_("The export is gone."),
        trail=[(_("Exports of records"), reverse("gateways:exports"))],
    )
