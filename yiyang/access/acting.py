"""Acting for somebody at a counter or by telephone: a request is then that elder's or relative's own.

What an assistance is, and whether it still lasts, is known above, which registers one function here. It is bound to
the session or the token that began it. When its time is over nothing can be sent until it is ended, so that nothing
is done in the wrong name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.middleware.csrf import rotate_token
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.refusals import Refusal

from .actors import AccountActor, AssistedActor
from .models import Account

IN_SESSION = "assistance"
HEADER = "Acting-For"
# Where somebody who is served at a counter may go: their own pages, and the way out.
OPEN = ("portals:", "people:", "beds:", "devices:", "kernel:")
OPEN_TOO = {"account_logout", "access:inbox", "access:pressing_notices", "access:stay_signed_in"}


CLOSED_TO_PROGRAMS = ("/api/tokens", "/api/apps", "/api/accounts", "/api/memberships")


class ActingIsOver(Refusal):
    message = _(
        "The time for acting on this person's behalf is over. Nothing was saved. End it, and begin again if the "
        "person is still there."
    )
    status = 403


class NotWhileActing(Refusal):
    message = _("You are acting for somebody else. End that first, then open your own page.")
    status = 403


@dataclass(frozen=True)
class Standing:
    """For whom somebody acts, as an assistance that still lasts tells it."""

    person_id: UUID
    account_id: UUID | None  # None: an elder without an account
    name: str
    role: str
    how: str
    told: dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """What stands above every page meanwhile."""

    name: str
    how: str
    until: datetime
    url: str
    over: bool = False


Find = Callable[[AccountActor, UUID, str], "tuple[Standing | None, Bar | None]"]
_find: Find | None = None


def register_assistance(find: Find) -> None:
    """Say how to find what an assistance allows now, and what its bar says."""
    global _find
    _find = find


def in_session(request: Any, staff: AccountActor) -> AccountActor:
    """The actor of a request: whoever is served, or the member of staff."""
    begun = request.session.get(IN_SESSION)
    if not begun or _find is None:
        return staff
    standing, request.acting = _find(staff, UUID(begun), mark_of(request))
    return stand_in(staff, standing) if standing else staff


def by_token(staff: AccountActor, begun: str, path: str) -> AccountActor:
    """The actor of a request to the API that says for whom it acts."""
    if path.startswith(CLOSED_TO_PROGRAMS):
        raise NotWhileActing
    try:
        standing = _find(staff, UUID(begun), token_mark(staff))[0] if _find else None
    except ValueError:
        standing = None
    if standing is None:
        raise ActingIsOver
    return stand_in(staff, standing)


def stand_in(staff: AccountActor, standing: Standing) -> AssistedActor:
    """The elder or relative, without anything of their account but its name and what it is entrusted with."""
    account = Account.objects.filter(pk=standing.account_id).first() if standing.account_id else None
    if account is None:
        account = Account(pk=standing.person_id, kind="ELDER", name=standing.name, language="zh-hans")
    if standing.role == "ELDER":
        account.person_id = standing.person_id
    return AssistedActor(
        account,
        token_id=staff.token_id,
        assistant=staff,
        assistance=standing.told,
        as_role=standing.role,
        only=standing.person_id,
        how=standing.how,
    )


def begin(request: Any, assistance_id: UUID) -> None:
    """From now on this session acts for somebody; forms that were opened before are not taken any more."""
    request.session[IN_SESSION] = str(assistance_id)
    rotate_token(request)


def end(request: Any) -> None:
    """The session acts for its own account again; forms that were opened meanwhile are not taken any more."""
    request.session.pop(IN_SESSION, None)
    rotate_token(request)


def mark_of(request: Any) -> str:
    """What an assistance is bound to: this session, which nobody can tell from the mark."""
    return "session:" + hashlib.sha256(str(request.session.session_key).encode()).hexdigest()[:40]


def token_mark(staff: AccountActor) -> str:
    return f"token:{staff.token_id}"


def closed_meanwhile(request: Any, view_name: str) -> Refusal | None:
    """What a request may not do while its session acts for somebody, or did until a moment ago."""
    bar = getattr(request, "acting", None)
    if bar is None or view_name == "people:end_assistance":
        return None
    if bar.over:
        sends = request.method not in ("GET", "HEAD") and view_name != "account_logout"
        return ActingIsOver() if sends else None
    if view_name.startswith(OPEN) or view_name in OPEN_TOO:
        return None
    return NotWhileActing()
