"""The devices of one unit from a file: tried first, then written as a whole, by whoever keeps its list."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy, ngettext

from yiyang.access import queries as access
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.gateways import uploads
from yiyang.gateways.roster.importing import Outcome, import_roster, outcome_in_words
from yiyang.gateways.roster.template import template
from yiyang.gateways.roster.trying import tried
from yiyang.gateways.roster.views import XLSX
from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now


class DeviceFile(Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX, from the template of this page. A row for each device."),
    )


def _kept_unit(request: Any, organisation_id: UUID) -> Any:
    """404 unless it is the reader's own, refused unless the reader keeps its devices."""
    unit = access.internal_organisation(request.actor, organisation_id)
    if not request.actor.may(Permission.MANAGE_DEVICES, unit.pk):
        raise NotAllowed
    return unit


@needs(Permission.MANAGE_DEVICES)
def import_devices(request: Any, organisation_id: UUID) -> HttpResponse:
    """Choose a file; it is tried at once, and nothing is written yet."""
    unit = _kept_unit(request, organisation_id)
    form = DeviceFile(request.POST or None, request.FILES or None)
    found = tried(request, form, lambda content, name: _run(request, unit, content, name, dry_run=True))
    if found is not None:
        return _preview(request, unit, *found)
    status = 422 if form.errors else 200
    return render(request, "gateways/import_devices.html", {"form": form, "unit": unit}, status=status)


@needs(Permission.MANAGE_DEVICES)
def write_device_import(request: Any, organisation_id: UUID, ticket: str) -> HttpResponse:
    """Write a file that was previewed."""
    unit = _kept_unit(request, organisation_id)
    if request.method != "POST":
        return redirect("gateways:import_devices", unit.pk)
    content, name = uploads.take(request.actor.account_id, ticket)
    outcome = _run(request, unit, content, name, dry_run=False)
    if outcome.problems:
        return _preview(request, unit, outcome, name, "")
    number = outcome.added["devices"]
    messages.success(request, ngettext("{n} device added.", "{n} devices added.", number).format(n=number))
    return redirect("devices:devices")


@needs(Permission.MANAGE_DEVICES)
def device_template(request: Any, organisation_id: UUID) -> HttpResponse:
    """The workbook to fill in."""
    _kept_unit(request, organisation_id)
    answer = HttpResponse(template("devices"), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="devices.xlsx"'
    return answer


def _run(request: Any, unit: Any, content: bytes, name: str, *, dry_run: bool) -> Outcome:
    return import_roster(
        by=request.actor, at=now(), content=content, name=name, dry_run=dry_run, devices_of=unit
    )


def _preview(request: Any, unit: Any, outcome: Outcome, name: str, ticket: str) -> HttpResponse:
    context = {
        "unit": unit, "outcome": outcome, "lines": outcome_in_words(outcome), "name": name, "ticket": ticket,
    }  # fmt: skip
    status = 422 if outcome.problems else 200
    return render(request, "gateways/preview_devices.html", context, status=status)
