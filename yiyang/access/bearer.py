"""The API asks for a Bearer token: it says who acts, and under which membership."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from ninja.security import HttpBearer

from yiyang.kernel.actors import doer
from yiyang.kernel.api.bodies import refuse_by_header
from yiyang.kernel.time import now

from .acting import HEADER, by_token
from .actors import AccountActor
from .tokens import authenticate_token


class BearerToken(HttpBearer):
    """Sets `request.actor`; where no language was asked for, the account's own is used."""

    def authenticate(self, request: Any, token: str) -> AccountActor:
        actor = authenticate_token(token, now())
        if begun := request.headers.get(HEADER):
            actor = by_token(actor, begun, request.path_info)
        request.actor = actor
        if not request.headers.get("Accept-Language"):
            translation.activate(doer(actor).account.language)  # type: ignore[attr-defined]
        refuse_by_header(request)
        return actor
