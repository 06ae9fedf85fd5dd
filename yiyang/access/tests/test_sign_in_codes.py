"""An elder or relative signs in by telephone and one-time code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from yiyang.access import code_sending, commands
from yiyang.access.commands.family_accounts import PhoneOpensAnother
from yiyang.access.commands.sign_in_codes import (
    CodeExpired,
    CodesTooOften,
    CodeUsedUp,
    CodeWrong,
    SignInPhoneLocked,
)
from yiyang.access.models import Account, Notice, SignInCode, SignInPhone
from yiyang.access.sign_in_rules import MobileNumberNeeded
from yiyang.access.tests import factories as f
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PersonFact, PlainFact
from yiyang.kernel.time import clock_at, now

PHONE = "13800138000"
NURSE = {"kind": "RELATIVE", "name": "王女儿", "identity_check": "ID_CARD"}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The codes that left for telephones."""
    codes: list[str] = []
    monkeypatch.setattr(code_sending, "_send", lambda phone, code, at, until: codes.append(code))
    monkeypatch.setattr(code_sending, "_reaches", lambda: True)
    return codes


def family(cast: f.Cast, phone: str = PHONE) -> Account:
    return commands.open_family_account(
        by=cast.care_home_nurse, at=now(), organisation=cast.care_home, phone=phone, **NURSE
    )


def ask(phone: str = PHONE, address: str = "10.0.0.1") -> str:
    return commands.ask_for_code(by=SYSTEM, at=now(), phone=phone, address=address)


def enter(code: str, phone: str = PHONE) -> Any:
    return commands.enter_code(by=SYSTEM, at=now(), phone=phone, code=code)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def sign_in(client: Client, sent: list[str], phone: str = PHONE) -> Any:
    client.post("/sign-in/phone/", {"phone": phone})
    return client.post("/sign-in/phone/code/", {"code": sent[-1]})


def test_a_relative_signs_in_with_the_code_that_was_sent(
    cast: f.Cast, sent: list[str], client: Client
) -> None:
    account = family(cast)

    response = sign_in(client, sent, "138 0013 8000")

    assert response.status_code == 302 and response["Location"] == "/"
    assert client.get("/").wsgi_request.user == account


def test_a_code_opens_once(cast: f.Cast, sent: list[str]) -> None:
    family(cast)
    code = ask()

    assert enter(code).phone
    with pytest.raises(CodeUsedUp):
        enter(code)


def test_a_code_is_good_for_five_minutes(cast: f.Cast, sent: list[str]) -> None:
    family(cast)
    code = ask()

    with clock_at(now() + timedelta(minutes=5, seconds=1)), pytest.raises(CodeExpired):
        enter(code)


def test_the_fifth_wrong_try_ends_a_code(cast: f.Cast, sent: list[str]) -> None:
    family(cast)
    code = ask()

    answers = [enter(other_than(code)).refusal for _ in range(5)]

    assert [type(one) for one in answers] == [CodeWrong] * 4 + [CodeUsedUp]
    with pytest.raises(CodeUsedUp):
        enter(code)


def test_twenty_wrong_tries_lock_the_telephone_and_tell_the_security_administrator(
    cast: f.Cast, sent: list[str]
) -> None:
    account = family(cast)

    for hour in range(4):
        with clock_at(now() + timedelta(minutes=5 * hour)):
            code = ask()
            answers = [enter(other_than(code)).refusal for _ in range(5)]

    assert isinstance(answers[-1], SignInPhoneLocked)
    with clock_at(now() + timedelta(hours=2)), pytest.raises(SignInPhoneLocked):
        ask()
    notice = Notice.objects.get(subject="access.sign_in_phone_locked")
    assert notice.account == cast.security_administrator.account
    assert PHONE not in str(notice.params)

    commands.unlock_sign_in_phone(
        by=cast.care_home_nurse, at=now() + timedelta(seconds=1), account=account, identity_check="ID_CARD"
    )
    with clock_at(now() + timedelta(hours=3)):
        assert enter(ask()).phone


def test_a_telephone_that_opens_nothing_answers_just_the_same(cast: f.Cast, sent: list[str]) -> None:
    stranger = "13900139000"
    for turn in range(4):
        with clock_at(now() + timedelta(minutes=5 * turn)):
            code = ask(stranger)
            answers = [enter(code, stranger).refusal for _ in range(5)]

    assert not sent
    assert isinstance(answers[-1], SignInPhoneLocked)
    with clock_at(now() + timedelta(hours=2)), pytest.raises(SignInPhoneLocked):
        ask(stranger)


def test_codes_are_asked_for_once_a_minute_and_five_times_an_hour(cast: f.Cast, sent: list[str]) -> None:
    family(cast)
    ask()

    with pytest.raises(CodesTooOften):
        ask()
    for turn in range(1, 5):
        with clock_at(now() + timedelta(minutes=2 * turn)):
            ask()
    with clock_at(now() + timedelta(minutes=20)), pytest.raises(CodesTooOften):
        ask()


def test_no_code_is_in_a_fact_or_in_the_clear(cast: f.Cast, sent: list[str]) -> None:
    family(cast)
    code = ask()
    enter(code)

    facts = [str(one.data) for model in (PlainFact, PersonFact) for one in model.objects.all()]
    assert not any(code in one or PHONE in one for one in facts)
    assert code.encode() not in bytes(SignInCode.objects.get().hash)
    assert PHONE.encode() not in bytes(SignInPhone.objects.get().value)


def test_the_code_and_the_number_are_in_no_address(cast: f.Cast, sent: list[str], client: Client) -> None:
    family(cast)

    first = client.post("/sign-in/phone/", {"phone": PHONE})
    second = client.post("/sign-in/phone/code/", {"code": sent[-1]})

    for response in (first, second):
        assert PHONE not in response["Location"] and sent[-1] not in response["Location"]


def test_one_telephone_opens_one_account(cast: f.Cast) -> None:
    family(cast)

    with pytest.raises(PhoneOpensAnother):
        family(cast)
    with pytest.raises(MobileNumberNeeded):
        family(cast, "021-62530000")


def test_a_lost_telephone_ends_its_sessions_at_once(cast: f.Cast, sent: list[str], client: Client) -> None:
    account = family(cast)
    sign_in(client, sent)

    commands.end_sign_in_phone(by=cast.care_home_nurse, at=now(), account=account)

    assert client.get("/")["Location"].startswith("/sign-in/")


def test_a_forwarded_link_shows_nothing_and_leads_on_after_sign_in(
    cast: f.Cast, sent: list[str], client: Client
) -> None:
    family(cast)

    shown = client.get("/inbox/", follow=True)
    assert shown.redirect_chain[-1][0] == "/sign-in/?next=/inbox/"

    client.get("/sign-in/phone/?next=/inbox/")
    assert sign_in(client, sent)["Location"] == "/inbox/"


def test_a_link_leads_to_no_other_site(cast: f.Cast, sent: list[str], client: Client) -> None:
    family(cast)

    client.get("/sign-in/phone/?next=https://example.com/")

    assert sign_in(client, sent)["Location"] == "/"


def test_staff_never_sign_in_by_a_code(cast: f.Cast, sent: list[str], client: Client) -> None:
    account = family(cast)
    f.membership(account, cast.care_home, "CARE_HOME_NURSE")

    assert sign_in(client, sent).status_code != 302
    assert client.get("/")["Location"].startswith("/sign-in/")


def test_another_homes_nurse_cannot_serve_the_account(cast: f.Cast, client: Client) -> None:
    account = family(cast)
    client.force_login(cast.stranger.account)

    assert client.get(f"/accounts/families/{account.pk}/").status_code == 404
    assert client.post("/accounts/families/", {"search": PHONE}).context["accounts"] == []


def test_a_family_opens_every_page_of_its_own_account(cast: f.Cast, sent: list[str], client: Client) -> None:
    family(cast)
    sign_in(client, sent)

    for page in (
        "/",
        "/inbox/",
        "/account/",
        "/account/messages/",
        "/account/card/lost/",
        "/account/sessions/",
    ):
        assert client.get(page).status_code == 200, page
