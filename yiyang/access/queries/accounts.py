from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from yiyang.kernel.time import now

from ..models import Account, ApiToken, Membership, Organisation
from ..permissions import Permission
from .ordering import in_order

STAFF_COLUMNS = {"name": "account__name", "role": "role", "post": "post_title", "state": "suspended_at"}
COLUMNS = {"login": "login", "name": "name", "last_login": "last_login", "state": "locked_at"}


def staff(
    actor: Any, unit: Organisation | None = None, *, at: datetime | None = None, sort: str = ""
) -> QuerySet[Membership]:
    """Memberships in the actor's reach; live ones when `at` is given."""
    found = Membership.objects.select_related("account", "organisation", "area")
    if not actor.sees_all:
        found = found.filter(organisation__in=actor.reach)
    if unit is not None:
        found = found.filter(organisation=unit)
    if at is not None:
        found = found.filter(Q(period__contains=at) | Q(period__startswith__gt=at))
    return in_order(found.order_by("organisation__name_zh", "account__name", "id"), sort, STAFF_COLUMNS)


def staff_accounts(actor: Any) -> QuerySet[Account]:
    """Those whom `staff` names, each once: the names that lists of staff show."""
    return Account.objects.filter(pk__in=staff(actor).order_by().values("account_id"))


def accounts(actor: Any, search: str = "", sort: str = "") -> QuerySet[Account]:
    """Accounts of those who work in the actor's reach, for those in charge of accounts; nobody else's."""
    if actor.sees_all:
        found = Account.objects.all()
    elif actor.may(Permission.MANAGE_ACCOUNTS) or actor.may(Permission.MANAGE_SECURITY):
        within = Membership.objects.filter(organisation__in=actor.reach)
        found = Account.objects.filter(pk__in=within.values("account_id"))
    else:
        found = Account.objects.none()
    if search:
        found = found.filter(Q(login__icontains=search) | Q(name__icontains=search))
    return in_order(found.order_by("login"), sort, COLUMNS)


def account(actor: Any, account_id: UUID) -> Account:
    found: Account = get_object_or_404(accounts(actor), pk=account_id)
    return found


def membership(actor: Any, membership_id: UUID) -> Membership:
    found: Membership = get_object_or_404(staff(actor), pk=membership_id)
    return found


def memberships_of(account: Account, at: datetime | None = None) -> QuerySet[Membership]:
    found = Membership.objects.filter(account=account).select_related("organisation", "area")
    return found.filter(period__contains=at) if at else found


def tokens_of(actor: Any) -> QuerySet[ApiToken]:
    """The actor's own tokens that still work."""
    return ApiToken.objects.filter(
        account_id=actor.account_id, client=None, revoked_at=None, expires_at__gt=now()
    ).select_related("membership__organisation")


def token(actor: Any, token_id: UUID) -> ApiToken:
    found: ApiToken = get_object_or_404(tokens_of(actor), pk=token_id)
    return found


def works_for(account_id: UUID, unit_id: UUID, at: datetime) -> bool:
    """Whether the account has a live role at the unit, or at an organisation above it, at an instant."""
    above = Organisation.objects.values_list("path", flat=True).filter(pk=unit_id).first() or []
    return Membership.objects.filter(
        account_id=account_id, organisation__in=above, period__contains=at, suspended_at=None
    ).exists()


def account_name(account_id: UUID) -> str:
    """The name of an account; empty for none."""
    return Account.objects.values_list("name", flat=True).filter(pk=account_id).first() or ""


def colleagues(unit_id: UUID, at: datetime) -> QuerySet[Account]:
    """Those who work for a unit, or for what stands above it, by name: who can be on duty there."""
    above = Organisation.objects.values_list("path", flat=True).filter(pk=unit_id).first() or []
    live = Membership.objects.filter(organisation__in=above, period__contains=at, suspended_at=None)
    return Account.objects.filter(pk__in=live.values("account_id"), locked_at=None).order_by("name", "login")


def role_held(unit_id: UUID, roles: Sequence[str], at: datetime) -> str:
    """The first of these roles that somebody holds at the unit now; empty when nobody does."""
    held = set(
        Membership.objects.filter(
            organisation=unit_id, role__in=roles, period__contains=at, suspended_at=None
        ).values_list("role", flat=True)
    )
    return next((role for role in roles if role in held), "")


def names_in(unit_id: UUID, role: str, at: datetime) -> list[str]:
    """Who holds this role at the unit now."""
    held = Membership.objects.filter(organisation=unit_id, role=role, period__contains=at, suspended_at=None)
    return list(held.order_by("account__name").values_list("account__name", flat=True))
