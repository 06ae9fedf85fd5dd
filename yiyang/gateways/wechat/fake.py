"""A WeChat official account as its public documentation describes token, template message and web authorisation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from yiyang.gateways.fake_server import Answer, Asked


@dataclass
class FakeOfficialAccount:
    """Templates with the names that each is filled with; followers by openid; codes of web authorisation."""

    app_id: str
    app_secret: str
    templates: dict[str, set[str]]
    followers: set[str]
    codes: dict[str, str] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/cgi-bin/token" and asked.method == "GET":
            return 200, self._token(asked.query)
        if asked.path == "/cgi-bin/message/template/send" and asked.method == "POST":
            return 200, self._send(asked)
        if asked.path == "/sns/oauth2/access_token" and asked.method == "GET":
            return 200, self._who(asked.query)
        return 404, {}

    def _credentials(self, query: dict[str, str]) -> dict[str, Any] | None:
        if query.get("appid") != self.app_id:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if query.get("secret") != self.app_secret:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        return None

    def _token(self, query: dict[str, str]) -> dict[str, Any]:
        wrong = self._credentials(query)
        if wrong:
            return wrong
        if query.get("grant_type") != "client_credential":
            return {"errcode": 40002, "errmsg": "invalid grant_type"}
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        return {"access_token": self.tokens[-1], "expires_in": 7200}

    def _send(self, asked: Asked) -> dict[str, Any]:
        if not self.tokens or asked.query.get("access_token") != self.tokens[-1]:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        message = asked.json
        if message.get("touser") not in self.followers:
            return {"errcode": 43004, "errmsg": "require subscribe"}
        if message.get("template_id") not in self.templates:
            return {"errcode": 40037, "errmsg": "invalid template_id"}
        data = message.get("data")
        if set(data) != self.templates[message["template_id"]] or not all(
            "value" in one for one in data.values()
        ):
            return {"errcode": 47003, "errmsg": "argument invalid"}
        if not re.fullmatch(r"[\w-]{0,32}", message.get("client_msg_id", "")):
            return {"errcode": 47003, "errmsg": "argument invalid"}
        self.sent.append(message)
        return {"errcode": 0, "errmsg": "ok", "msgid": len(self.sent)}

    def _who(self, query: dict[str, str]) -> dict[str, Any]:
        wrong = self._credentials(query)
        if wrong:
            return wrong
        if query.get("grant_type") != "authorization_code" or query.get("code") not in self.codes:
            return {"errcode": 40029, "errmsg": "invalid code"}
        return {
            "access_token": "web",
            "expires_in": 7200,
            "openid": self.codes.pop(query["code"]),
            "scope": "snsapi_base",
        }
