from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.kernel.components import Column
from yiyang.kernel.time import now

from .. import commands, queries
from ..bed_kinds import BedKind
from ..forms import LicenceForm, Reason
from ..guards import needs
from ..permissions import Permission
from .forms_shown import form_page, posted
from .listing import as_file, asks_for_a_file, day, page_of, table_of

SOON = 90


def licences(request: Any) -> HttpResponse:
    """All licences of the district's units, those that end soonest first."""
    table = table_of(
        request, _("Licences"), Column(_("Unit"), "unit"), Column(_("Number"), "number"),
        Column(_("Kind of licence"), "kind"), Column(_("Approved beds")), Column(_("Insurance")),
        Column(_("Valid"), "valid"), Column(_("State"), "state"), default_sort="valid",
    )  # fmt: skip
    found = queries.licences(request.actor, sort=table.sort)
    if asks_for_a_file(request):
        return _file(request, found)
    rows, after = page_of(request, found)
    return render(
        request,
        "access/licences.html",
        {"licences": rows, "today": now().date(), "soon": SOON, "table": table, "after": after},
    )


def _file(request: Any, found: Any) -> HttpResponse:
    heads = [
        _("Unit"), _("Number"), _("Kind of licence"), *[kind.label for kind in BedKind],
        _("Designated for medical insurance"), _("Designated for long-term care insurance"), _("Valid from"),
        _("Valid until (exclusive)"), _("State"), _("Reason"),
    ]  # fmt: skip
    return as_file(request, _("licences"), heads, found, _cells)


def _cells(one: Any) -> list[Any]:
    approved = {line.kind: line.approved_beds for line in one.beds.all()}
    yes = {True: pgettext("in a file", "yes"), False: pgettext("in a file", "no")}
    return [
        one.organisation.name, one.number, one.get_filing_kind_display(), *[approved.get(kind, 0) for kind in BedKind],
        yes[one.medical_insurance], yes[one.care_insurance], day(one.valid.lower), day(one.valid.upper),
        one.get_state_display(), one.state_reason,
    ]  # fmt: skip


@needs(Permission.MANAGE_LICENCES)
def record_licence(request: Any, organisation_id: UUID) -> HttpResponse:
    unit = queries.internal_organisation(request.actor, organisation_id)
    form = LicenceForm(
        posted(request),
        operators=queries.units(request.actor, kind=["HOSPITAL", "CHC", "STATION"]).exclude(pk=unit.pk),
    )
    return form_page(
        request,
        form,
        lambda at: commands.record_licence(by=request.actor, at=at, organisation=unit, **form.values),
        heading=_("Record a licence of {name}").format(name=unit),
        submit=_("Record the licence"),
        back=reverse("access:organisation", args=[unit.pk]),
    )


@needs(Permission.MANAGE_LICENCES)
def suspend_licence(request: Any, licence_id: UUID) -> HttpResponse:
    return _step(
        request, licence_id, commands.suspend_licence, _("Suspend the licence {number}?"),
        _("The unit can offer no beds under it until it is restored. People in its beds stay."),
        _("Suspend the licence"), danger=True,
    )  # fmt: skip


@needs(Permission.MANAGE_LICENCES)
def restore_licence(request: Any, licence_id: UUID) -> HttpResponse:
    return _step(
        request, licence_id, commands.restore_licence, _("Restore the licence {number}"), "",
        _("Restore the licence"),
    )  # fmt: skip


@needs(Permission.MANAGE_LICENCES)
def revoke_licence(request: Any, licence_id: UUID) -> HttpResponse:
    return _step(
        request, licence_id, commands.revoke_licence, _("Revoke the licence {number}?"),
        _("The unit can offer no beds under it any more. This cannot be undone."), _("Revoke the licence"),
        danger=True,
    )  # fmt: skip


def _step(
    request: Any, licence_id: UUID, run: Any, heading: str, lead: str, submit: str, danger: bool = False
) -> HttpResponse:
    licence = queries.licence(request.actor, licence_id)
    queries.internal_organisation(request.actor, licence.organisation_id)
    form = Reason(posted(request))
    return form_page(
        request,
        form,
        lambda at: run(by=request.actor, at=at, licence=licence, **form.cleaned_data),
        heading=heading.format(number=licence.number),
        lead=lead,
        submit=submit,
        back=reverse("access:organisation", args=[licence.organisation_id]),
        danger=danger,
    )
