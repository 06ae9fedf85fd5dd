"""Import with preview: a file is tried first, then written as a whole."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiyang.access import queries as access
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.gateways import uploads
from yiyang.gateways.fhir.runs import queries as imports
from yiyang.gateways.fhir.runs.commands import begin_import
from yiyang.gateways.files import import_content, is_fhir
from yiyang.gateways.roster.reading import BYTES_AT_MOST, FileTooLarge
from yiyang.gateways.roster.template import template
from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now

AT_ONCE = 30_000
"""A FHIR file of so many bytes is tried and written while one waits; a larger one by the worker."""


class Upload(Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy(
            "A roster (CSV or XLSX, from the template), or FHIR R4: a bundle (JSON) or lines (NDJSON), also packed (.gz). At most 20 MB."
        ),
    )
    update = forms.BooleanField(
        required=False,
        label=gettext_lazy("Bring to what the file says what came in before and says something else now"),
        help_text=gettext_lazy("FHIR alone. Else it is named in the report and stays as it is here."),
    )


@needs(Permission.IMPORT_DATA)
def import_data(request: Any) -> HttpResponse:
    """Choose a file; it is tried at once, and nothing is written yet."""
    form = Upload(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with form.refusals():
            file = form.cleaned_data["file"]
            if file.size > BYTES_AT_MOST:
                raise FileTooLarge(most=BYTES_AT_MOST // 2**20)
            content = file.read()
            if is_fhir(content, file.name) and (len(content) > AT_ONCE or form.cleaned_data["update"]):
                return _by_the_worker(request, content, file.name, form.cleaned_data["update"])
            outcome = _run(request, content, file.name, dry_run=True)
            useless = outcome.problems or outcome.nothing
            ticket = "" if useless else uploads.keep(request.actor.account_id, content, file.name)
            return render(
                request,
                "gateways/preview.html",
                {"outcome": outcome, "name": file.name, "ticket": ticket},
                status=422 if outcome.problems else 200,
            )
    return render(request, "gateways/import.html", {"form": form, "runs": imports.newest(request.actor)})


def _by_the_worker(request: Any, content: bytes, name: str, update: bool) -> HttpResponse:
    area = access.area(request.actor.area)
    if area is None:
        raise Refusal
    run = begin_import(by=request.actor, at=now(), content=content, name=name, area=area, update=update)
    return redirect("gateways:import_run", run.pk)


@needs(Permission.IMPORT_DATA)
def write_import(request: Any, ticket: str) -> HttpResponse:
    """Write a file that was previewed."""
    if request.method != "POST":
        return redirect("gateways:import_data")
    content, name = uploads.take(request.actor.account_id, ticket)
    outcome = _run(request, content, name, dry_run=False)
    if outcome.problems:
        return render(
            request, "gateways/preview.html", {"outcome": outcome, "name": name, "ticket": ""}, status=422
        )
    if outcome.passwords:
        return render(request, "gateways/passwords.html", {"outcome": outcome, "name": name})
    messages.success(request, _("The file was imported."))
    return redirect("gateways:import_data")


@needs(Permission.IMPORT_DATA)
def roster_template(request: Any) -> HttpResponse:
    """The workbook to fill in."""
    answer = HttpResponse(
        template(), content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    )
    answer["Content-Disposition"] = 'attachment; filename="roster.xlsx"'
    return answer


def _run(request: Any, content: bytes, name: str, *, dry_run: bool) -> Any:
    area = access.area(request.actor.area)
    if area is None:
        raise Refusal
    return import_content(
        content, name, by=request.actor, at=now(), area=area, unit=request.actor.organisation, dry_run=dry_run
    )
