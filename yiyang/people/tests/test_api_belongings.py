"""What belongs to a person over the API: added and ended one by one; two records joined and parted."""

from __future__ import annotations

from typing import Any

import pytest

from yiyang.access.tests.calling import Caller, caller
from yiyang.access.tests.factories import Cast, cast
from yiyang.people.tests.factories import id_number, person, seen_by

pytestmark = pytest.mark.django_db

ADDED: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    ("identifiers", {"kind": "RESIDENT_ID"}, "documents", {"reason": "typed wrongly"}),
    ("phones", {"number": "13800000000"}, "phones", {}),
    ("contacts", {"full_name": "王建国", "kinship": "CHILD", "phone": "13900000000"}, "contacts", {}),
]
DATED: list[tuple[str, dict[str, Any]]] = [
    ("insurances", {"kind": "EMPLOYEE"}),
    ("groups", {"group": "LIVES_ALONE", "evidence": "seen at home"}),
]


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def nurse(who: Cast) -> Caller:
    return caller(who.care_home_nurse)


@pytest.fixture
def path(nurse: Caller) -> str:
    return f"/people/{nurse.post('/people', {'full_name': '吕秀英'}).body['id']}"


@pytest.mark.parametrize(("part", "told", "shown", "ending"), ADDED)
def test_what_is_added_can_be_ended(
    nurse: Caller, path: str, part: str, told: dict[str, Any], shown: str, ending: dict[str, Any]
) -> None:
    told = told | ({"number": id_number()} if part == "identifiers" else {})

    added = nurse.post(f"{path}/{part}", told)
    [row] = added.body[shown]
    ended = nurse.post(f"{path}/{part}/{row['id']}/end", ending, If_Match=added.etag)
    again = nurse.post(f"{path}/{part}/{row['id']}/end", ending)

    assert (added.status, ended.status) == (201, 200)
    assert ended.body[shown] == []
    assert (again.status, again.code) == (409, "ALREADY_ENDED")


@pytest.mark.parametrize(("part", "told"), DATED)
def test_what_has_a_period_ends_on_a_day(nurse: Caller, path: str, part: str, told: dict[str, Any]) -> None:
    added = nurse.post(f"{path}/{part}", {**told, "from_on": "2026-01-01"})
    [row] = added.body[part]

    ended = nurse.post(f"{path}/{part}/{row['id']}/end", {"to_on": "2026-06-01"}, If_Match=added.etag)
    backwards = nurse.post(f"{path}/{part}/{row['id']}/end", {"to_on": "2025-06-01"})

    assert ended.body[part][0]["to_on"] == "2026-06-01"
    assert backwards.code == "PERIOD_ENDS_BEFORE_START"


def test_each_change_makes_another_version(nurse: Caller, path: str) -> None:
    first = nurse.get(path).etag
    nurse.post(f"{path}/phones", {"number": "13800000000"})

    late = nurse.post(f"{path}/contacts", {"full_name": "王建国", "kinship": "CHILD"}, If_Match=first)

    assert (late.status, late.code) == (412, "STALE")
    assert nurse.get(path).body["contacts"] == []


def test_family_is_linked_both_ways_and_parted(nurse: Caller, path: str) -> None:
    wife = nurse.post("/people", {"full_name": "王淑珍"}).body["id"]

    linked = nurse.post(f"{path}/family", {"relative": wife, "kinship": "SPOUSE", "lives_together": True})
    [there] = linked.body["family"]
    [back] = nurse.get(f"/people/{wife}").body["family"]
    parted = nurse.post(f"{path}/family/{there['id']}/end", {"reason": "mistake"})

    assert (there["relative"], back["kinship"]) == (wife, "SPOUSE")
    assert parted.body["family"] == nurse.get(f"/people/{wife}").body["family"] == []


def test_a_family_doctor_is_signed_with_and_left(who: Cast) -> None:
    elder = person("吕秀英")
    seen_by(elder, who.chc.pk)
    doctor = caller(who.family_doctor)
    path = f"/people/{elder.pk}"
    told = {"organisation": str(who.chc.pk), "doctor_name": "周医生", "starts_on": "2026-01-01"}

    signed = doctor.post(f"{path}/family-doctor", told)
    second = doctor.post(f"{path}/family-doctor", told)
    ended = doctor.post(f"{path}/family-doctor/end", {"reason": "moved away"})

    assert signed.body["family_doctor"]["doctor_name"] == "周医生"
    assert second.code == "HAS_FAMILY_DOCTOR"
    assert (ended.status, ended.body["end_reason"]) == (200, "moved away")
    assert doctor.get(path).body["family_doctor"] is None
    assert doctor.post(f"{path}/family-doctor/end", {"reason": "again"}).status == 404


def test_who_ends_the_contract_may_lose_sight_of_the_person(who: Cast) -> None:
    elder = person("吕秀英")
    glance = seen_by(elder, who.chc.pk)
    doctor = caller(who.family_doctor)
    path = f"/people/{elder.pk}"
    doctor.post(f"{path}/family-doctor", {"organisation": str(who.chc.pk), "starts_on": "2026-01-01"})
    type(glance).objects.filter(id=glance.id).delete()

    ended = doctor.post(f"{path}/family-doctor/end", {"reason": "moved away"})

    assert ended.status == 200
    assert doctor.get(path).status == 404


def test_a_row_of_somebody_else_is_not_found(nurse: Caller, path: str) -> None:
    other = nurse.post("/people", {"full_name": "王淑珍"}).body["id"]
    [theirs] = nurse.post(f"/people/{other}/phones", {"number": "13800000000"}).body["phones"]

    assert nurse.post(f"{path}/phones/{theirs['id']}/end").status == 404
    assert len(nurse.get(f"/people/{other}").body["phones"]) == 1


def test_two_records_are_joined_and_parted(who: Cast) -> None:
    centre = caller(who.coordinator)
    kept, double = (person(name, organisation_id=who.centre.pk) for name in ("吕秀英", "吕秀瑛"))
    path = f"/people/{kept.pk}"

    seen = centre.get(path).etag
    merged = centre.post(f"{path}/merge", {"duplicate": str(double.pk), "reason": "one card"}, If_Match=seen)
    through = centre.get(f"/people/{double.pk}").body
    itself = centre.post(f"{path}/merge", {"duplicate": str(double.pk), "reason": "one card"})
    parted = centre.post(
        f"{path}/unmerge", {"duplicate": str(double.pk), "reason": "twins"}, If_Match=merged.etag
    )

    assert merged.body["merged"] == [str(double.pk)]
    assert through["id"] == str(kept.pk)
    assert itself.code == "MERGED_INTO_ITSELF"
    assert parted.body == {"person": str(kept.pk), "duplicate": str(double.pk)}
    assert centre.get(f"/people/{double.pk}").body["full_name"] == "吕秀瑛"


def test_an_old_id_of_the_person_may_be_used_with_the_version(who: Cast) -> None:
    centre = caller(who.coordinator)
    kept, double = (person(name, organisation_id=who.centre.pk) for name in ("吕秀英", "吕秀瑛"))
    merged = centre.post(f"/people/{kept.pk}/merge", {"duplicate": str(double.pk), "reason": "one card"})
    again = person("吕秀莹", organisation_id=who.centre.pk)

    told = {"duplicate": str(again.pk), "reason": "one card"}
    late = centre.post(f"/people/{double.pk}/merge", told, If_Match='"v1"')
    done = centre.post(f"/people/{double.pk}/merge", told, If_Match=merged.etag)

    assert (late.status, done.status) == (412, 200)
    assert len(done.body["merged"]) == 2


def test_only_who_may_merge_merges(who: Cast, nurse: Caller, path: str) -> None:
    double = nurse.post("/people", {"full_name": "吕秀瑛"}).body["id"]

    assert nurse.post(f"{path}/merge", {"duplicate": double, "reason": "one card"}).status == 403
    assert caller(who.stranger).post(f"{path}/merge", {"duplicate": double, "reason": "mine"}).status == 404


@pytest.mark.parametrize(
    ("part", "body", "status"),
    [
        ("phones", b"[]", 422),
        ("phones", {"number": "12"}, 422),
        ("phones", {"number": "138\x0000000000"}, 422),
        ("contacts", {"full_name": "a\x00b", "kinship": "CHILD"}, 422),
        ("contacts", {"full_name": "<b>", "kinship": "CHILD"}, 422),
        ("groups", {"group": "LIVES_ALONE", "evidence": "x"}, 422),
        ("insurances", {"kind": "EMPLOYEE", "kin": 1}, 422),
        ("family", {"relative": "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d01", "kinship": "CHILD"}, 422),
    ],
)
def test_what_cannot_be_is_refused(nurse: Caller, path: str, part: str, body: Any, status: int) -> None:
    before = nurse.get(path).body

    assert nurse.post(f"{path}/{part}", body).status == status
    assert nurse.get(path).body == before
