"""The adapter against a stand-in that checks requests as the real service does; and against the real one, when
an operator sets its keys and a telephone that may be written to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from yiyang.gateways.aliyun.fake import Gate
from yiyang.gateways.aliyun.signing import signed_headers
from yiyang.gateways.fake_server import FakeServer
from yiyang.gateways.messages.wording import TEXTS
from yiyang.gateways.sms import ShortMessages, from_configuration
from yiyang.gateways.sms.fake import FakeShortMessages
from yiyang.kernel.time import now

TEMPLATES = {name: f"SMS_{number}" for number, name in enumerate(TEXTS, 1)}
NEEDS = {"SMS_1": {"code"}, "SMS_2": set(), "SMS_3": {"time"}, "SMS_4": set(), "SMS_5": {"phone"}}
PHONE = "13800138000"


@pytest.fixture
def service() -> Iterator[tuple[FakeShortMessages, ShortMessages]]:
    rules = FakeShortMessages(Gate("key", "secret"), "颐养", NEEDS)
    with FakeServer(rules) as server:
        yield rules, ShortMessages(server.url, "key", "secret", "颐养", TEMPLATES)


def test_a_request_is_signed_as_in_the_services_own_example() -> None:
    headers = signed_headers(
        host="ecs.cn-shanghai.aliyuncs.com", action="RunInstances", version="2014-05-26",
        parameters={"ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd", "RegionId": "cn-shanghai"},
        key_id="YourAccessKeyId", key_secret="YourAccessKeySecret",
        at=datetime(2023, 10, 26, 10, 22, 32, tzinfo=UTC), nonce="3156853299f313e23d1673dc12e1703d",
    )  # fmt: skip

    assert headers["Authorization"].endswith(
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_a_code_is_sent_and_its_receipt_found(service: tuple[FakeShortMessages, ShortMessages]) -> None:
    rules, adapter = service

    answer = adapter.send(PHONE, "CODE", {"code": "123456"}, "zh-hans", "mark")

    assert answer.accepted and answer.has_receipt
    assert rules.sent[answer.reference]["TemplateParam"] == {"code": "123456"}
    assert adapter.receipt(PHONE, answer.reference, now()) is True
    rules.status = 1
    assert adapter.receipt(PHONE, answer.reference, now()) is None
    rules.status = 2
    assert adapter.receipt(PHONE, answer.reference, now()) is False


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key_secret": "other"}, "SignatureDoesNotMatch"),
        ({"key_id": "other"}, "InvalidAccessKeyId.NotFound"),
        ({"sign_name": "别人"}, "isv.SMS_SIGNATURE_ILLEGAL"),
        ({"templates": {"CODE": "SMS_9"}}, "isv.SMS_TEMPLATE_ILLEGAL"),
    ],
)
def test_what_no_repetition_cures_is_final(
    service: tuple[FakeShortMessages, ShortMessages], change: dict[str, str], said: str
) -> None:
    answer = replace(service[1], **change).send(PHONE, "CODE", {"code": "123456"}, "zh-hans", "mark")

    assert (answer.accepted, answer.said, answer.final) == (False, said, True)


def test_a_busy_service_is_asked_again(service: tuple[FakeShortMessages, ShortMessages]) -> None:
    rules, adapter = service
    rules.refuse_with = "isv.BUSINESS_LIMIT_CONTROL"

    answer = adapter.send(PHONE, "NEWS", {}, "zh-hans", "mark")

    assert not answer.accepted and not answer.final


@pytest.mark.skipif("YIYANG_TEST_SMS_PHONE" not in os.environ, reason="no keys of the real service are set")
def test_the_real_service_takes_a_message() -> None:
    adapter = from_configuration()
    assert adapter

    assert adapter.send(os.environ["YIYANG_TEST_SMS_PHONE"], "NEWS", {}, "zh-hans", "contract").accepted
