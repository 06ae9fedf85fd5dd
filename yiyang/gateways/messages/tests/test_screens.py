"""The pages: how I am told, what went out, and linking one's own WeChat."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from yiyang.access import commands as access
from yiyang.access.models import Account
from yiyang.access.tests import factories as f
from yiyang.gateways import wechat
from yiyang.gateways.fake_server import FakeServer
from yiyang.gateways.messages import commands
from yiyang.gateways.messages.models import ChannelChoice, Delivery
from yiyang.gateways.wechat import OfficialAccount
from yiyang.gateways.wechat.fake import FakeOfficialAccount
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.ops.configuration import ConfigError, read

pytestmark = pytest.mark.django_db
PAGE = "/account/messages/"


@pytest.fixture
def cast() -> f.Cast:
    return f.cast()


@pytest.fixture
def daughter(cast: f.Cast) -> Account:
    return access.open_family_account(
        by=cast.care_home_nurse, at=now(), organisation=cast.care_home, kind="RELATIVE", name="王女儿",
        identity_check="ID_CARD", phone="13800138000",
    )  # fmt: skip


@pytest.fixture
def at_home(client: Client, daughter: Account) -> Client:
    client.force_login(daughter)
    return client


def test_a_family_wants_only_what_is_urgent_by_text_message(at_home: Client, daughter: Account) -> None:
    answer = at_home.post(PAGE, {"SMS": "URGENT", "VOICE": "NOTHING"})

    assert answer.status_code == 302
    assert ChannelChoice.objects.get(account_id=daughter.pk, channel="SMS").threshold == "URGENT"
    assert 'value="URGENT" required id="id_SMS_1" checked' in at_home.get(PAGE).content.decode()


def test_a_channel_that_needs_an_address_asks_for_it(cast: f.Cast, client: Client) -> None:
    client.force_login(cast.care_home_nurse.account)

    answer = client.post(PAGE, {"ENTERPRISE_CHAT": "ALL", "ENTERPRISE_CHAT_address": ""})

    assert answer.status_code == 200 and not ChannelChoice.objects.exists()
    assert "请填写旁边的一栏" in answer.content.decode()


def test_the_list_of_what_went_out_names_nobody(cast: f.Cast, client: Client, daughter: Account) -> None:
    notice = access.notify(by=SYSTEM, at=now(), subject="access.contract_ended", account=daughter)
    commands.plan_deliveries(by=SYSTEM, at=now(), notice_id=notice.pk)
    client.force_login(cast.audit_administrator.account)

    shown = client.get("/system/messages/").content.decode()

    assert Delivery.objects.count() == 1 and "有消息可看" in shown
    assert "王女儿" not in shown and "13800138000" not in shown
    client.force_login(cast.care_home_manager.account)
    assert client.get("/system/messages/").status_code == 403


@pytest.fixture
def official(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeOfficialAccount]:
    rules = FakeOfficialAccount("app", "secret", {}, {"openid-1"}, {"good": "openid-1"})
    with FakeServer(rules) as server:
        account = OfficialAccount(server.url, "https://open.weixin.qq.com", "app", "secret", {})
        monkeypatch.setattr(wechat, "from_configuration", lambda: account)
        yield rules


def test_wechat_is_linked_by_wechat_itself(
    at_home: Client, daughter: Account, official: FakeOfficialAccount
) -> None:
    there = urlsplit(at_home.get(f"{PAGE}wechat/")["Location"])
    state = parse_qs(there.query)["state"][0]

    assert there.netloc == "open.weixin.qq.com"
    answer = at_home.get(f"{PAGE}wechat/back/", {"code": "good", "state": state})

    assert answer["Location"] == PAGE
    assert ChannelChoice.objects.get(account_id=daughter.pk).address_of == "openid-1"


@pytest.mark.parametrize("state", ["", "of another session"])
def test_nobody_links_a_wechat_to_somebody_elses_session(
    at_home: Client, official: FakeOfficialAccount, state: str
) -> None:
    at_home.get(f"{PAGE}wechat/")

    assert at_home.get(f"{PAGE}wechat/back/", {"code": "good", "state": state}).status_code == 404
    assert not ChannelChoice.objects.exists()


def test_a_half_configured_service_is_named_at_start(tmp_path: object) -> None:
    with pytest.raises(ConfigError) as told:
        read({"YIYANG_DATA": str(tmp_path), "YIYANG_SMS_KEY_ID": "key", "YIYANG_SMS_TEMPLATES": "CODE"})

    assert any(one.startswith("sms.key_id is set, but sms.key_secret is not") for one in told.value.problems)
    assert any("CODE=SMS_1" in one for one in told.value.problems)
