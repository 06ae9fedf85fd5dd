"""Accounts, roles and tokens over the API."""

from __future__ import annotations

import json
from typing import Any

import pytest

from yiyang.access.models import Account, ApiToken
from yiyang.access.tests.calling import Caller, caller
from yiyang.access.tests.factories import Cast, cast
from yiyang.kernel.models import IdempotencyKey

pytestmark = pytest.mark.django_db
PASSWORD = "hvmk4-qtrx7-pjdn3"


def told(who: Cast, **more: Any) -> dict[str, Any]:
    return {
        "organisation": str(who.care_home.pk), "login": "nurse-li", "name": "李敏", "password": PASSWORD,
        "role": "CARE_HOME_NURSE", **more,
    }  # fmt: skip


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def manager(who: Cast) -> Caller:
    return caller(who.care_home_manager)


class TestAccounts:
    def test_an_account_is_added_found_locked_and_unlocked(self, who: Cast, manager: Caller) -> None:
        made = manager.post("/accounts", told(who))
        path = f"/accounts/{made.body['id']}"

        assert made.status == 201
        assert PASSWORD not in json.dumps(made.body)
        assert Account.objects.get(login="nurse-li").check_password(PASSWORD)
        assert [one["login"] for one in manager.get("/accounts", search="nurse-li").body["items"]] == [
            "nurse-li"
        ]
        assert manager.post(f"{path}/lock", {"reason": "left"}).body["lock_reason"] == "left"
        assert [one["id"] for one in manager.get("/accounts", locked="true").body["items"]] == [
            made.body["id"]
        ]
        assert manager.post(f"{path}/lock", {"reason": "left"}).code == "ALREADY_SO"
        assert manager.post(f"{path}/unlock").body["locked_at"] is None
        assert manager.post(f"{path}/reset-password", {"password": "brlt7-mnka4-vxse9"}).status == 200
        assert not Account.objects.get(login="nurse-li").check_password(PASSWORD)

    def test_a_password_is_not_kept_with_the_key_of_the_request(self, who: Cast, manager: Caller) -> None:
        manager.post("/accounts", told(who), Idempotency_Key="one")
        again = manager.post("/accounts", told(who), Idempotency_Key="one")
        other = manager.post("/accounts", told(who, password="other-pass-77"), Idempotency_Key="one")

        assert (again.status, again.headers["Idempotent-Replayed"]) == (201, "true")
        assert other.code == "IDEMPOTENCY_KEY_REUSED"
        kept = IdempotencyKey.objects.get()
        assert PASSWORD not in str(kept.__dict__)
        assert b"nurse-li" not in bytes(kept.body)

    def test_accounts_are_closed_to_who_is_not_in_charge_of_them(self, who: Cast, manager: Caller) -> None:
        made = manager.post("/accounts", told(who))
        path = f"/accounts/{made.body['id']}"
        nurse, other = caller(who.care_home_nurse), caller(who.other_manager)

        assert nurse.get("/accounts").status == nurse.get("/memberships").status == 403
        assert nurse.post("/accounts", told(who, login="another")).status == 403
        assert other.get("/accounts", search="nurse-li").body["items"] == []
        assert other.get(path).status == other.post(f"{path}/lock", {"reason": "mine"}).status == 404
        assert (
            other.post("/accounts", told(who, login="another")).body["errors"][0]["pointer"]
            == "/organisation"
        )

    def test_a_manager_makes_no_administrator(self, who: Cast, manager: Caller) -> None:
        reply = manager.post("/accounts", told(who, role="SYSTEM_ADMINISTRATOR"))

        assert reply.status == 403
        assert manager.get("/accounts", search="nurse-li").body["items"] == []

    def test_a_weak_password_is_explained_in_the_callers_language(self, who: Cast, manager: Caller) -> None:
        manager.language = "zh"

        reply = manager.post("/accounts", told(who, password="abc"))

        assert reply.code == "PASSWORD_TOO_WEAK"
        assert "不足 10 个字符" in reply.body["detail"]
        assert "password" not in reply.body["detail"]

    @pytest.mark.parametrize(
        ("more", "pointer"),
        [
            ({"login": "-"}, "/login"),
            ({"login": "care-home-nurse"}, "/login"),
            ({"password": "short"}, "/password"),
            ({"name": "\x00"}, "/name"),
            ({"role": "KING"}, "/role"),
        ],
    )
    def test_an_account_that_cannot_be_is_refused_by_name(
        self, who: Cast, manager: Caller, more: dict[str, str], pointer: str
    ) -> None:
        reply = manager.post("/accounts", told(who, **more))

        assert reply.status in (409, 422)
        assert reply.body["errors"][0]["pointer"] == pointer


class TestMemberships:
    def test_a_role_is_given_suspended_resumed_and_ended(self, who: Cast, manager: Caller) -> None:
        account = who.care_home_nurse.account
        home = str(who.care_home.pk)

        made = manager.post(
            f"/accounts/{account.pk}/memberships", {"organisation": home, "role": "NIGHT_DUTY_OFFICER"}
        )
        path = f"/memberships/{made.body['id']}"

        assert (made.status, made.body["role"]) == (201, "NIGHT_DUTY_OFFICER")
        held = manager.get("/memberships", account=str(account.pk), live="true").body["items"]
        assert [one["role"] for one in held] == ["NIGHT_DUTY_OFFICER", "CARE_HOME_NURSE"]
        assert manager.post(f"{path}/suspend", {"reason": "away"}).body["suspended_at"]
        assert manager.post(f"{path}/resume").body["suspended_at"] is None
        assert manager.post(f"{path}/end", {"reason": "done"}).body["until"]
        over = manager.get("/memberships", account=str(account.pk), live="false").body["items"]
        assert [one["id"] for one in over] == [made.body["id"]]

    def test_a_role_of_another_operator_stays_closed(self, who: Cast, manager: Caller) -> None:
        theirs = who.stranger.membership

        assert manager.get("/memberships", organisation=str(who.other_home.pk)).body["items"] == []
        assert manager.post(f"/memberships/{theirs.pk}/end", {"reason": "mine"}).status == 404
        assert manager.post(
            f"/accounts/{who.stranger.account_id}/memberships",
            {"organisation": str(who.care_home.pk), "role": "CARE_WORKER"},
        ).status == 404  # fmt: skip


class TestTokens:
    def test_a_token_is_issued_listed_and_revoked(self, who: Cast) -> None:
        nurse = caller(who.care_home_nurse)

        made = nurse.post("/tokens", {"label": "figures", "hours": 8})
        fresh = Caller(made.body["token"])

        assert made.status == 201
        assert fresh.get("/me").body["role"] == "CARE_HOME_NURSE"
        listed = nurse.get("/tokens").body["items"]
        assert [(one["label"], one["own"]) for one in listed] == [("figures", False), ("", True)]
        assert made.body["token"] not in json.dumps(listed)
        assert nurse.post(f"/tokens/{made.body['id']}/revoke").status == 200
        assert fresh.get("/me").code == "TOKEN_REVOKED"

    def test_a_token_does_not_outlive_the_one_that_issued_it(self, who: Cast) -> None:
        nurse = caller(who.care_home_nurse, hours=8)

        reply = nurse.post("/tokens", {"label": "for ever", "hours": 9})

        assert (reply.status, reply.code) == (422, "TOKEN_WOULD_OUTLIVE")
        assert ApiToken.objects.count() == 1

    def test_a_token_of_somebody_else_is_not_found(self, who: Cast) -> None:
        nurse, worker = caller(who.care_home_nurse), caller(who.care_worker)
        theirs = worker.get("/tokens").body["items"][0]

        assert nurse.post(f"/tokens/{theirs['id']}/revoke").status == 404
        assert worker.get("/me").status == 200
