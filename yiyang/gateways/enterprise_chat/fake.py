"""Enterprise WeChat as its public documentation describes gettoken and message/send."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from yiyang.gateways.fake_server import Answer, Asked


@dataclass
class FakeEnterpriseChat:
    corp_id: str
    secret: str
    agent_id: int
    members: set[str]
    tokens: list[str] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/cgi-bin/gettoken" and asked.method == "GET":
            return 200, self._token(asked.query)
        if asked.path == "/cgi-bin/message/send" and asked.method == "POST":
            return 200, self._send(asked)
        return 404, {}

    def _token(self, query: dict[str, str]) -> dict[str, Any]:
        if query.get("corpid") != self.corp_id:
            return {"errcode": 40013, "errmsg": "invalid corpid"}
        if query.get("corpsecret") != self.secret:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self.tokens.append(f"token-{len(self.tokens) + 1}")
        return {"errcode": 0, "errmsg": "ok", "access_token": self.tokens[-1], "expires_in": 7200}

    def _send(self, asked: Asked) -> dict[str, Any]:
        if not self.tokens or asked.query.get("access_token") != self.tokens[-1]:
            return {"errcode": 40014, "errmsg": "invalid access_token"}
        message = asked.json
        if message.get("agentid") != self.agent_id:
            return {"errcode": 40056, "errmsg": "invalid agentid"}
        if message.get("msgtype") != "text":
            return {"errcode": 40008, "errmsg": "invalid message type"}
        content = message.get("text", {}).get("content", "")
        if not content or len(content.encode()) > 2048:
            return {"errcode": 44004, "errmsg": "content is empty or too long"}
        wanted = message.get("touser", "").split("|")
        known = [one for one in wanted if one in self.members]
        if not known:
            return {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
        self.sent.append(message)
        unknown = [one for one in wanted if one not in self.members]
        return {"errcode": 0, "errmsg": "ok", "invaliduser": "|".join(unknown), "msgid": str(len(self.sent))}
