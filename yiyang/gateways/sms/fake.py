"""The short message service as its public documentation describes it: what it demands, what it answers."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from yiyang.gateways.aliyun.fake import Gate
from yiyang.gateways.fake_server import Answer, Asked

MAINLAND = re.compile(r"(?:\+86|\+|0086|86)?1[3-9]\d{9}")


@dataclass
class FakeShortMessages:
    """Template codes with the names that each must be filled with; numbers that never answer."""

    gate: Gate
    sign_name: str
    templates: dict[str, set[str]]
    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: int = 3
    refuse_with: str = ""

    def __call__(self, asked: Asked) -> Answer:
        refused = self.gate.refusal(asked)
        if refused:
            return refused
        if asked.headers["x-acs-version"] != "2017-05-25":
            return 400, _said("InvalidVersion")
        action = asked.headers["x-acs-action"]
        if action == "SendSms":
            return 200, self._send(asked.query)
        if action == "QuerySendDetails":
            return 200, self._details(asked.query)
        return 404, _said("InvalidAction.NotFound")

    def _send(self, query: dict[str, str]) -> dict[str, Any]:
        if self.refuse_with:
            return _said(self.refuse_with)
        for name in ("PhoneNumbers", "SignName", "TemplateCode"):
            if not query.get(name):
                return _said(f"Missing{name}")
        if not all(MAINLAND.fullmatch(one) for one in query["PhoneNumbers"].split(",")):
            return _said("isv.MOBILE_NUMBER_ILLEGAL")
        if query["SignName"] != self.sign_name:
            return _said("isv.SMS_SIGNATURE_ILLEGAL")
        if query["TemplateCode"] not in self.templates:
            return _said("isv.SMS_TEMPLATE_ILLEGAL")
        try:
            params = json.loads(query.get("TemplateParam", "{}"))
        except json.JSONDecodeError:
            return _said("isv.INVALID_JSON_PARAM")
        if set(params) < self.templates[query["TemplateCode"]]:
            return _said("isv.TEMPLATE_MISSING_PARAMETERS")
        reference = f"{len(self.sent) + 1}^0"
        self.sent[reference] = {**query, "TemplateParam": params}
        return {**_said("OK"), "BizId": reference}

    def _details(self, query: dict[str, str]) -> dict[str, Any]:
        needed = ("PhoneNumber", "SendDate", "PageSize", "CurrentPage")
        if not all(query.get(name) for name in needed) or not re.fullmatch(r"\d{8}", query["SendDate"]):
            return _said("isp.PARAMETER_ERROR")
        if not 1 <= int(query["PageSize"]) <= 50:
            return _said("isp.PAGE_SIZE_ERROR")
        found = [one for key, one in self.sent.items() if key == query.get("BizId")]
        rows = [
            {"PhoneNum": one["PhoneNumbers"], "SendStatus": self.status, "OutId": one.get("OutId", "")}
            for one in found
        ]
        return {**_said("OK"), "TotalCount": len(rows), "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}}


def _said(code: str) -> dict[str, Any]:
    return {"Code": code, "Message": code, "RequestId": "FAKE"}
