"""Cards: made in person, opened with a PIN, closed at once when lost."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from yiyang.access import commands
from yiyang.access.actors import AccountActor
from yiyang.access.commands.access_cards import (
    CardHeldAlready,
    CardNumberMistyped,
    CardOpensNothing,
    PinWrong,
)
from yiyang.access.commands.family_accounts import IdentityCheckNeeded, StaffSignsInOtherwise
from yiyang.access.commands.sign_in_keys import rotate_card_keys
from yiyang.access.models import AccessCard, Account, Notice
from yiyang.access.sign_in_rules import PinTooSimple, card_number, is_card_number
from yiyang.access.tests import factories as f
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PersonFact, PlainFact
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import clock_at, now

PIN = "275918"
GIVEN = {"pin": PIN, "handed_to": "王秀英", "identity_check": "ID_CARD"}


def family(cast: f.Cast) -> Account:
    return commands.open_family_account(
        by=cast.care_home_nurse, at=now(), organisation=cast.care_home, kind="RELATIVE", name="王女儿",
        identity_check="ID_CARD",
    )  # fmt: skip


def issue(cast: f.Cast, account: Account, **change: Any) -> str:
    _card, number = commands.issue_card(
        by=cast.care_home_nurse, at=now(), account=account, **{**GIVEN, **change}
    )
    return number


def enter(number: str, pin: str = PIN) -> Any:
    return commands.enter_card(by=SYSTEM, at=now(), number=number, pin=pin)


def test_a_card_opens_with_its_pin(cast: f.Cast, client: Client) -> None:
    account = family(cast)
    number = issue(cast, account)

    response = client.post("/sign-in/card/", {"number": number, "pin": PIN})

    assert response["Location"] == "/"
    assert client.get("/").wsgi_request.user == account


def test_a_lost_card_opens_nothing_at_once(cast: f.Cast, client: Client) -> None:
    account = family(cast)
    number = issue(cast, account)
    client.post("/sign-in/card/", {"number": number, "pin": PIN})

    commands.report_card_lost(by=cast.care_home_nurse, at=now(), account=account)

    assert client.get("/")["Location"].startswith("/sign-in/")
    with pytest.raises(CardOpensNothing):
        enter(number)


def test_the_owner_reports_the_card_lost(cast: f.Cast) -> None:
    account = family(cast)
    number = issue(cast, account)

    commands.report_own_card_lost(by=AccountActor(account), at=now())

    with pytest.raises(CardOpensNothing):
        enter(number)


def test_a_replaced_card_opens_nothing_and_the_new_one_does(cast: f.Cast) -> None:
    account = family(cast)
    former = issue(cast, account)

    _card, number = commands.replace_card(by=cast.care_home_nurse, at=now(), account=account, **GIVEN)

    assert enter(number).card
    with pytest.raises(CardOpensNothing):
        enter(former)


def test_the_fifth_wrong_pin_ends_the_use_of_the_card(cast: f.Cast) -> None:
    number = issue(cast, family(cast))

    answers = [enter(number, "111222").refusal for _ in range(5)]

    assert [type(one) for one in answers] == [PinWrong] * 4 + [CardOpensNothing]
    with pytest.raises(CardOpensNothing):
        enter(number)


def test_who_can_make_a_new_card_and_its_owner_are_told_when_one_is_locked_or_lost(cast: f.Cast) -> None:
    account = family(cast)
    number = issue(cast, account)

    for _try in range(5):
        enter(number, "000000")
    commands.report_card_lost(by=cast.care_home_nurse, at=now(), account=account)

    told = Notice.objects.order_by("created_at")
    at_the_home = told.filter(organisation=cast.care_home)
    assert {one.subject for one in at_the_home} == {"access.card_locked", "access.card_lost"}
    assert {one.role for one in at_the_home} >= {"CARE_HOME_MANAGER"}
    assert all("王女儿" in one.text and one.link for one in at_the_home)
    own = [one.subject for one in told.filter(account=account)]
    assert own == ["access.own_card_locked", "access.own_card_lost"]


def test_a_card_is_found_and_opens_after_its_key_was_rotated(cast: f.Cast) -> None:
    account = family(cast)
    number = issue(cast, account)
    before = bytes(AccessCard.objects.get().value)

    assert rotate_card_keys(by=SYSTEM, at=now()) == ""

    assert bytes(AccessCard.objects.get().value) != before
    assert number.encode() not in before
    assert enter(number).card.account == account


def test_a_card_expires(cast: f.Cast) -> None:
    number = issue(cast, family(cast))

    with clock_at(now() + timedelta(days=731)), pytest.raises(CardOpensNothing):
        enter(number)


def test_a_mistyped_number_is_told_apart_from_a_wrong_card(cast: f.Cast) -> None:
    number = issue(cast, family(cast))
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)

    with pytest.raises(CardNumberMistyped):
        enter(wrong)


@pytest.mark.parametrize("pin", ["123456", "654321", "111111", "121212", "12345", "abcdef"])
def test_a_pin_that_is_easy_to_guess_is_refused(cast: f.Cast, pin: str) -> None:
    with pytest.raises(PinTooSimple):
        issue(cast, family(cast), pin=pin)


def test_no_card_without_an_identity_check(cast: f.Cast) -> None:
    with pytest.raises(IdentityCheckNeeded):
        issue(cast, family(cast), identity_check="")


def test_an_account_has_one_card(cast: f.Cast) -> None:
    account = family(cast)
    issue(cast, account)

    with pytest.raises(CardHeldAlready):
        issue(cast, account)
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessCard.objects.filter(account=account).update(end_reason="LOST")


def test_staff_get_no_card(cast: f.Cast) -> None:
    cast.care_worker.account.opened_by_organisation = cast.care_home
    cast.care_worker.account.save()

    with pytest.raises(StaffSignsInOtherwise):
        issue(cast, cast.care_worker.account)


def test_another_home_makes_no_card(cast: f.Cast) -> None:
    with pytest.raises(NotFound):
        commands.issue_card(by=cast.stranger, at=now(), account=family(cast), **GIVEN)


def test_the_sheet_is_shown_once_made_and_to_its_maker_alone(cast: f.Cast, client: Client) -> None:
    account = family(cast)
    client.force_login(cast.care_home_nurse.account)
    address = f"/accounts/families/{account.pk}/card/"

    sheet = client.post(address, GIVEN, follow=True)

    shown = re.search(r'card-number">([\d ]+)<', sheet.content.decode())
    assert shown and is_card_number(shown.group(1).replace(" ", ""))
    assert enter(shown.group(1)).card
    other = Client()
    other.force_login(cast.care_home_manager.account)
    assert other.get(f"{address}sheet/").status_code == 404
    with clock_at(now() + timedelta(minutes=16)):
        assert client.get(f"{address}sheet/").status_code == 404


def test_number_and_pin_are_in_no_fact(cast: f.Cast) -> None:
    number = issue(cast, family(cast))
    enter(number)

    facts = [str(one.data) for model in (PlainFact, PersonFact) for one in model.objects.all()]
    assert not any(number in one or PIN in one for one in facts)


def test_the_check_digit_finds_every_single_wrong_digit() -> None:
    number = card_number("27591834026")
    for place in range(12):
        for sign in "0123456789":
            if sign != number[place]:
                assert not is_card_number(number[:place] + sign + number[place + 1 :])
