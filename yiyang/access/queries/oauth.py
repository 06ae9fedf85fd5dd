"""Programs and apps: those that an administrator keeps, and those that an account has allowed."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet
from django.shortcuts import get_object_or_404

from yiyang.kernel.time import now

from ..models import Membership, OauthClient, OauthGrant
from ..permissions import Permission
from ..roles import STAFF_ROLES


def clients(actor: Any) -> QuerySet[OauthClient]:
    """Those of the organisations in the actor's charge."""
    found = OauthClient.objects.select_related(
        "organisation", "membership__account", "membership__organisation"
    )
    found = found.annotate(last_used_at=Max("tokens__last_used_at"))
    if actor.sees_all:
        return found
    return found.filter(organisation__in=actor.reach) if actor.may(Permission.MANAGE_APPS) else found.none()


def client(actor: Any, client_id: UUID) -> OauthClient:
    found: OauthClient = get_object_or_404(clients(actor), pk=client_id)
    return found


def clinical_memberships(actor: Any, at: datetime) -> QuerySet[Membership]:
    """The roles in the actor's charge that read records: as one of them a program may act."""
    reading = [role.code for role in STAFF_ROLES if Permission.READ_RECORD in role.permissions]
    live = Membership.objects.filter(
        period__contains=at, suspended_at=None, account__locked_at=None, role__in=reading
    )
    if not actor.sees_all:
        live = live.filter(organisation__in=actor.reach)
    return live.select_related("organisation", "account").order_by("organisation__name_zh", "account__name")


def programs_of(actor: Any) -> QuerySet[OauthClient]:
    """The programs that act as this account."""
    return OauthClient.objects.filter(membership__account=actor.account_id, stopped_at=None).select_related(
        "membership__organisation"
    )


def grants(actor: Any) -> QuerySet[OauthGrant]:
    """What the account allows now."""
    found = OauthGrant.objects.filter(account=actor.account_id, ended_at=None, expires_at__gt=now())
    return found.select_related("client", "membership__organisation").annotate(
        last_used_at=Max("tokens__last_used_at")
    )


def grant(actor: Any, grant_id: UUID) -> OauthGrant:
    found: OauthGrant = get_object_or_404(grants(actor), pk=grant_id)
    return found
