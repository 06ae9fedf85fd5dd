"""Calls by a voice machine of Alibaba Cloud (Dyvmsapi 2017-05-25): it reads an approved text aloud, twice."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from yiyang.gateways.aliyun.calling import call
from yiyang.gateways.messages.channels import Answer
from yiyang.ops.config import config

VERSION = "2017-05-25"
VOICE_NOTIFICATION = "11000000300006"
FINAL = frozenset(
    {
        "isv.INVALID_PARAMETERS",
        "isv.TTS_TEMPLATE_ILLEGAL",
        "isv.DISPLAY_NUMBER_ILLEGAL",
        "isv.MOBILE_NUMBER_ILLEGAL",
        "InvalidAccessKeyId.NotFound",
        "SignatureDoesNotMatch",
    }
)


@dataclass(frozen=True)
class VoiceCalls:
    endpoint: str
    key_id: str
    key_secret: str
    shown_number: str
    templates: dict[str, str]

    def send(self, address: str, wording: str, params: dict[str, str], language: str, mark: str) -> Answer:
        template = self.templates.get(wording)
        if template is None:
            return Answer(False, f"no template for {wording}", final=True)
        parameters = {"CalledNumber": address, "TtsCode": template, "PlayTimes": "2", "OutId": mark[:15]}
        if self.shown_number:
            parameters["CalledShowNumber"] = self.shown_number
        if params:
            parameters["TtsParam"] = json.dumps(params, ensure_ascii=False)
        answer = self._call("SingleCallByTts", parameters)
        code = str(answer.get("Code", ""))
        if code == "OK":
            return Answer(True, code, reference=str(answer["CallId"]), has_receipt=True)
        return Answer(False, code, final=code in FINAL)

    def receipt(self, address: str, reference: str, sent_at: datetime) -> bool | None:
        """Whether somebody took the call."""
        answer = self._call(
            "QueryCallDetailByCallId",
            {
                "CallId": reference, "ProdId": VOICE_NOTIFICATION, "QueryDate": str(int(sent_at.timestamp() * 1000)),
            },
        )  # fmt: skip
        if answer.get("Code") != "OK" or not answer.get("Data"):
            return None
        detail = json.loads(str(answer["Data"]))
        if int(detail.get("duration") or 0) > 0:
            return True
        return False if detail.get("state") else None

    def _call(self, action: str, parameters: dict[str, str]) -> dict[str, object]:
        return call(
            self.endpoint, action=action, version=VERSION, parameters=parameters, key_id=self.key_id,
            key_secret=self.key_secret,
        )  # fmt: skip


def from_configuration() -> VoiceCalls | None:
    names = ("endpoint", "key_id", "key_secret", "shown_number", "templates")
    said = {name: config.settings[f"voice.{name}"].value for name in names}
    return VoiceCalls(**said) if said["key_id"] else None
