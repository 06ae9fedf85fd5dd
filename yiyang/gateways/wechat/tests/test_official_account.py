from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from yiyang.gateways import tencent_tokens
from yiyang.gateways.fake_server import FakeServer
from yiyang.gateways.wechat import OfficialAccount, from_configuration
from yiyang.gateways.wechat.fake import FakeOfficialAccount

Pair = tuple[FakeOfficialAccount, OfficialAccount]
TEMPLATES = {"NEWS": "T1", "DECIDE_BY": "T2"}


@pytest.fixture
def service() -> Iterator[Pair]:
    tencent_tokens.forget()
    rules = FakeOfficialAccount(
        "app", "secret", {"T1": set(), "T2": {"time"}}, {"follower"}, {"code": "follower"}
    )
    with FakeServer(rules) as server:
        yield rules, OfficialAccount(server.url, "https://open.weixin.qq.com", "app", "secret", TEMPLATES)


def test_a_follower_gets_a_template_filled_with_a_time_alone(service: Pair) -> None:
    rules, adapter = service

    assert adapter.send("follower", "DECIDE_BY", {"time": "06-01 12:00"}, "zh-hans", "mark").accepted
    assert rules.sent[0]["data"] == {"time": {"value": "06-01 12:00"}}


def test_who_no_longer_follows_is_not_tried_again(service: Pair) -> None:
    answer = service[1].send("gone", "NEWS", {}, "zh-hans", "mark")

    assert (answer.said, answer.final) == ("43004", True)


def test_a_token_that_another_process_replaced_is_fetched_anew(service: Pair) -> None:
    rules, adapter = service
    adapter.send("follower", "NEWS", {}, "zh-hans", "mark")
    rules.tokens.append("newer")

    assert adapter.send("follower", "NEWS", {}, "zh-hans", "mark").accepted


def test_wechat_says_who_it_is_and_a_code_counts_once(service: Pair) -> None:
    adapter = service[1]
    parts = urlsplit(adapter.authorization_address("https://yiyang.example/back/", "state"))

    assert parts.fragment == "wechat_redirect" and parse_qs(parts.query)["scope"] == ["snsapi_base"]
    assert adapter.open_id("code") == "follower"
    assert adapter.open_id("code") == ""


@pytest.mark.skipif(
    "YIYANG_TEST_WECHAT_OPENID" not in os.environ, reason="no keys of the real service are set"
)
def test_the_real_service_takes_a_message() -> None:
    adapter = from_configuration()
    assert adapter

    assert adapter.send(os.environ["YIYANG_TEST_WECHAT_OPENID"], "NEWS", {}, "zh-hans", "contract").accepted
