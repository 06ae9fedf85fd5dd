from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from yiyang.gateways.aliyun.fake import Gate
from yiyang.gateways.fake_server import FakeServer
from yiyang.gateways.voice import VoiceCalls, from_configuration
from yiyang.gateways.voice.fake import FakeVoiceCalls
from yiyang.kernel.time import now

PHONE = "13800138000"
MARK = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d02"


@pytest.fixture
def service() -> Iterator[tuple[FakeVoiceCalls, VoiceCalls]]:
    rules = FakeVoiceCalls(Gate("key", "secret"), {"TTS_1": set(), "TTS_2": {"phone"}})
    with FakeServer(rules) as server:
        yield rules, VoiceCalls(server.url, "key", "secret", "", {"URGENT": "TTS_1", "PLEASE_CALL": "TTS_2"})


def test_a_machine_calls_and_tells_whether_somebody_took_the_call(
    service: tuple[FakeVoiceCalls, VoiceCalls],
) -> None:
    rules, adapter = service

    answer = adapter.send(PHONE, "PLEASE_CALL", {"phone": "62530000"}, "zh-hans", MARK)

    assert answer.accepted
    assert rules.calls[answer.reference]["TtsParam"] == {"phone": "62530000"}
    for taken in (True, False, None):
        rules.taken = taken
        assert adapter.receipt(PHONE, answer.reference, now()) is taken


def test_what_has_no_text_to_be_read_is_not_called(service: tuple[FakeVoiceCalls, VoiceCalls]) -> None:
    assert service[1].send(PHONE, "NEWS", {}, "zh-hans", MARK).final


def test_a_wrong_number_is_final(service: tuple[FakeVoiceCalls, VoiceCalls]) -> None:
    answer = service[1].send("12", "URGENT", {}, "zh-hans", MARK)

    assert (answer.said, answer.final) == ("isv.MOBILE_NUMBER_ILLEGAL", True)


@pytest.mark.skipif("YIYANG_TEST_VOICE_PHONE" not in os.environ, reason="no keys of the real service are set")
def test_the_real_service_calls() -> None:
    adapter = from_configuration()
    assert adapter

    assert adapter.send(os.environ["YIYANG_TEST_VOICE_PHONE"], "URGENT", {}, "zh-hans", MARK).accepted
