from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.kernel.components import Column
from yiyang.kernel.facts import seen
from yiyang.kernel.time import now

from .. import commands, queries
from ..forms import MoveForm, OrganisationFilter, OrganisationForm, Reason
from ..guards import needs
from ..permissions import Permission
from .forms_shown import form_page, posted
from .listing import as_file, asks_for_a_file, page_of, table_of
from .staff_list import people_among, staff_file, staff_table

FIELDS = (
    "name_zh", "name_en", "short_name", "code", "area", "address", "latitude", "longitude", "operator_kind",
    "operator_name", "phone", "night_contact", "member_unit",
)  # fmt: skip


def organisations(request: Any) -> HttpResponse:
    """The tree of the district; a search or a kind makes it a list."""
    form = OrganisationFilter(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    table = table_of(
        request, _("Organisations"), Column(pgettext("of an organisation", "Name"), "name"),
        Column(_("Kind"), "kind"), Column(_("Area"), "area"), Column(_("Who runs it"), "operator"),
        Column(_("State"), "state"),
    )  # fmt: skip
    found = queries.organisations(request.actor, **asked, active=None, sort=table.sort)
    if asks_for_a_file(request):
        return _organisations_file(request, found.select_related("parent"))
    after: int | str = ""
    if any(asked.values()) or table.sort:
        rows, after = page_of(request, found)
        branches = [{"organisation": one, "depth": 0, "mine": one.pk in request.actor.reach} for one in rows]
    else:
        branches = queries.tree(request.actor)
    return render(
        request,
        "access/organisations.html",
        {
            "branches": branches,
            "table": table,
            "after": after,
            "filter": form,
            "may_add": request.actor.may(Permission.MANAGE_ORGANISATION),
        },
    )


def organisation(request: Any, organisation_id: UUID) -> HttpResponse:
    """What everybody in the district may know of a unit; its own people see staff and contracts too."""
    unit = queries.organisation(request.actor, organisation_id)
    actor, inside = request.actor, unit.pk in request.actor.reach
    table = staff_table(request)
    staff = queries.staff(actor, unit, at=now(), sort=table.sort) if inside else None
    if staff is not None and asks_for_a_file(request):
        return staff_file(request, unit, staff)
    shown, after = page_of(request, staff) if staff is not None else ([], "")
    seen(actor, people_among(one.account for one in shown), "access.staff")
    return render(
        request,
        "access/organisation.html",
        {
            "unit": unit,
            "inside": inside,
            "children": queries.organisations(actor, active=None).filter(parent=unit),
            "licences": queries.licences(actor, unit),
            "contracts": queries.contracts(actor, unit=unit.pk),
            "staff": shown,
            "staff_table": table,
            "after": after,
            "may_edit": actor.may(Permission.MANAGE_ORGANISATION, unit.pk),
            "may_licence": actor.may(Permission.MANAGE_LICENCES, unit.pk),
            "may_staff": actor.may(Permission.MANAGE_ACCOUNTS, unit.pk)
            or actor.may(Permission.MANAGE_SECURITY, unit.pk),
            "today": now().date(),
        },
    )


def _organisations_file(request: Any, found: Any) -> HttpResponse:
    heads = [
        _("Institution code"), pgettext("of an organisation", "Name"), _("Kind"), _("Area code"), _("Area"),
        _("Who runs it"), _("Name of the operator"), _("Belongs under"), _("Address"), _("Telephone"), _("State"),
    ]  # fmt: skip
    return as_file(request, _("organisations"), heads, found, _organisation_cells)


def _organisation_cells(one: Any) -> list[Any]:
    state = _("closed") if not one.active else _("member unit") if one.member_unit else ""
    return [
        one.code, one.name, one.get_kind_display(), one.area_id, str(one.area), one.get_operator_kind_display(),
        one.operator_name, one.parent.name if one.parent else "", one.address, one.phone, state,
    ]  # fmt: skip


@needs(Permission.MANAGE_ORGANISATION)
def add_organisation(request: Any) -> HttpResponse:
    parent_id = request.GET.get("parent") or ""
    parent = queries.internal_organisation(request.actor, _uuid(parent_id)) if parent_id else None
    start = {"area": parent.area_id, "operator_kind": parent.operator_kind} if parent else {}
    form = OrganisationForm(posted(request), initial=start, areas=queries.areas_below(request.actor.area))
    back = reverse("access:organisation", args=[parent.pk]) if parent else reverse("access:organisations")
    return form_page(
        request,
        form,
        lambda at: commands.add_organisation(by=request.actor, at=at, parent=parent, **form.cleaned_data),
        heading=_("Add an organisation under {name}").format(name=parent)
        if parent
        else _("Add an organisation"),
        submit=_("Add the organisation"),
        back=back,
    )


def _uuid(text: str) -> UUID:
    from django.http import Http404

    try:
        return UUID(text)
    except ValueError:
        raise Http404


@needs(Permission.MANAGE_ORGANISATION)
def edit_organisation(request: Any, organisation_id: UUID) -> HttpResponse:
    unit = queries.internal_organisation(request.actor, organisation_id)
    start = {name: getattr(unit, name) for name in FIELDS} | {"version": unit.version}
    form = VersionedOrganisationForm(
        posted(request), initial=start, areas=queries.areas_below(request.actor.area), fixed=("kind",)
    )
    return form_page(
        request,
        form,
        lambda at: commands.edit_organisation(
            by=request.actor, at=at, organisation=unit, **form.cleaned_data
        ),
        heading=_("Edit {name}").format(name=unit),
        submit=_("Save"),
        back=reverse("access:organisation", args=[unit.pk]),
    )


@needs(Permission.MANAGE_ORGANISATION)
def move_organisation(request: Any, organisation_id: UUID) -> HttpResponse:
    unit = queries.internal_organisation(request.actor, organisation_id)
    places = queries.organisations(request.actor).filter(pk__in=request.actor.reach).exclude(pk=unit.pk)
    form = MoveForm(posted(request), initial={"parent": unit.parent_id}, places=places)
    return form_page(
        request,
        form,
        lambda at: commands.move_organisation(
            by=request.actor, at=at, organisation=unit, **form.cleaned_data
        ),
        heading=_("Move {name}").format(name=unit),
        lead=_("Everything below it moves along. Who runs it decides who may act there."),
        submit=_("Move it"),
        back=reverse("access:organisation", args=[unit.pk]),
    )


@needs(Permission.MANAGE_ORGANISATION)
def close_organisation(request: Any, organisation_id: UUID) -> HttpResponse:
    unit = queries.internal_organisation(request.actor, organisation_id)
    form = Reason(posted(request))
    return form_page(
        request,
        form,
        lambda at: commands.close_organisation(
            by=request.actor, at=at, organisation=unit, **form.cleaned_data
        ),
        heading=_("Close {name}?").format(name=unit),
        lead=_("Its staff can no longer act for it, and no beds are offered there. It can be reopened."),
        submit=_("Close the organisation"),
        back=reverse("access:organisation", args=[unit.pk]),
        danger=True,
    )


@needs(Permission.MANAGE_ORGANISATION)
def reopen_organisation(request: Any, organisation_id: UUID) -> HttpResponse:
    unit = queries.internal_organisation(request.actor, organisation_id)
    form = Reason(posted(request))
    return form_page(
        request,
        form,
        lambda at: commands.reopen_organisation(
            by=request.actor, at=at, organisation=unit, **form.cleaned_data
        ),
        heading=_("Reopen {name}").format(name=unit),
        submit=_("Reopen the organisation"),
        back=reverse("access:organisation", args=[unit.pk]),
    )


class VersionedOrganisationForm(OrganisationForm):
    """Carries the version that was read, so that a stale page is refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from django import forms

        super().__init__(*args, **kwargs)
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)
