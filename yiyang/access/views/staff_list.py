"""Who works where: the staff of a unit, and all accounts in the actor's charge."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from yiyang.kernel.components import Column, Table
from yiyang.kernel.facts import seen
from yiyang.kernel.words import shown

from .. import queries
from ..forms import AccountFilter
from ..guards import needs
from ..permissions import Permission
from .listing import as_file, asks_for_a_file, page_of, table_of


def people_among(accounts: Iterable[Any]) -> list[UUID]:
    """Those of the accounts who have a record of their own here."""
    return [one.person_id for one in accounts if one.person_id]


def staff_table(request: Any) -> Table:
    return table_of(
        request, _("Staff"), Column(pgettext("of a person", "Name"), "name"), Column(_("Role"), "role"),
        Column(_("Post"), "post"), Column(_("State"), "state"),
    )  # fmt: skip


def staff_file(request: Any, unit: Any, staff: Any) -> HttpResponse:
    """All who work at a unit, with their roles."""
    heads = [
        _("Unit"), pgettext("of a person", "Name"), _("Login name"), _("Role"), _("Post"), _("Since"), _("Until"),
        _("State"),
    ]  # fmt: skip
    seen(request.actor, people_among(one.account for one in staff), "access.staff")
    return as_file(request, _("staff of {name}").format(name=unit.name), heads, staff, _staff_cells)


def _staff_cells(one: Any) -> list[Any]:
    state = _("locked") if one.account.locked_at else _("suspended") if one.suspended_at else _("active")
    return [
        one.organisation.name, one.account.name, one.account.login, one.role_of.name, one.post_title,
        shown(one.period.lower), shown(one.period.upper) if one.period.upper else "", state,
    ]  # fmt: skip


@needs(Permission.MANAGE_ACCOUNTS, Permission.MANAGE_SECURITY)
def accounts(request: Any) -> HttpResponse:
    form = AccountFilter(request.GET)
    table = table_of(
        request, _("Accounts"), Column(_("Login name"), "login"), Column(pgettext("of a person", "Name"), "name"),
        Column(_("Last sign-in"), "last_login"), Column(_("State"), "state"), default_sort="login",
    )  # fmt: skip
    found = queries.accounts(
        request.actor, form.cleaned_data["search"] if form.is_valid() else "", sort=table.sort
    )
    if asks_for_a_file(request):
        return _accounts_file(request, found)
    rows, after = page_of(request, found)
    seen(request.actor, people_among(rows), "access.accounts")
    return render(
        request,
        "access/accounts.html",
        {"accounts": rows, "filter": form, "table": table, "after": after},
    )


def _accounts_file(request: Any, found: Any) -> HttpResponse:
    heads = [_("Login name"), pgettext("of a person", "Name"), _("Last sign-in"), _("State")]
    seen(request.actor, people_among(found), "access.accounts")
    return as_file(request, _("accounts"), heads, found, _account_cells)


def _account_cells(one: Any) -> list[Any]:
    last = shown(one.last_login) if one.last_login else _("never")
    return [one.login, one.name, last, _("locked") if one.locked_at else _("active")]
