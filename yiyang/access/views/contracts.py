from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.kernel.components import Column
from yiyang.kernel.components.lists import Entry
from yiyang.kernel.time import now

from .. import commands, contract_panels, queries
from ..forms import ContractFilter, ContractForm, DraftForm, Nothing, Reason
from ..guards import needs
from ..models import Contract, Organisation
from ..models.contracts import ContractState, Direction
from ..permissions import Permission
from .forms_shown import form_page, posted
from .listing import as_file, asks_for_a_file, day, page_of, table_of


def contracts(request: Any) -> HttpResponse:
    form = ContractFilter(request.GET)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    table = table_of(
        request, _("Contracts"), Column(_("Between"), "first"), Column(_("Kinds of beds")),
        Column(_("Valid"), "valid"), Column(_("State"), "state"),
    )  # fmt: skip
    found = queries.contracts(request.actor, state=state, sort=table.sort)
    if asks_for_a_file(request):
        return _file(request, found)
    rows, after = page_of(request, found)
    return render(
        request,
        "access/contracts.html",
        {
            "contracts": rows,
            "table": table,
            "after": after,
            "filter": form,
            "today": now().date(),
            "may_draft": request.actor.may(Permission.MANAGE_CONTRACTS),
        },
    )


def _file(request: Any, found: Any) -> HttpResponse:
    heads = [
        _("Contract number"), _("First unit"), _("Second unit"), _("Kinds of beds"), _("Directions"),
        _("Valid from"), _("Valid until (exclusive)"), _("State"), _("Persons a day at most"),
        _("Designated order"), _("Routine"), _("Urgent"), _("Emergency"),
    ]  # fmt: skip
    return as_file(request, pgettext("name of a file", "contracts"), heads, found, _cells)


def _cells(one: Contract) -> list[Any]:
    return [
        one.number, one.first.name, one.second.name, "、".join(str(kind.label) for kind in one.kinds),
        "、".join(str(Direction(way).label) for way in one.directions), day(one.valid.lower), day(one.valid.upper),
        ContractState(one.state).label, one.daily_quota, one.designated_order, one.routine_minutes,
        one.urgent_minutes, one.emergency_minutes,
    ]  # fmt: skip


def contract(request: Any, contract_id: UUID) -> HttpResponse:
    shown = queries.contract(request.actor, contract_id)
    may = any(_speaks_for(request.actor, party) for party in (shown.first, shown.second))
    return render(
        request,
        "access/contract.html",
        {
            "contract": shown,
            "history": [_entry(status) for status in reversed(shown.statuses.all())],
            "to_sign": _to_sign(request.actor, shown),
            "may_edit": may
            and shown.state == "DRAFT"
            and not (shown.first_signed_at or shown.second_signed_at),
            "may_suspend": may and shown.state == "SIGNED",
            "may_resume": may and shown.state == "SUSPENDED",
            "may_end": may and shown.state != "ENDED",
            "may_see_papers": may,
            "papers": queries.papers(shown) if may else [],
            "panels": contract_panels.drawn(request, shown),
            "today": now().date(),
        },
    )


def _entry(status: Any) -> Entry:
    return Entry(ContractState(status.state).label, status.at, status.by_label, status.reason)


def _speaks_for(actor: Any, party: Organisation) -> bool:
    return bool(actor.may(Permission.MANAGE_CONTRACTS, party.pk))


def _to_sign(actor: Any, contract: Contract) -> list[Organisation]:
    """The parties that have not signed and for which the actor may sign."""
    if contract.state != "DRAFT":
        return []
    open_parties = [
        party
        for party, signed in (
            (contract.first, contract.first_signed_at),
            (contract.second, contract.second_signed_at),
        )
        if not signed
    ]
    return [party for party in open_parties if _speaks_for(actor, party)]


@needs(Permission.MANAGE_CONTRACTS)
def draft_contract(request: Any) -> HttpResponse:
    everyone = queries.units(request.actor)
    form = DraftForm(posted(request), mine=everyone.filter(pk__in=request.actor.reach), all_units=everyone)
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                made = commands.draft_contract(
                    by=request.actor,
                    at=now(),
                    first=form.cleaned_data["first"],
                    second=form.cleaned_data["second"],
                    terms=form.terms,
                )
                return redirect("access:contract", made.pk)
    return render(
        request,
        "access/form.html",
        {
            "form": form,
            "heading": _("Draft a contract"),
            "lead": _("Nothing holds until both units have signed."),
            "submit": _("Save the draft"),
            "back": reverse("access:contracts"),
        },
    )


@needs(Permission.MANAGE_CONTRACTS)
def edit_contract(request: Any, contract_id: UUID) -> HttpResponse:
    contract = queries.contract(request.actor, contract_id)
    form = VersionedContractForm(posted(request), initial=_start(contract))
    return form_page(
        request,
        form,
        lambda at: commands.edit_contract(
            by=request.actor, at=at, contract=contract, terms=form.terms, version=form.cleaned_data["version"]
        ),
        heading=_("Edit the draft"),
        lead=str(contract),
        submit=_("Save the draft"),
        back=reverse("access:contract", args=[contract.pk]),
    )


def _start(contract: Contract) -> dict[str, Any]:
    start = {name: getattr(contract, name, None) for name in commands.ContractTerms.__dataclass_fields__}
    start["valid_from"], start["valid_to"] = contract.valid.lower, contract.valid.upper
    start["service_items"] = "\n".join(contract.service_items)
    return {**start, "version": contract.version}


@needs(Permission.MANAGE_CONTRACTS)
def sign_contract(request: Any, contract_id: UUID, party_id: UUID) -> HttpResponse:
    contract = queries.contract(request.actor, contract_id)
    party = queries.internal_organisation(request.actor, party_id)
    return form_page(
        request,
        Nothing(posted(request)),
        lambda at: commands.sign_contract(by=request.actor, at=at, contract=contract, party=party),
        heading=_("Sign for {name}?").format(name=party),
        lead=_("The terms can no longer change. They hold once the other unit has signed too."),
        submit=_("Sign the contract"),
        back=reverse("access:contract", args=[contract.pk]),
    )


@needs(Permission.MANAGE_CONTRACTS)
def suspend_contract(request: Any, contract_id: UUID) -> HttpResponse:
    return _step(
        request, contract_id, commands.suspend_contract, _("Suspend this contract?"),
        _("No new routine transfers under it until it is resumed. Those that run go on. Both units are told."),
        _("Suspend the contract"),
    )  # fmt: skip


@needs(Permission.MANAGE_CONTRACTS)
def resume_contract(request: Any, contract_id: UUID) -> HttpResponse:
    return _step(
        request, contract_id, commands.resume_contract, _("Resume this contract"), "",
        _("Resume the contract"), danger=False,
    )  # fmt: skip


@needs(Permission.MANAGE_CONTRACTS)
def end_contract(request: Any, contract_id: UUID) -> HttpResponse:
    return _step(
        request, contract_id, commands.end_contract, _("End this contract?"),
        _("It ends now and cannot be resumed. Both units are told."), _("End the contract"),
    )  # fmt: skip


def _step(
    request: Any, contract_id: UUID, run: Any, heading: str, lead: str, submit: str, danger: bool = True
) -> HttpResponse:
    contract = queries.contract(request.actor, contract_id)
    form = Reason(posted(request))
    return form_page(
        request,
        form,
        lambda at: run(by=request.actor, at=at, contract=contract, **form.cleaned_data),
        heading=heading,
        lead=f"{contract}. {lead}",
        submit=submit,
        back=reverse("access:contract", args=[contract.pk]),
        danger=danger,
    )


class VersionedContractForm(ContractForm):
    """Carries the version that was read, so that a stale page is refused."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        from django import forms

        super().__init__(*args, **kwargs)
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)
