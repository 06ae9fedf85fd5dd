from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from yiyang.gateways import tencent_tokens
from yiyang.gateways.enterprise_chat import EnterpriseChat, from_configuration
from yiyang.gateways.enterprise_chat.fake import FakeEnterpriseChat
from yiyang.gateways.fake_server import FakeServer

Pair = tuple[FakeEnterpriseChat, EnterpriseChat]


@pytest.fixture
def service() -> Iterator[Pair]:
    tencent_tokens.forget()
    rules = FakeEnterpriseChat("corp", "secret", 1000002, {"wang.nurse"})
    with FakeServer(rules) as server:
        yield rules, EnterpriseChat(server.url, "corp", "secret", 1000002)


def test_a_member_gets_the_text_and_the_token_is_fetched_once(service: Pair) -> None:
    rules, adapter = service

    for _ in range(3):
        assert adapter.send("wang.nurse", "URGENT", {}, "zh-hans", "mark").accepted

    assert len(rules.tokens) == 1
    assert "紧急" in rules.sent[0]["text"]["content"]


def test_a_token_that_is_over_is_fetched_anew(service: Pair) -> None:
    rules, adapter = service
    adapter.send("wang.nurse", "URGENT", {}, "zh-hans", "mark")
    rules.tokens.append("another process fetched a new one")

    assert adapter.send("wang.nurse", "URGENT", {}, "zh-hans", "mark").accepted


def test_an_unknown_member_is_final(service: Pair) -> None:
    answer = service[1].send("nobody", "URGENT", {}, "zh-hans", "mark")

    assert (answer.said, answer.final) == ("81013", True)


def test_a_wrong_secret_is_tried_again_later(service: Pair) -> None:
    answer = replace(service[1], secret="other").send("wang.nurse", "URGENT", {}, "zh-hans", "mark")

    assert (answer.accepted, answer.said, answer.final) == (False, "token 40001", False)


@pytest.mark.skipif(
    "YIYANG_TEST_ENTERPRISE_CHAT_USER" not in os.environ, reason="no keys of the real service are set"
)
def test_the_real_service_takes_a_message() -> None:
    adapter = from_configuration()
    assert adapter

    assert adapter.send(
        os.environ["YIYANG_TEST_ENTERPRISE_CHAT_USER"], "NEWS", {}, "zh-hans", "contract"
    ).accepted
