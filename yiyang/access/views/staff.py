"""Accounts and memberships of a unit, for those in charge of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.kernel.time import now

from .. import commands, queries
from ..forms import AccountForm, MembershipForm, Nothing, PasswordForm, Reason
from ..guards import needs
from ..permissions import Permission
from .forms_shown import form_page, posted

in_charge = needs(Permission.MANAGE_ACCOUNTS, Permission.MANAGE_SECURITY)


@in_charge
def account(request: Any, account_id: UUID) -> HttpResponse:
    shown = queries.account(request.actor, account_id)
    return render(
        request,
        "access/account.html",
        {
            "account": shown,
            "memberships": queries.staff(request.actor).filter(account=shown),
            "now": now(),
            "has_photo": bool(queries.have_photo([shown.pk])),
            "own": shown.pk == request.actor.account_id,
        },
    )


@needs(Permission.MANAGE_ACCOUNTS)
def add_account(request: Any, organisation_id: UUID) -> HttpResponse:
    unit = queries.internal_organisation(request.actor, organisation_id)
    form = AccountForm(posted(request), kind=unit.kind)
    return form_page(
        request,
        form,
        lambda at: commands.add_account(by=request.actor, at=at, organisation=unit, **form.cleaned_data),
        heading=_("New account at {name}").format(name=unit),
        submit=_("Add the account"),
        back=reverse("access:organisation", args=[unit.pk]),
    )


@in_charge
def add_membership(request: Any, organisation_id: UUID) -> HttpResponse:
    unit = queries.internal_organisation(request.actor, organisation_id)
    form = MembershipForm(
        posted(request),
        kind=unit.kind,
        accounts=queries.accounts(request.actor),
        areas=queries.areas_below(unit.area_id),
    )
    return form_page(
        request,
        form,
        lambda at: commands.add_membership(by=request.actor, at=at, organisation=unit, **form.cleaned_data),
        heading=_("Another role at {name}").format(name=unit),
        submit=_("Give the role"),
        back=reverse("access:organisation", args=[unit.pk]),
    )


@in_charge
def end_membership(request: Any, membership_id: UUID) -> HttpResponse:
    return _membership_page(
        request, membership_id, commands.end_membership, Reason,
        _("End “{role}”?"), _("The account no longer acts in this role. What it did stays."), _("End the role"),
    )  # fmt: skip


@in_charge
def suspend_membership(request: Any, membership_id: UUID) -> HttpResponse:
    return _membership_page(
        request, membership_id, commands.suspend_membership, Reason,
        _("Suspend “{role}”?"), _("Until it is resumed the account cannot act in this role."),
        _("Suspend the role"),
    )  # fmt: skip


@in_charge
def resume_membership(request: Any, membership_id: UUID) -> HttpResponse:
    return _membership_page(
        request, membership_id, commands.resume_membership, Nothing,
        _("Resume “{role}”"), _("The account can act in this role again."), _("Resume the role"),
    )  # fmt: skip


def _membership_page(
    request: Any, membership_id: UUID, run: Any, form_class: Any, heading: str, lead: str, submit: str
) -> HttpResponse:
    membership = queries.membership(request.actor, membership_id)
    form = form_class(posted(request))
    return form_page(
        request,
        form,
        lambda at: run(by=request.actor, at=at, membership=membership, **form.cleaned_data),
        heading=heading.format(role=membership),
        lead=f"{membership.account.name}: {lead}",
        submit=submit,
        back=reverse("access:account", args=[membership.account_id]),
        danger=form_class is Reason,
    )


@in_charge
def reset_password(request: Any, account_id: UUID) -> HttpResponse:
    return _account_page(
        request, account_id, commands.reset_password, PasswordForm(posted(request)),
        _("New password for {name}"), _("The present one stops working and open sessions end."),
        _("Set the password"),
    )  # fmt: skip


@in_charge
def lock_account(request: Any, account_id: UUID) -> HttpResponse:
    return _account_page(
        request, account_id, commands.lock_account, Reason(posted(request)),
        _("Lock the account of {name}?"), _("Nobody can sign in with it; open sessions and tokens stop at once."),
        _("Lock the account"), danger=True,
    )  # fmt: skip


@in_charge
def unlock_account(request: Any, account_id: UUID) -> HttpResponse:
    return _account_page(
        request, account_id, commands.unlock_account, Nothing(posted(request)),
        _("Unlock the account of {name}"), "", _("Unlock the account"),
    )  # fmt: skip


def _account_page(
    request: Any,
    account_id: UUID,
    run: Any,
    form: Any,
    heading: str,
    lead: str,
    submit: str,
    danger: bool = False,
) -> HttpResponse:
    account = queries.account(request.actor, account_id)
    return form_page(
        request,
        form,
        lambda at: run(by=request.actor, at=at, account=account, **form.cleaned_data),
        heading=heading.format(name=account.name),
        lead=lead,
        submit=submit,
        back=reverse("access:account", args=[account.pk]),
        danger=danger,
    )
