"""A card opens nothing any more: who can make a new one is told, and its owner, neutrally."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from yiyang.kernel.actors import Actor

from ..models import Account
from ..permissions import Permission
from ..serving import accounts_in_role, roles_at
from .notices import notify


def tell_of_card(account: Account, what: str, *, by: Actor, at: datetime) -> None:
    """`what`: locked or lost. Nothing outside the pages says more than that there is something to read."""
    key = f"card_{what}:{account.pk}:{at:%Y%m%d%H%M%S%f}"
    told: dict[str, Any] = {
        "by": by, "at": at, "subject": f"access.card_{what}", "params": {"name": account.name},
        "link": reverse("access:family_account", args=[account.pk]), "remind": True,
    }  # fmt: skip
    unit = account.opened_by_organisation
    roles = roles_at(unit.pk, Permission.MANAGE_FAMILY_SIGN_IN, at) if unit else []
    for role in roles:
        notify(**told, organisation=unit, role=role, key=f"{key}:{role}")
    if not roles:
        for account_id in accounts_in_role("SECURITY_ADMINISTRATOR", unit.area_id if unit else ""):
            notify(**told, account=account_id, key=f"{key}:{account_id}")
    notify(
        by=by, at=at, subject=f"access.own_card_{what}", account=account, key=key,
        link=reverse("access:my_account"),
    )  # fmt: skip
