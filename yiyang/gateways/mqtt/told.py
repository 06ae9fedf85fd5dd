"""What a device is told over MQTT: a reason code with its acknowledgement, and a body on its answer topics."""

from __future__ import annotations

from yiyang.devices.packs import Why
from yiyang.gateways.ingest import answers
from yiyang.gateways.ingest.inbox import Answer

NOT_AUTHORIZED, PAYLOAD_FORMAT, QUOTA, REFUSED = 0x87, 0x99, 0x97, 0x83
CODES = {
    Why.NOT_YOURS: NOT_AUTHORIZED,
    Why.UNKNOWN_DEVICE: NOT_AUTHORIZED,
    Why.DEVICE_RETIRED: NOT_AUTHORIZED,
    Why.MALFORMED: PAYLOAD_FORMAT,
    Why.NOT_A_NUMBER: PAYLOAD_FORMAT,
    Why.TOO_LARGE: QUOTA,
    Why.TOO_MANY: QUOTA,
}


def reason(answer: Answer) -> tuple[int, str]:
    """0 where at least something of it is stored; else the first reason."""
    if answer.taken or not answer.refused:
        return 0, ""
    first = answer.refused[0]
    return CODES.get(first.code, REFUSED), f"{first.code.value} {first.detail}".strip()


def body(answer: Answer, number: int | None) -> bytes:
    _, told = answers.told(answer, "zh-hans")
    if number is not None:
        told["packet"] = number
    return answers.ENCODER.encode(told)
