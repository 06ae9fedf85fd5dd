"""Who listens to events, and what each may hear."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import close_old_connections

from yiyang.access.actors import AccountActor, actor_for
from yiyang.access.middleware import MEMBERSHIP
from yiyang.access.models import Account
from yiyang.access.permissions import Permission
from yiyang.access.tokens import actor_from_token
from yiyang.kernel.time import now
from yiyang.people.models import Person

R = TypeVar("R")
ABOUT_BEDS = ("bed.", "episode.", "hold.", "leave.", "occupancy.", "offer.", "transfer.", "waiting.", "ward.")


def fresh(call: Callable[..., R], *given: Any) -> R:
    """Call something that uses the database, in a thread, and give the connection back."""
    close_old_connections()
    try:
        return call(*given)
    finally:
        close_old_connections()


@dataclass
class Listener:
    """An actor who listens, by a token or by the session of a browser."""

    actor: AccountActor
    raw_token: str = ""
    session: str = ""

    def still_there(self) -> bool:
        """Whether the token or session still holds; the actor's reach is looked up anew."""
        found = _by_token(self.raw_token) if self.raw_token else _by_session(self.session)
        if found is None:
            return False
        self.actor = found
        return True

    def words(self, rows: list[dict[str, Any]]) -> str:
        """The events of these facts that the listener may hear, as server-sent events."""
        visible = self._visible({row["person_id"] for row in rows if row["person_id"]})
        mine = self.actor.organisation_ids
        board = self.actor.may(Permission.SEE_BOARD)
        said = []
        for row in rows:
            if row["person_id"] in visible or (row["person_id"] is None and row["by_organisation"] in mine):
                told = {
                    "name": row["name"],
                    "at": row["at"].isoformat(),
                    "subject_kind": row["subject_kind"],
                    "subject_id": str(row["subject_id"] or ""),
                }
            elif board and row["name"].startswith(ABOUT_BEDS):
                told = {"name": row["name"]}
            else:
                continue
            said.append(f"id: {row['cursor']}\ndata: {json.dumps(told)}\n\n")
        return "".join(said)

    def _visible(self, persons: set[Any]) -> set[Any]:
        if not persons:
            return set()
        return set(Person.objects.visible_to(self.actor).filter(pk__in=persons).values_list("pk", flat=True))


def of(headers: dict[str, str], cookies: dict[str, str]) -> Listener | None:
    """The listener behind a request, or None."""
    scheme, _space, raw = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        actor = _by_token(raw.strip())
        return Listener(actor, raw_token=raw.strip()) if actor else None
    session = cookies.get(settings.SESSION_COOKIE_NAME, "")
    actor = _by_session(session) if session else None
    return Listener(actor, session=session) if actor else None


def _by_token(raw: str) -> AccountActor | None:
    return actor_from_token(raw, now())


def _by_session(key: str) -> AccountActor | None:
    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    account_id = store.get(SESSION_KEY)
    account = Account.objects.filter(pk=account_id, locked_at=None).first() if account_id else None
    if account is None or account.get_session_auth_hash() != store.get("_auth_user_hash"):
        return None
    return actor_for(account, now(), store.get(MEMBERSHIP))
