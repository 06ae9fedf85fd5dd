"""Screens answer, show what they should, and hide what they must."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from yiyang.access import commands
from yiyang.access.actors import AccountActor
from yiyang.access.models import Contract, Membership
from yiyang.access.tests import factories as f
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PlainFact
from yiyang.kernel.time import now


def signed_in(actor: AccountActor) -> Client:
    client = Client()
    client.force_login(actor.account)
    return client


def text(client: Client, name: str, *args: object, status: int = 200) -> str:
    response = client.get(reverse(name, args=args))
    assert response.status_code == status, response.content.decode()[:3000]
    return response.content.decode()


def test_signing_in_takes_the_right_password_and_leaves_a_fact(cast: f.Cast) -> None:
    client = Client()
    address = reverse("account_login")

    assert "密码" in client.get(address).content.decode()
    wrong = client.post(address, {"login": "care-home-nurse", "password": "wrong-pass-1"})
    right = client.post(address, {"login": "Care-Home-Nurse", "password": f.PASSWORD})

    assert wrong.status_code == 200 and right.status_code == 302
    assert PlainFact.objects.filter(name="account.sign_in_failed").count() == 1
    assert PlainFact.objects.filter(name="account.signed_in").count() == 1


def test_the_sixth_wrong_password_in_ten_minutes_locks_the_login_out(cast: f.Cast) -> None:
    client, address = Client(), reverse("account_login")
    for _number in range(5):
        client.post(address, {"login": "care-home-nurse", "password": "wrong-pass-1"})

    right = client.post(address, {"login": "care-home-nurse", "password": f.PASSWORD})

    assert right.status_code == 200 and "十分钟" in right.content.decode()


def test_a_locked_account_is_signed_out_at_once(cast: f.Cast) -> None:
    client = signed_in(cast.care_home_nurse)
    text(client, "access:my_account")

    commands.lock_account(
        by=cast.security_administrator, at=now(), account=cast.care_home_nurse.account, reason="lost phone"
    )

    assert client.get(reverse("access:my_account")).status_code == 302
    again = client.post(reverse("account_login"), {"login": "care-home-nurse", "password": f.PASSWORD})
    assert "access" not in again.headers.get("Location", "")
    assert not again.wsgi_request.user.is_authenticated


def test_a_visitor_is_asked_to_sign_in_and_comes_back(cast: f.Cast) -> None:
    response = Client().get(reverse("access:inbox"))

    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=/inbox/"


def test_a_first_password_must_be_changed_before_anything_else(cast: f.Cast) -> None:
    account = commands.add_account(
        by=cast.care_home_manager, at=now(), login="new-one", name="新人", password="plum-tree-77",
        organisation=cast.care_home, role="CARE_WORKER",
    )  # fmt: skip
    client = Client()
    client.force_login(account)
    assert client.get(reverse("access:inbox"))["Location"] == reverse("account_change_password")

    client.post(
        reverse("account_change_password"),
        {"oldpassword": "plum-tree-77", "password1": "quiet-river-31", "password2": "quiet-river-31"},
    )

    assert client.get(reverse("access:inbox")).status_code == 200
    assert PlainFact.objects.filter(name="account.password_changed").exists()


def test_an_administrator_without_a_second_factor_is_led_to_set_one_up(
    cast: f.Cast, settings: object
) -> None:
    settings.REQUIRE_SECOND_FACTOR = True  # type: ignore[attr-defined]
    client = signed_in(cast.system_administrator)

    assert client.get(reverse("access:organisations"))["Location"] == reverse("mfa_activate_totp")
    assert signed_in(cast.care_home_nurse).get(reverse("access:organisations")).status_code == 200


def test_switching_the_membership_changes_what_one_acts_as(cast: f.Cast) -> None:
    account = cast.care_home_nurse.account
    other = f.membership(account, cast.hospital, "WARD_DOCTOR", since=f.yesterday())
    client = signed_in(cast.care_home_nurse)
    first = Membership.objects.exclude(pk=other.pk).get(account=account)

    client.post(reverse("access:switch_membership"), {"membership": str(first.pk)})

    assert client.get(reverse("access:my_account")).wsgi_request.actor.membership == first


def test_nobody_switches_to_somebody_elses_membership(cast: f.Cast) -> None:
    client = signed_in(cast.stranger)

    response = client.post(
        reverse("access:switch_membership"), {"membership": str(cast.care_home_manager.membership_id)}
    )

    assert response.status_code == 404


def test_a_new_token_is_shown_once(cast: f.Cast) -> None:
    client = signed_in(cast.care_home_nurse)
    client.post(reverse("access:issue_token"), {"label": "board", "hours": 8})

    assert re.search(r"yiyang_\S{20,}<", text(client, "access:my_account"))
    assert not re.search(r"yiyang_\S{20,}<", text(client, "access:my_account"))


def test_the_inbox_shows_a_notice_until_it_is_acknowledged(cast: f.Cast) -> None:
    notice = commands.notify(
        by=SYSTEM, at=now(), subject="access.contract_ended", organisation=cast.care_home,
        role="CARE_HOME_NURSE", params={"first": "甲", "second": "乙", "reason": "搬迁"}, priority="URGENT",
    )  # fmt: skip
    client = signed_in(cast.care_home_nurse)
    assert "搬迁" in text(client, "access:inbox")

    client.post(reverse("access:acknowledge_notice", args=[notice.pk]))

    assert "搬迁" not in text(client, "access:inbox")


def test_the_tree_shows_the_district_and_a_units_page_its_staff_to_its_own_people(cast: f.Cast) -> None:
    own, stranger = signed_in(cast.care_home_manager), signed_in(cast.stranger)
    nurse = cast.care_home_nurse.account.name

    assert "阳光养老院" in text(stranger, "access:organisations")
    assert nurse in text(own, "access:organisation", cast.care_home.pk)
    assert nurse not in text(stranger, "access:organisation", cast.care_home.pk)


def test_a_manager_adds_an_account_on_the_page_and_errors_keep_what_was_typed(cast: f.Cast) -> None:
    client = signed_in(cast.care_home_manager)
    address = reverse("access:add_account", args=[cast.care_home.pk])
    typed = {"name": "周敏", "login": "zhou.min", "password": "weak", "post_title": "", "role": "CARE_WORKER"}

    refused = client.post(address, typed)
    assert refused.status_code == 200 and "zhou.min" in refused.content.decode()

    assert client.post(address, {**typed, "password": "plum-tree-77"}).status_code == 302
    assert "周敏" in text(client, "access:organisation", cast.care_home.pk)


def test_a_contract_is_drafted_edited_and_signed_on_pages(cast: f.Cast) -> None:
    manager, office = signed_in(cast.care_home_manager), signed_in(cast.admission_office)
    typed = {
        "first": cast.care_home.pk, "second": cast.hospital.pk, "bed_kinds": ["HOSPITAL"],
        "directions": ["OUT"], "valid_from": "2026-01-01", "routine_minutes": 1440, "urgent_minutes": 30,
        "emergency_minutes": 10, "service_items": "绿色通道\n病历共享",
    }  # fmt: skip
    made = manager.post(reverse("access:draft_contract"), typed)
    contract = Contract.objects.get(state="DRAFT")
    assert made["Location"] == reverse("access:contract", args=[contract.pk])
    assert contract.service_items == ["绿色通道", "病历共享"]

    manager.post(
        reverse("access:edit_contract", args=[contract.pk]),
        {**typed, "daily_quota": 3, "version": contract.version},
    )
    manager.post(reverse("access:sign_contract", args=[contract.pk, cast.care_home.pk]))
    office.post(reverse("access:sign_contract", args=[contract.pk, cast.hospital.pk]))

    contract.refresh_from_db()
    assert (contract.state, contract.daily_quota) == ("SIGNED", 3)
    assert "已签署" in text(manager, "access:contract", contract.pk)


def test_a_supervisor_records_a_licence_on_the_page(cast: f.Cast) -> None:
    client = signed_in(cast.supervisor_health)

    client.post(
        reverse("access:record_licence", args=[cast.hospital.pk]),
        {
            "number": "YL-2026-1",
            "filing_kind": "MEDICAL_LICENCE",
            "valid_from": "2026-01-01",
            "beds_HOSPITAL": 300,
        },
    )

    assert "YL-2026-1" in text(client, "access:licences")


def test_the_audit_trail_is_filtered_and_exported_and_the_export_is_a_fact(cast: f.Cast) -> None:
    commands.suspend_contract(by=cast.coordinator, at=now(), contract=cast.contract, reason="outbreak")
    client = signed_in(cast.audit_administrator)

    shown = client.get(reverse("access:facts"), {"name": "contract."}).content.decode()
    assert "contract.suspended" in shown and "notice.sent" not in shown

    answer = client.get(reverse("access:facts"), {"format": "csv"})
    assert "contract.suspended" in b"".join(answer.streaming_content).decode()
    assert PlainFact.objects.filter(name="audit.exported").exists()


def test_only_the_right_officers_read_the_trails(cast: f.Cast) -> None:
    for name in ("access:facts", "access:readings"):
        allowed = cast.audit_administrator if name == "access:facts" else cast.data_protection_officer
        text(signed_in(allowed), name)
        for role in ("care_home_manager", "coordinator", "system_administrator", "stranger"):
            text(signed_in(cast.by_role[role]), name, status=403)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_is_drawn_in_both_languages(cast: f.Cast, language: str) -> None:
    account = cast.care_home_nurse.account
    pages = [
        ("system_administrator", "access:organisations", []),
        ("system_administrator", "access:add_organisation", []),
        ("system_administrator", "access:edit_organisation", [cast.care_home.pk]),
        ("system_administrator", "access:move_organisation", [cast.care_home.pk]),
        ("system_administrator", "access:close_organisation", [cast.care_home.pk]),
        ("system_administrator", "access:accounts", []),
        ("system_administrator", "access:account", [account.pk]),
        ("system_administrator", "access:reset_password", [account.pk]),
        ("security_administrator", "access:lock_account", [account.pk]),
        ("system_administrator", "access:add_membership", [cast.care_home.pk]),
        ("care_home_manager", "access:organisation", [cast.care_home.pk]),
        ("care_home_manager", "access:add_account", [cast.care_home.pk]),
        ("care_home_manager", "access:end_membership", [cast.care_home_nurse.membership_id]),
        ("care_home_manager", "access:contracts", []),
        ("care_home_manager", "access:draft_contract", []),
        ("care_home_manager", "access:contract", [cast.contract.pk]),
        ("care_home_manager", "access:end_contract", [cast.contract.pk]),
        ("supervisor_health", "access:record_licence", [cast.hospital.pk]),
        ("supervisor_health", "access:licences", []),
        ("data_protection_officer", "access:readings", []),
        ("audit_administrator", "access:facts", []),
        ("care_home_nurse", "access:inbox", []),
        ("care_home_nurse", "access:my_account", []),
        ("care_home_nurse", "access:issue_token", []),
        ("other_elder", "access:my_account", []),
        ("unemployed", "access:my_account", []),
        ("care_home_nurse", "account_change_password", []),
        ("care_home_nurse", "usersessions_list", []),
        ("care_home_nurse", "account_logout", []),
    ]
    for who, name, args in pages:
        client = signed_in(cast.by_role[who])
        client.cookies["django_language"] = language
        text(client, name, *args)


def test_a_list_asks_the_database_no_more_often_when_it_is_longer(
    cast: f.Cast, django_assert_max_num_queries: object
) -> None:
    client = signed_in(cast.system_administrator)
    for _number in range(30):
        f.organisation()

    for name in ("access:organisations", "access:licences", "access:accounts"):
        with django_assert_max_num_queries(12):  # type: ignore[operator]
            text(client, name)
