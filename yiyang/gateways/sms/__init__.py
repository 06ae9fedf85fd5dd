"""Text messages by the short message service of Alibaba Cloud (Dysmsapi 2017-05-25)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from yiyang.gateways.aliyun.calling import call
from yiyang.gateways.messages.channels import Answer
from yiyang.ops.config import config

VERSION = "2017-05-25"
# What no repetition cures: a wrong number, template, signature or key, a number that refuses.
FINAL = frozenset(
    {
        "isv.MOBILE_NUMBER_ILLEGAL",
        "isv.SMS_TEMPLATE_ILLEGAL",
        "isv.SMS_SIGNATURE_ILLEGAL",
        "isv.TEMPLATE_MISSING_PARAMETERS",
        "isv.TEMPLATE_PARAMS_ILLEGAL",
        "isv.BLACK_KEY_CONTROL_LIMIT",
        "isv.DAY_LIMIT_CONTROL",
        "InvalidAccessKeyId.NotFound",
        "SignatureDoesNotMatch",
    }
)
WAITING, NOT_DELIVERED, DELIVERED = 1, 2, 3


@dataclass(frozen=True)
class ShortMessages:
    endpoint: str
    key_id: str
    key_secret: str
    sign_name: str
    templates: dict[str, str]

    def send(self, address: str, wording: str, params: dict[str, str], language: str, mark: str) -> Answer:
        template = self.templates.get(wording)
        if template is None:
            return Answer(False, f"no template for {wording}", final=True)
        parameters = {
            "PhoneNumbers": address,
            "SignName": self.sign_name,
            "TemplateCode": template,
            "OutId": mark,
        }
        if params:
            parameters["TemplateParam"] = json.dumps(params, ensure_ascii=False)
        answer = self._call("SendSms", parameters)
        code = str(answer.get("Code", ""))
        if code == "OK":
            return Answer(True, code, reference=str(answer["BizId"]), has_receipt=True)
        return Answer(False, code, final=code in FINAL)

    def receipt(self, address: str, reference: str, sent_at: datetime) -> bool | None:
        answer = self._call(
            "QuerySendDetails",
            {
                "PhoneNumber": address, "BizId": reference, "SendDate": f"{timezone.localtime(sent_at):%Y%m%d}",
                "PageSize": "10", "CurrentPage": "1",
            },
        )  # fmt: skip
        details = (answer.get("SmsSendDetailDTOs") or {}).get("SmsSendDetailDTO") or []
        states = {one.get("SendStatus") for one in details}
        if DELIVERED in states:
            return True
        return False if states == {NOT_DELIVERED} else None

    def _call(self, action: str, parameters: dict[str, str]) -> dict[str, Any]:
        return call(
            self.endpoint, action=action, version=VERSION, parameters=parameters, key_id=self.key_id,
            key_secret=self.key_secret,
        )  # fmt: skip


def from_configuration() -> ShortMessages | None:
    said = {
        name: config.settings[f"sms.{name}"].value
        for name in ("endpoint", "key_id", "key_secret", "sign_name")
    }
    if not said["key_id"]:
        return None
    return ShortMessages(**said, templates=config.settings["sms.templates"].value)
