"""Organisations and contracts over the API."""

from __future__ import annotations

import pytest

from yiyang.access.tests.calling import caller
from yiyang.access.tests.factories import cast

pytestmark = pytest.mark.django_db


def test_organisations_of_the_district_are_found_by_kind_area_and_name() -> None:
    who = cast()
    nurse = caller(who.care_home_nurse)

    def names(**asked: str) -> set[str]:
        return {item["name_zh"] for item in nurse.get("/organisations", **asked).body["items"]}

    assert names(kind="HOSPITAL") == {"区中心医院"}
    assert names(search="阳光") == {"阳光养老院"}
    assert names(area="990000") == set()
    assert nurse.get(f"/organisations/{who.hospital.pk}").body["kind"] == "HOSPITAL"
    assert caller(who.other_elder).get("/organisations").body["items"] == []


def test_areas_are_listed_by_their_codes() -> None:
    who = cast()
    nurse = caller(who.care_home_nurse)

    below = nurse.get("/areas", below="310106").body["items"]

    assert [one["code"] for one in below] == ["310106", "310106006"]
    assert nurse.get("/areas", level="STREET").body["items"][0]["parent"] == "310106"
    assert nurse.get("/areas", below="99").body["items"] == []


def test_an_organisation_is_moved_closed_and_reopened() -> None:
    who = cast()
    office = caller(who.system_administrator)
    told = {"kind": "INSTITUTION", "name_zh": "新院", "area": "310106006"}
    made = office.post("/organisations", told)
    path = f"/organisations/{made.body['id']}"

    moved = office.post(f"{path}/move", {"parent": str(who.care_home.pk)}, If_Match=made.etag)
    late = office.post(f"{path}/move", {"parent": None}, If_Match=made.etag)
    closed = office.post(f"{path}/close", {"reason": "merged"}, If_Match=moved.etag)

    assert moved.body["parent"] == str(who.care_home.pk)
    assert (late.status, late.code) == (412, "STALE")
    assert closed.body["active"] is False
    assert office.post(f"{path}/reopen", {"reason": "open again"}).body["active"] is True
    assert caller(who.stranger).post(f"{path}/close", {"reason": "mine"}).status == 404


def test_an_organisation_is_added_and_edited_by_the_district_office() -> None:
    who = cast()
    office = caller(who.system_administrator)
    told = {"kind": "INSTITUTION", "name_zh": "新院", "area": "310106006", "member_unit": True}

    made = office.post("/organisations", told)
    path = f"/organisations/{made.body['id']}"
    edited = office.patch(path, {"phone": "021-62530000"}, If_Match=made.etag)

    assert (made.status, edited.status) == (201, 200)
    assert edited.body["phone"] == "021-62530000"
    assert edited.body["name_zh"] == "新院"
    assert office.patch(path, {"phone": "1"}, If_Match=made.etag).status == 412
    assert office.post("/organisations", {**told, "area": "999999"}).body["errors"][0]["pointer"] == "/area"
    assert caller(who.care_home_nurse).post("/organisations", told).status == 403


def test_a_contract_holds_once_both_have_signed() -> None:
    who = cast()
    home, other = caller(who.care_home_manager), caller(who.other_manager)
    terms = {"bed_kinds": ["INSTITUTION"], "directions": ["OUT"], "valid_from": "2026-01-01"}
    parties = {"first": str(who.care_home.pk), "second": str(who.other_home.pk)}

    drafted = home.post("/contracts", {**parties, **terms})
    path = f"/contracts/{drafted.body['id']}"
    edited = home.patch(path, {**terms, "daily_quota": 3}, If_Match=drafted.etag)
    first = home.post(f"{path}/sign", {"party": parties["first"]})
    second = other.post(f"{path}/sign", {"party": parties["second"]})

    assert (drafted.body["state"], edited.body["daily_quota"]) == ("DRAFT", 3)
    assert (first.body["state"], second.body["state"]) == ("DRAFT", "SIGNED")
    assert home.patch(path, terms, If_Match=second.etag).code == "CONTRACT_ALREADY_SIGNED"
    assert home.post(f"{path}/suspend", {"reason": "outbreak"}).body["state"] == "SUSPENDED"
    assert home.post(f"{path}/resume", {"reason": "over"}).body["state"] == "SIGNED"
    assert other.post(f"{path}/end", {"reason": "agreed"}).body["state"] == "ENDED"


@pytest.mark.parametrize("act", ["sign", "suspend", "resume", "end"])
def test_a_contract_that_somebody_else_changed_is_not_changed_again(act: str) -> None:
    who = cast()
    home = caller(who.care_home_manager)
    path = f"/contracts/{who.contract.pk}"
    seen = home.get(path).etag
    home.post(f"{path}/suspend", {"reason": "outbreak"}, If_Match=seen)
    told = {"party": str(who.care_home.pk)} if act == "sign" else {"reason": "late"}

    late = home.post(f"{path}/{act}", told, If_Match=seen)

    assert (late.status, late.code) == (412, "STALE")
    assert home.get(path).body["state"] == "SUSPENDED"


def test_a_contract_is_closed_to_those_who_are_no_party() -> None:
    who = cast()
    stranger = caller(who.stranger)

    assert stranger.get("/contracts").body["items"] == []
    assert stranger.get(f"/contracts/{who.contract.pk}").status == 404
    assert stranger.post(f"/contracts/{who.contract.pk}/end", {"reason": "mine"}).status == 404


def test_nobody_signs_for_a_third_party() -> None:
    who = cast()
    home = caller(who.care_home_manager)

    reply = home.post(f"/contracts/{who.contract.pk}/sign", {"party": str(who.chc.pk)})

    assert reply.body["errors"][0]["pointer"] == "/party"


def test_a_token_tells_who_acts() -> None:
    who = cast()

    me = caller(who.care_home_nurse).get("/me").body
    elder = caller(who.other_elder).get("/me").body

    assert (me["role"], me["organisation"]["name"]) == ("CARE_HOME_NURSE", "阳光养老院")
    assert "REQUEST_TRANSFER" in me["permissions"]
    assert (elder["role"], elder["organisation"]) == ("ELDER", None)


def test_notices_are_read_and_acknowledged() -> None:
    from yiyang.access.commands import notify
    from yiyang.kernel.actors import SYSTEM
    from yiyang.kernel.time import now

    who = cast()
    notify(
        by=SYSTEM, at=now(), subject="access.licence_changed", organisation=who.care_home,
        role="CARE_HOME_NURSE", params={"number": "L1", "reason": "ended"},
    )  # fmt: skip
    nurse, stranger = caller(who.care_home_nurse), caller(who.stranger)

    [notice] = nurse.get("/notices", open="true").body["items"]
    path = f"/notices/{notice['id']}/acknowledge"

    assert "L1" in notice["text"]
    assert stranger.post(path).status == 404
    assert nurse.post(path).body["acknowledged_at"]
    assert nurse.get("/notices", open="true").body["items"] == []
