"""Over the API: who may see a record, who looked, what is entrusted to whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from yiyang.access.actors import AccountActor
from yiyang.access.tests.calling import Caller, caller
from yiyang.access.tests.factories import Cast, cast, family
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import id_number, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def elder(who: Cast) -> Person:
    return person("吕秀英", id_card=id_number(), organisation_id=who.care_home.pk)


@pytest.fixture
def herself(elder: Person) -> Caller:
    return caller(family("ELDER", person_id=elder.pk))


@pytest.fixture
def daughter() -> AccountActor:
    return family("RELATIVE", name="王建国")


def entrusting(to: AccountActor, **more: Any) -> dict[str, Any]:
    until = (now() + timedelta(days=90)).isoformat()
    return {"login": to.account.login, "kinship": "CHILD", "scope": "FULL", "expires_at": until, **more}


def test_the_person_entrusts_a_relative_and_takes_it_back(
    elder: Person, herself: Caller, daughter: AccountActor
) -> None:
    path = f"/people/{elder.pk}"
    relative = caller(daughter)

    given = herself.post(f"{path}/delegations", entrusting(daughter, may_decide=True))
    opened = relative.get(path)
    taken = herself.post(f"/delegations/{given.body['id']}/revoke", {"reason": "quarrel"})

    assert (given.status, given.body["account_label"], opened.status) == (201, "王建国", 200)
    assert taken.body["revoke_reason"] == "quarrel"
    assert relative.get(path).status == 404
    assert [one["id"] for one in herself.get(f"{path}/delegations").body["items"]] == [given.body["id"]]
    assert herself.post(f"/delegations/{given.body['id']}/revoke").code == "ALREADY_REVOKED"


def test_staff_say_how_it_was_entrusted_and_logins_cannot_be_guessed(
    who: Cast, elder: Person, daughter: AccountActor
) -> None:
    path = f"/people/{elder.pk}/delegations"
    nurse, worker = caller(who.care_home_nurse), caller(who.care_worker)

    assert nurse.post(path, entrusting(daughter)).code == "SIGNATURE_MISSING"
    assert nurse.post(path, entrusting(daughter, evidence="on paper, in the office")).status == 201
    unknown = nurse.post(path, entrusting(daughter, login="nobody-at-all"))
    assert unknown.body["errors"][0]["pointer"] == "/login"
    for login in (daughter.account.login, "nobody-at-all"):
        assert worker.post(path, entrusting(daughter, login=login)).status == 403


def test_a_stranger_sees_nothing_of_it(
    who: Cast, elder: Person, herself: Caller, daughter: AccountActor
) -> None:
    given = herself.post(f"/people/{elder.pk}/delegations", entrusting(daughter))
    stranger = caller(who.stranger)

    for part in ("delegations", "consents", "who-can-see", "who-looked", "access-requests"):
        assert stranger.get(f"/people/{elder.pk}/{part}").status == 404
    assert stranger.post(f"/delegations/{given.body['id']}/revoke").status == 404


def test_who_can_see_and_who_looked_are_told(who: Cast, elder: Person, herself: Caller) -> None:
    nurse = caller(who.care_home_nurse)
    for _ in range(3):
        nurse.get(f"/people/{elder.pk}")

    [reason] = herself.get(f"/people/{elder.pk}/who-can-see").body["reasons"]
    first = herself.get(f"/people/{elder.pk}/who-looked", limit=2).body
    second = herself.get(f"/people/{elder.pk}/who-looked", limit=2, cursor=first["next"]).body

    assert (reason["who"], reason["basis"], reason["live"]) == ("阳光养老院", "REGISTRATION", True)
    looks = [one["what"] for one in first["items"] + second["items"]]
    assert looks.count("api.read_person") == 3


def test_who_asks_is_answered(who: Cast, elder: Person, herself: Caller) -> None:
    number = elder.identifiers.get().number
    doctor = caller(who.ward_doctor)
    doctor.post("/ask-for-access", {"number": number, "reason": "admitted tonight"})
    path = f"/people/{elder.pk}/access-requests"

    [asked] = herself.get(path).body["items"]
    refused = doctor.post(f"/access-requests/{asked['id']}/answer", {"grant": True})
    granted = herself.post(f"/access-requests/{asked['id']}/answer", {"grant": True, "scope": "FULL"})

    assert (asked["name"], asked["reason"]) == ("区中心医院", "admitted tonight")
    assert refused.status == 404
    assert granted.body["state"] == "GRANTED"
    assert doctor.get(f"/people/{elder.pk}").status == 200
    assert herself.get(path).body["items"] == []
    assert herself.post(f"/access-requests/{asked['id']}/answer", {"grant": False}).code == "ALREADY_ANSWERED"


def test_a_consent_opens_the_record_until_it_is_withdrawn(who: Cast, elder: Person, herself: Caller) -> None:
    doctor, path = caller(who.ward_doctor), f"/people/{elder.pk}"

    given = herself.post(f"{path}/consents", {"organisation": str(who.hospital.pk), "purpose": "ward round"})
    opened = doctor.get(path)
    again = herself.post(f"{path}/consents", {"organisation": str(who.hospital.pk), "purpose": "ward round"})
    taken = herself.post(f"/consents/{given.body['id']}/withdraw")

    assert (given.status, given.body["name"], given.body["scope"]) == (201, "区中心医院", "FULL")
    assert (opened.status, again.code) == (200, "CONSENT_GIVEN_ALREADY")
    assert taken.body["withdrawn_at"]
    assert doctor.get(path).status == 404
    assert [one["id"] for one in herself.get(f"{path}/consents").body["items"]] == [given.body["id"]]
    assert herself.post(f"/consents/{given.body['id']}/withdraw").code == "CONSENT_OVER"


def test_staff_say_who_agreed_and_nobody_else_may_withdraw(who: Cast, elder: Person) -> None:
    nurse, stranger, path = caller(who.care_home_nurse), caller(who.stranger), f"/people/{elder.pk}/consents"
    told = {"organisation": str(who.hospital.pk), "purpose": "ward round", "scope": "MOVE"}

    unproved = nurse.post(path, told)
    given = nurse.post(path, told | {"given_by": "signed, in the office"})
    nowhere = nurse.post(path, told | {"organisation": str(elder.pk), "given_by": "signed, in the office"})

    assert unproved.code == "CONSENT_UNPROVED"
    assert (given.status, given.body["scope"]) == (201, "MOVE")
    assert nowhere.body["errors"][0]["pointer"] == "/organisation"
    assert stranger.post(f"/consents/{given.body['id']}/withdraw").status == 404
    assert caller(who.care_worker).post(path, told).status == 403


def test_a_consent_is_given_to_two_units_before_witnesses_and_narrowed(who: Cast, elder: Person) -> None:
    nurse, path = caller(who.care_home_nurse), f"/people/{elder.pk}/consents"
    told = {
        "organisation": str(who.hospital.pk), "others": [str(who.chc.pk)], "purpose": "ward round", "way": "SPOKEN",
        "kinds": ["RESULTS", "MEDICINES"], "labels": ["PSY"], "given_by": "said at the bedside", "read_by": "社工",
    }  # fmt: skip
    two = [{"name": "王芳", "relation": "女儿"}, {"name": "李大妈", "relation": "邻居"}]

    alone = nurse.post(path, told | {"witnesses": two[:1]})
    given = nurse.post(path, told | {"witnesses": two})
    wider = nurse.post(f"/consents/{given.body['id']}/narrow", {"kinds": ["IMAGING"], "given_by": "signed"})
    less = nurse.post(f"/consents/{given.body['id']}/narrow", {"kinds": ["RESULTS"], "given_by": "signed"})

    assert (alone.code, wider.code) == ("CONSENT_UNWITNESSED", "CONSENT_NOT_NARROWER")
    assert (given.status, given.body["kinds"], given.body["labels"]) == (
        201,
        ["MEDICINES", "RESULTS"],
        ["PSY"],
    )
    assert given.body["act"]["witnesses"] == two and len(given.body["act"]["consents"]) == 2
    assert (less.body["kinds"], less.body["narrows"]) == (["RESULTS"], given.body["id"])


@pytest.mark.parametrize("part", ["consents", "delegations"])
def test_an_end_that_is_past_is_pointed_at(
    who: Cast, elder: Person, herself: Caller, daughter: AccountActor, part: str
) -> None:
    past = {"expires_at": "2020-01-01T00:00:00Z"}
    told = {"organisation": str(who.hospital.pk), "purpose": "ward round"}

    reply = herself.post(
        f"/people/{elder.pk}/{part}", past | told if part == "consents" else entrusting(daughter, **past)
    )

    assert reply.status == 422
    assert [error["pointer"] for error in reply.body["errors"]] == ["/expires_at"]
