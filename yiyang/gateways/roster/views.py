"""The shifts of one unit from a file: tried first, then written as a whole, by whoever keeps its roster."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext

from yiyang.access import queries as access
from yiyang.access.guards import needs
from yiyang.access.permissions import Permission
from yiyang.duty import queries
from yiyang.gateways import uploads
from yiyang.gateways.roster.importing import Outcome, import_roster, outcome_in_words
from yiyang.gateways.roster.template import template
from yiyang.gateways.roster.trying import tried
from yiyang.kernel.forms import Form
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class ShiftFile(Form):
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV or XLSX, from the template of this unit. A row for each shift."),
    )


def _kept_unit(request: Any, organisation_id: UUID) -> Any:
    """404 unless the roster may be seen, refused unless it may be kept."""
    unit = queries.unit_of(request.actor, organisation_id)
    if not request.actor.may(Permission.MANAGE_ROSTER, unit.pk):
        raise NotAllowed
    return unit


@needs(Permission.MANAGE_ROSTER)
def import_shifts(request: Any, organisation_id: UUID) -> HttpResponse:
    """Choose a file; it is tried at once, and nothing is written yet."""
    unit = _kept_unit(request, organisation_id)
    form = ShiftFile(request.POST or None, request.FILES or None)
    found = tried(request, form, lambda content, name: _run(request, unit, content, name, dry_run=True))
    if found is not None:
        return _preview(request, unit, *found)
    return render(request, "gateways/import_shifts.html", {"form": form, "unit": unit} | _calendar())


@needs(Permission.MANAGE_ROSTER)
def write_shift_import(request: Any, organisation_id: UUID, ticket: str) -> HttpResponse:
    """Write a file that was previewed."""
    unit = _kept_unit(request, organisation_id)
    if request.method != "POST":
        return redirect("gateways:import_shifts", unit.pk)
    content, name = uploads.take(request.actor.account_id, ticket)
    outcome = _run(request, unit, content, name, dry_run=False)
    if outcome.problems:
        return _preview(request, unit, outcome, name, "")
    number = outcome.added["shifts"]
    messages.success(request, ngettext("{n} shift planned.", "{n} shifts planned.", number).format(n=number))
    return redirect("duty:roster", unit.pk)


@needs(Permission.MANAGE_ROSTER)
def shift_template(request: Any, organisation_id: UUID) -> HttpResponse:
    """The workbook to fill in, with the posts and the staff of the unit to choose from."""
    unit = _kept_unit(request, organisation_id)
    staff = [one.login for one in access.colleagues(unit.pk, now())]
    choices = {
        "post": [one.label for one in queries.posts(request.actor, unit.pk)],
        "staff": staff,
        "deputy": staff,
    }
    answer = HttpResponse(template("shifts", choices), content_type=XLSX)
    answer["Content-Disposition"] = 'attachment; filename="shifts.xlsx"'
    return answer


def _run(request: Any, unit: Any, content: bytes, name: str, *, dry_run: bool) -> Outcome:
    return import_roster(
        by=request.actor, at=now(), content=content, name=name, dry_run=dry_run, shifts_of=unit
    )


def _preview(request: Any, unit: Any, outcome: Outcome, name: str, ticket: str) -> HttpResponse:
    context = {
        "unit": unit, "outcome": outcome, "lines": outcome_in_words(outcome), "name": name, "ticket": ticket,
    }  # fmt: skip
    status = 422 if outcome.problems else 200
    return render(request, "gateways/preview_shifts.html", context, status=status)


def _calendar() -> dict[str, Any]:
    year = timezone.localdate(now()).year
    return {"year": year, "unpublished": not queries.published(year)}
