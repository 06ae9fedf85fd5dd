"""A second factor from setting up to signing in with it; what a reset ends."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.test import Client
from django.urls import reverse

from yiyang.access import commands
from yiyang.access.tests import factories as f
from yiyang.kernel.time import now

LOGIN = {"login": "system-administrator", "password": f.PASSWORD}


def code_for(secret: str) -> str:
    counter = next(yield_hotp_counters_from_time())
    return str(format_hotp_value(hotp_value(secret, counter)))


def set_up(client: Client) -> str:
    client.post(reverse("account_login"), LOGIN)
    client.post(
        reverse("account_reauthenticate"), {"password": f.PASSWORD, "next": reverse("mfa_activate_totp")}
    )
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)
    assert secret, page
    client.post(reverse("mfa_activate_totp"), {"code": code_for(secret[1])})
    return secret[1]


def test_once_set_up_the_password_alone_signs_nobody_in(cast: f.Cast) -> None:
    set_up(Client())
    client = Client()

    asked = client.post(reverse("account_login"), LOGIN)

    assert asked["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("access:organisations")).status_code == 302


def test_the_newest_code_completes_the_sign_in(cast: f.Cast) -> None:
    secret = set_up(Client())
    client = Client()
    client.post(reverse("account_login"), LOGIN)
    Authenticator.objects.filter(type="totp").update(last_used_at=None)
    from django.core.cache import cache

    cache.clear()  # a code works once: the one of setting up is the same half minute's

    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": code_for(secret)}).status_code == 302
    assert client.get(reverse("access:organisations")).status_code == 200


def test_the_shared_secret_is_not_readable_in_the_database(cast: f.Cast) -> None:
    secret = set_up(Client())

    assert secret not in str(Authenticator.objects.filter(type="totp").values().get())


def test_recovery_codes_are_made_with_the_second_factor_and_shown(cast: f.Cast) -> None:
    client = Client()
    set_up(client)

    page = client.get(reverse("mfa_view_recovery_codes"))

    assert page.status_code == 200 and page.content.decode().count("<li><code>") == 10


def test_setting_up_asks_for_the_password_again(cast: f.Cast) -> None:
    client = Client()
    client.force_login(cast.system_administrator.account)

    asked = client.get(reverse("mfa_activate_totp"))

    assert asked["Location"].startswith(reverse("account_reauthenticate"))


@pytest.mark.parametrize("who", ["care_home_nurse"])
def test_a_reset_password_ends_open_sessions(cast: f.Cast, who: str) -> None:
    account = cast.by_role[who].account
    client = Client()
    client.post(reverse("account_login"), {"login": account.login, "password": f.PASSWORD})
    assert client.get(reverse("access:my_account")).status_code == 200

    commands.reset_password(by=cast.care_home_manager, at=now(), account=account, password="plum-tree-77")

    assert client.get(reverse("access:my_account")).status_code == 302
