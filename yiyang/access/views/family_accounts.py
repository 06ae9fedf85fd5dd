"""The counter's pages about the sign-in of elders and families."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from yiyang.kernel.time import now

from .. import commands, queries
from ..family_forms import FamilyAccountForm, FamilyFilter, IdentityForm, OwnPhoneForm
from ..forms import Nothing
from ..guards import needs
from ..permissions import Permission
from .forms_shown import form_page, posted

at_the_counter = needs(Permission.MANAGE_FAMILY_SIGN_IN)


@at_the_counter
def family_accounts(request: Any) -> HttpResponse:
    form = FamilyFilter(request.POST if request.method == "POST" else None)
    search = form.cleaned_data["search"] if form.is_bound and form.is_valid() else ""
    found = queries.family_accounts(request.actor, search)
    return render(request, "access/family_accounts.html", {"accounts": found, "filter": form})


@at_the_counter
def family_account(request: Any, account_id: UUID) -> HttpResponse:
    shown = queries.family_account(request.actor, account_id)
    return render(
        request,
        "access/family_account.html",
        {
            "account": shown,
            "phone": next(iter(shown.live_phones), None),
            "card": next(iter(shown.live_cards), None),
        },
    )


@at_the_counter
def open_family_account(request: Any) -> HttpResponse:
    form = FamilyAccountForm(posted(request))
    if request.method == "POST":
        with form.refusals():
            if form.is_valid():
                account = commands.open_family_account(
                    by=request.actor, at=now(), organisation=request.actor.organisation, **form.cleaned_data
                )
                return redirect("access:family_account", account.pk)
    context = {
        "form": form,
        "heading": _("Open the sign-in of a relative"),
        "lead": _(
            "One login serves all parents and parents-in-law. It shows a record only after somebody entrusted it."
        ),
        "submit": _("Open it"),
        "back": reverse("access:family_accounts"),
    }
    return render(request, "access/form.html", context)


@at_the_counter
def change_sign_in_phone(request: Any, account_id: UUID) -> HttpResponse:
    return _page(
        request, account_id, commands.change_sign_in_phone, OwnPhoneForm(posted(request)),
        _("Telephone of {name}"), _("Codes go to this number from now on. The former one opens nothing any more."),
        _("Take this telephone"),
    )  # fmt: skip


@at_the_counter
def end_sign_in_phone(request: Any, account_id: UUID) -> HttpResponse:
    return _page(
        request, account_id, commands.end_sign_in_phone, Nothing(posted(request)),
        _("Let the telephone of {name} open nothing?"),
        _("For a telephone that was lost or given away. Open sessions end at once; nothing else is lost."),
        _("End it now"), danger=True,
    )  # fmt: skip


@at_the_counter
def unlock_sign_in_phone(request: Any, account_id: UUID) -> HttpResponse:
    return _page(
        request, account_id, commands.unlock_sign_in_phone, IdentityForm(posted(request)),
        _("Unlock the telephone of {name}"), _("Codes are sent to it again."), _("Unlock the telephone"),
    )  # fmt: skip


def _page(
    request: Any,
    account_id: UUID,
    run: Any,
    form: Any,
    heading: str,
    lead: str,
    submit: str,
    danger: bool = False,
) -> HttpResponse:
    account = queries.family_account(request.actor, account_id)
    return form_page(
        request,
        form,
        lambda at: run(by=request.actor, at=at, account=account, **form.cleaned_data),
        heading=heading.format(name=account.name),
        lead=lead,
        submit=submit,
        back=reverse("access:family_account", args=[account.pk]),
        danger=danger,
    )
