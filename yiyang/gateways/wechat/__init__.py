"""Template messages of a WeChat official account (service account) to those who linked their WeChat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from yiyang.gateways.messages.channels import Answer
from yiyang.gateways.tencent_tokens import TOKEN_OVER, TokenRefused, token
from yiyang.ops.config import config

PATIENCE = 8.0
# Wrong template, wrong person, or a person who no longer follows the account.
FINAL = frozenset({40003, 40037, 43004, 43101, 47003})


@dataclass(frozen=True)
class OfficialAccount:
    endpoint: str
    open_endpoint: str
    app_id: str
    app_secret: str
    templates: dict[str, str]
    home: str = ""

    def send(self, address: str, wording: str, params: dict[str, str], language: str, mark: str) -> Answer:
        template = self.templates.get(wording)
        if template is None:
            return Answer(False, f"no template for {wording}", final=True)
        message: dict[str, Any] = {
            "touser": address,
            "template_id": template,
            "client_msg_id": mark[:32],
            "data": {name: {"value": value} for name, value in params.items()},
        }
        if self.home:
            message["url"] = self.home
        try:
            answer = self._post(message)
            if answer.get("errcode") in TOKEN_OVER:
                answer = self._post(message, afresh=True)
        except TokenRefused as refused:
            return Answer(False, f"token {refused}")
        code = answer.get("errcode")
        return Answer(code == 0, str(code), reference=str(answer.get("msgid", "")), final=code in FINAL)

    def receipt(self, address: str, reference: str, sent_at: datetime) -> bool | None:
        return None

    def authorization_address(self, back: str, state: str) -> str:
        """Where the person's own WeChat says who they are, without a question (snsapi_base)."""
        query = urlencode(
            {
                "appid": self.app_id, "redirect_uri": back, "response_type": "code", "scope": "snsapi_base",
                "state": state,
            }
        )  # fmt: skip
        return f"{self.open_endpoint}/connect/oauth2/authorize?{query}#wechat_redirect"

    def open_id(self, code: str) -> str:
        """Who came back from there; empty when the code is no good."""
        answer = self._get(
            "/sns/oauth2/access_token", appid=self.app_id, secret=self.app_secret, code=code,
            grant_type="authorization_code",
        )  # fmt: skip
        return str(answer.get("openid", ""))

    def _post(self, message: dict[str, Any], afresh: bool = False) -> dict[str, Any]:
        import httpx

        access = token(f"wechat:{self.app_id}", self._fetch, afresh=afresh)
        response = httpx.post(
            f"{self.endpoint}/cgi-bin/message/template/send",
            params={"access_token": access},
            json=message,
            timeout=PATIENCE,
        )
        answer: dict[str, Any] = response.raise_for_status().json()
        return answer

    def _fetch(self) -> dict[str, Any]:
        return self._get(
            "/cgi-bin/token", grant_type="client_credential", appid=self.app_id, secret=self.app_secret
        )

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        import httpx

        response = httpx.get(f"{self.endpoint}{path}", params=query, timeout=PATIENCE)
        answer: dict[str, Any] = response.raise_for_status().json()
        return answer


def from_configuration() -> OfficialAccount | None:
    names = ("endpoint", "open_endpoint", "app_id", "app_secret", "templates", "home")
    said = {name: config.settings[f"wechat.{name}"].value for name in names}
    return OfficialAccount(**said) if said["app_id"] else None
