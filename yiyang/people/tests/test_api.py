"""Persons over the API."""

from __future__ import annotations

import pytest

from yiyang.access.tests.calling import caller
from yiyang.access.tests.factories import cast
from yiyang.people.tests.factories import id_number, person

pytestmark = pytest.mark.django_db


def test_a_person_is_registered_found_and_read() -> None:
    nurse = caller(cast().care_home_nurse)
    number = id_number(female=True)

    made = nurse.post(
        "/people",
        {"full_name": "吕秀英", "documents": [{"kind": "RESIDENT_ID", "number": number}], "phones": ["13800000000"]},
    )  # fmt: skip

    assert made.status == 201
    assert (made.body["sex"], made.body["born_on"]) == ("FEMALE", "1940-01-01")
    assert number not in str(made.body)
    for text in ("吕", "lv", "lu", "lxy", "秀英", number, "13800000000"):
        assert [one["id"] for one in nurse.get("/people", search=text).body["items"]] == [made.body["id"]]
    assert nurse.get(f"/people/{made.body['id']}").body == made.body


def test_one_number_never_makes_two_persons() -> None:
    who = cast()
    number = id_number()
    told = {"full_name": "吕秀英", "documents": [{"kind": "RESIDENT_ID", "number": number}]}
    made = caller(who.care_home_nurse).post("/people", told)

    again = caller(who.care_home_nurse).post("/people", told)
    elsewhere = caller(who.stranger).post("/people", told)

    assert (again.status, again.code) == (409, "PERSON_ALREADY_REGISTERED")
    assert again.body["details"]["person_id"] == made.body["id"]
    assert elsewhere.code == "PERSON_REGISTERED_ELSEWHERE"
    assert "吕秀英" not in str(elsewhere.body)


def test_a_number_that_cannot_be_is_refused_in_the_callers_language() -> None:
    nurse = caller(cast().care_home_nurse, language="zh")

    reply = nurse.post(
        "/people", {"full_name": "吕秀英", "documents": [{"kind": "RESIDENT_ID", "number": "310106194001011231"}]}
    )  # fmt: skip

    assert reply.status == 422
    assert "号" in reply.body["detail"]


def test_facts_tell_what_happened() -> None:
    nurse = caller(cast().care_home_nurse)
    made = nurse.post("/people", {"full_name": "吕秀英"})
    path = f"/people/{made.body['id']}"
    nurse.patch(path, {"residence_floor": "5"}, If_Match=made.etag)

    facts = nurse.get(f"{path}/facts").body["items"]

    names = [fact["name"] for fact in facts]
    assert names[0] == "person.edited"
    assert "person.registered" in names
    assert facts[0]["data"]["changed"]["residence_floor"] == ["", "5"]


def test_a_stranger_finds_nobody() -> None:
    who = cast()
    elder = person("吕秀英", organisation_id=who.care_home.pk)
    stranger = caller(who.stranger)

    assert stranger.get("/people", search="吕").body["items"] == []
    assert stranger.get(f"/people/{elder.pk}").status == 404
    assert stranger.get(f"/people/{elder.pk}/facts").status == 404
    assert stranger.patch(f"/people/{elder.pk}", {"residence_floor": "5"}, If_Match='"v1"').status == 404


def test_an_elder_reads_the_own_record_and_searches_for_nobody() -> None:
    from yiyang.access.tests.factories import family

    elder = person("吕秀英")
    account = caller(family("ELDER", person_id=elder.pk))

    assert account.get(f"/people/{elder.pk}").body["full_name"] == "吕秀英"
    assert account.get("/people", search="吕").status == 403


def test_who_holds_the_full_number_may_ask_or_break_the_glass() -> None:
    who = cast()
    number = id_number()
    elder = person("吕秀英", id_card=number)
    doctor = caller(who.ward_doctor)

    asked = doctor.post("/ask-for-access", {"number": number, "reason": "admitted tonight"})
    assert (asked.status, "吕秀英" in str(asked.body)) == (201, False)
    assert doctor.get(f"/people/{elder.pk}").status == 404

    opened = doctor.post("/break-glass", {"number": number, "reason": "unconscious"})
    assert opened.body["person"] == str(elder.pk)
    assert doctor.get(f"/people/{elder.pk}").body["full_name"] == "吕秀英"
    unknown = doctor.post("/break-glass", {"number": id_number(), "reason": "unconscious"})
    assert (unknown.status, unknown.code) == (404, "NOBODY_WITH_THIS_NUMBER")
