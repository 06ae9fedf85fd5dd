"""The voice service as its public documentation describes it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from yiyang.gateways.aliyun.fake import Gate
from yiyang.gateways.fake_server import Answer, Asked

NUMBER = re.compile(r"1[3-9]\d{9}|0\d{9,11}")


@dataclass
class FakeVoiceCalls:
    """`taken`: whether somebody takes the call; None while it rings."""

    gate: Gate
    templates: dict[str, set[str]]
    taken: bool | None = True
    calls: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __call__(self, asked: Asked) -> Answer:
        refused = self.gate.refusal(asked)
        if refused:
            return refused
        if asked.headers["x-acs-version"] != "2017-05-25":
            return 400, _said("InvalidVersion")
        action = asked.headers["x-acs-action"]
        if action == "SingleCallByTts":
            return 200, self._dial(asked.query)
        if action == "QueryCallDetailByCallId":
            return 200, self._detail(asked.query)
        return 404, _said("InvalidAction.NotFound")

    def _dial(self, query: dict[str, str]) -> dict[str, Any]:
        if not NUMBER.fullmatch(query.get("CalledNumber", "")):
            return _said("isv.MOBILE_NUMBER_ILLEGAL")
        if query.get("TtsCode") not in self.templates:
            return _said("isv.TTS_TEMPLATE_ILLEGAL")
        if not 1 <= int(query.get("PlayTimes", "3")) <= 3 or len(query.get("OutId", "")) > 15:
            return _said("isv.INVALID_PARAMETERS")
        params = json.loads(query.get("TtsParam", "{}"))
        if set(params) != self.templates[query["TtsCode"]]:
            return _said("isv.INVALID_PARAMETERS")
        call_id = f"{len(self.calls) + 1}^{query['CalledNumber'][-4:]}"
        self.calls[call_id] = {**query, "TtsParam": params}
        return {**_said("OK"), "CallId": call_id}

    def _detail(self, query: dict[str, str]) -> dict[str, Any]:
        if query.get("ProdId") != "11000000300006" or not re.fullmatch(r"\d{13}", query.get("QueryDate", "")):
            return _said("isv.INVALID_PARAMETERS")
        if query.get("CallId") not in self.calls or self.taken is None:
            return _said("OK")
        detail = {"state": "200000" if self.taken else "502", "duration": 12 if self.taken else 0}
        return {**_said("OK"), "Data": json.dumps(detail)}


def _said(code: str) -> dict[str, Any]:
    return {"Code": code, "Message": code, "RequestId": "FAKE"}
