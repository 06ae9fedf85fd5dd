"""How an elder or relative came in: by a telephone or a card. When that ends, so does the session, at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth import login, logout

from yiyang.kernel.policy import policy
from yiyang.kernel.time import now

from . import commands
from .actors import AccountActor, live_memberships
from .commands.family_accounts import StaffSignsInOtherwise
from .models import AccessCard, SignInPhone

ENTRY = "entry"
BACKEND = "yiyang.access.actors.KnownAccounts"
OPENS: dict[str, Any] = {"phone": SignInPhone, "card": AccessCard}


def let_in(request: Any, way: str, by_what: Any) -> None:
    """Begin a session that ends when this telephone or card does."""
    at, account = now(), by_what.account
    if account.kind == "STAFF" or live_memberships(account.pk, at):
        raise StaffSignsInOtherwise
    login(request, account, backend=BACKEND)
    request.session[ENTRY] = f"{way}:{by_what.pk}"
    request.session.set_expiry(timedelta(days=policy("access.family_session_days", on=at.date()).value))
    commands.record_sign_in(by=AccountActor(account), at=at)


def came_as_family(request: Any) -> bool:
    return ENTRY in request.session


def still_open(request: Any) -> bool:
    """Whether what opened this session is still good; the session ends when it is not."""
    way, _, pk = request.session[ENTRY].partition(":")
    live = OPENS[way].objects.filter(pk=UUID(pk), account=request.user, ended_at=None)
    if way == "card":
        live = live.filter(expires_at__gt=now())
    if live.exists():
        return True
    logout(request)
    return False
