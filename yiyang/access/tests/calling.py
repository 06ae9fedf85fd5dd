"""Calling the API in tests, as somebody of the cast."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client

from yiyang.access.actors import AccountActor
from yiyang.access.commands.tokens import issue_token
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now


@dataclass
class Reply:
    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> str:
        return self.body["code"]

    @property
    def etag(self) -> str:
        return self.headers["ETag"]


@dataclass
class Caller:
    """Somebody with a token."""

    token: str
    language: str = "en"

    def get(self, path: str, **query: Any) -> Reply:
        return self._send("get", path, data=query)

    def post(self, path: str, told: Any = None, **headers: str) -> Reply:
        return self._with_body("post", path, told, headers)

    def patch(self, path: str, told: Any = None, **headers: str) -> Reply:
        return self._with_body("patch", path, told, headers)

    def _with_body(self, method: str, path: str, told: Any, headers: dict[str, str]) -> Reply:
        told = {} if told is None else told
        kind = headers.pop("content_type", "application/json")
        data = told if isinstance(told, bytes) else json.dumps(told).encode()
        return self._send(method, path, data=data, content_type=kind, **headers)

    def _send(self, method: str, path: str, *, data: Any, content_type: str = "", **headers: str) -> Reply:
        sent = {"Accept-Language": self.language, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        more = {"content_type": content_type} if content_type else {}
        response = getattr(Client(), method)(f"/api{path}", data, headers=sent, **more)
        kind = response.get("Content-Type", "")
        body = json.loads(response.content) if "json" in kind and response.content else response.content
        return Reply(response.status_code, body, response.headers)


def caller(actor: AccountActor, *, hours: int = 24, language: str = "en") -> Caller:
    """The actor, calling with a fresh token of its membership."""
    _token, raw = issue_token(
        by=SYSTEM, at=now(), account=actor.account, membership=actor.membership, hours=hours
    )
    return Caller(raw, language)


def nobody() -> Caller:
    return Caller("")


def expired(actor: AccountActor) -> Caller:
    from yiyang.kernel.time import clock_at

    with clock_at(now() - timedelta(days=2)):
        return caller(actor, hours=1)
