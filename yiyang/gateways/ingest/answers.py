"""What a sender is told: what was stored, and each record that was not, with a reason in words."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from yiyang.devices.packs import Why
from yiyang.devices.rules.refused import WORDS
from yiyang.gateways.ingest.inbox import AWAY, BROKEN, UNKNOWN_KEY, Answer

SHOWN = 100  # refused records that are told one by one; the rest is counted
NOTHING_TAKEN, NO_ROOM, TOO_LARGE, UNREADABLE = "NOTHING_TAKEN", "NO_ROOM", "TOO_LARGE", "UNREADABLE"
FAULTS: dict[str, tuple[int, Any]] = {
    UNKNOWN_KEY: (401, _("Send the key of the device or gateway: Authorization: Bearer KEY. It may have been taken back.")),
    AWAY: (503, _("The database cannot be reached just now. Keep the readings and send them again.")),
    BROKEN: (500, _("These readings could not be taken in. Keep them; the operator finds the reason in the log.")),
    Why.SET_ASIDE.value: (500, WORDS[Why.SET_ASIDE]),
    NO_ROOM: (503, _("Too much is waiting to be stored. Keep the readings and send them again.")),
    TOO_LARGE: (413, WORDS[Why.TOO_LARGE]),
    UNREADABLE: (422, WORDS[Why.MALFORMED]),
    NOTHING_TAKEN: (422, _("None of these readings was taken. The list says why.")),
    "METHOD_NOT_ALLOWED": (405, _("Readings are sent with POST.")),
    "NOT_FOUND": (404, _("Readings are sent to /ingest.")),
}  # fmt: skip
# Why a message was not taken as a whole.
OF_A_MESSAGE = {Why.MALFORMED: UNREADABLE, Why.TOO_LARGE: TOO_LARGE, Why.SET_ASIDE: Why.SET_ASIDE.value}
ENCODER = msgspec.json.Encoder()


def language_of(accepted: str) -> str:
    return "en" if accepted.lower().startswith("en") else "zh-hans"


@lru_cache(maxsize=256)
def in_words(code: str, language: str) -> str:
    with translation.override(language):
        return str(FAULTS[code][1] if code in FAULTS else WORDS[Why(code)])


def told(answer: Answer, language: str) -> tuple[int, dict[str, Any]]:
    """Status and body. 202: at least something of it is stored now, or was already; or there was nothing to store."""
    if answer.fault:
        return problem(answer.fault, language)
    counts = {"stored": answer.stored, "repeated": answer.repeated, "rejected": len(answer.refused)}
    if answer.no_reading:
        counts["no_reading"] = answer.no_reading
    body = {**counts, "rejections": rejections(answer, language)} if answer.refused else counts
    if answer.taken or not answer.refused:
        return 202, body
    code = NOTHING_TAKEN
    if len(answer.refused) == 1 and answer.refused[0].record is None:
        code = OF_A_MESSAGE.get(answer.refused[0].code, code)
    status, document = problem(code, language)
    return status, document | body


def rejections(answer: Answer, language: str) -> list[dict[str, Any]]:
    return [
        {
            "record": one.record,
            "device": one.urn,
            "code": one.code.value,
            "detail": one.detail,
            "message": in_words(one.code.value, language),
        }
        for one in answer.refused[:SHOWN]
    ]


def problem(code: str, language: str) -> tuple[int, dict[str, Any]]:
    """A problem document (RFC 9457)."""
    status = FAULTS[code][0]
    title = code.replace("_", " ").capitalize()
    return status, {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code,
        "detail": in_words(code, language),
    }
