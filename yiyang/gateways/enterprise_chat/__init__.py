"""Messages of an application of enterprise WeChat (WeCom) to members of the organisation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from yiyang.gateways.messages.channels import Answer
from yiyang.gateways.messages.wording import text_of
from yiyang.gateways.tencent_tokens import TOKEN_OVER, TokenRefused, token
from yiyang.ops.config import config

PATIENCE = 8.0
# The member does not exist, is not in sight of the application, or everything about the request is wrong.
FINAL = frozenset({40013, 40056, 40058, 60011, 60111, 81013, 82001})


@dataclass(frozen=True)
class EnterpriseChat:
    endpoint: str
    corp_id: str
    secret: str
    agent_id: int

    def send(self, address: str, wording: str, params: dict[str, str], language: str, mark: str) -> Answer:
        message = {
            "touser": address, "msgtype": "text", "agentid": self.agent_id,
            "text": {"content": text_of(wording, params, language)}, "safe": 0, "enable_duplicate_check": 1,
            "duplicate_check_interval": 600,
        }  # fmt: skip
        try:
            answer = self._post(message)
            if answer.get("errcode") in TOKEN_OVER:
                answer = self._post(message, afresh=True)
        except TokenRefused as refused:
            return Answer(False, f"token {refused}")
        code = answer.get("errcode")
        if code == 0 and answer.get("invaliduser"):
            return Answer(False, "invaliduser", final=True)
        return Answer(code == 0, str(code), reference=str(answer.get("msgid", "")), final=code in FINAL)

    def receipt(self, address: str, reference: str, sent_at: datetime) -> bool | None:
        return None

    def _post(self, message: dict[str, Any], afresh: bool = False) -> dict[str, Any]:
        import httpx

        access = token(f"wecom:{self.corp_id}:{self.agent_id}", self._fetch, afresh=afresh)
        response = httpx.post(
            f"{self.endpoint}/cgi-bin/message/send",
            params={"access_token": access},
            json=message,
            timeout=PATIENCE,
        )
        answer: dict[str, Any] = response.raise_for_status().json()
        return answer

    def _fetch(self) -> dict[str, Any]:
        import httpx

        response = httpx.get(
            f"{self.endpoint}/cgi-bin/gettoken",
            params={"corpid": self.corp_id, "corpsecret": self.secret},
            timeout=PATIENCE,
        )
        answer: dict[str, Any] = response.raise_for_status().json()
        return answer


def from_configuration() -> EnterpriseChat | None:
    said = {
        name: config.settings[f"enterprise_chat.{name}"].value
        for name in ("endpoint", "corp_id", "secret", "agent_id")
    }
    return EnterpriseChat(**said) if said["corp_id"] else None
