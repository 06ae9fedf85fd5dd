"""What goes with a person, over the API: skin, infection, companions, documents before entry, three questions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.access.tests.calling import caller
from yiyang.access.tests.factories import family
from yiyang.beds import commands
from yiyang.beds.models import Experience, Transfer
from yiyang.beds.tests.factories import Cast, allocated, bed, cast, person, room, stay, transfer
from yiyang.kernel.time import now
from yiyang.people.models import Person

pytestmark = pytest.mark.django_db
SORE = {"region": "SACRUM", "finding": "PRESSURE_INJURY", "stage": "II", "size": "3×2", "note": ""}


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def elder(who: Cast) -> Person:
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home))
    bed(who.hospital, "HOSPITAL")
    return elder


@pytest.fixture
def given(who: Cast, elder: Person) -> Transfer:
    asked = transfer(who.care_home_nurse, elder)
    found = allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital)
    return commands.hand_over(by=who.care_home_nurse, at=now(), transfer=found, condition="awake")


def test_the_skin_is_looked_at_and_signed_by_the_other_side(who: Cast, given: Transfer) -> None:
    nurse, ward = caller(who.care_home_nurse), caller(who.head_nurse)
    path = f"/transfers/{given.pk}"

    early = ward.post(f"{path}/skin-at-arrival", {"intact": True})
    written = nurse.post(f"{path}/skin-at-departure", {"findings": [SORE]})
    own = nurse.post(f"{path}/skin-at-departure/confirm")
    signed = ward.post(f"{path}/skin-at-departure/confirm")
    late = nurse.post(f"{path}/skin-at-departure", {"intact": True})

    assert early.code == "SKIN_CHECK_TOO_EARLY"
    departure = written.body["checks"][0]
    assert (departure["findings"], departure["may_check"], departure["may_sign"]) == ([SORE], True, False)
    assert (own.status, signed.status, late.code) == (403, 200, "SKIN_CHECK_SIGNED")
    assert nurse.get(f"{path}/skin-checks").body["checks"][0]["confirmed_by"]
    assert (
        nurse.post(f"{path}/skin-at-departure", {"findings": [SORE], "intact": True}).code
        == "SKIN_NOT_LOOKED_AT"
    )
    assert caller(who.stranger).get(f"{path}/skin-checks").status == 404


def test_the_skin_is_not_checked_at_departure_after_the_arrival(who: Cast, given: Transfer) -> None:
    nurse = caller(who.care_home_nurse)
    nurse.post(f"/transfers/{given.pk}/depart")
    caller(who.admission_office).post(f"/transfers/{given.pk}/arrive", {"responsible": "陈医生"})

    late = nurse.post(f"/transfers/{given.pk}/skin-at-departure", {"intact": True})

    assert late.code == "SKIN_CHECK_TOO_LATE"


def test_the_body_map_says_its_places_in_the_language_asked_for(who: Cast) -> None:
    nurse = caller(who.care_home_nurse, language="zh")

    told = nurse.get("/body-map").body

    assert len(told["regions"]) == 37
    assert told["findings"]["PRESSURE_INJURY"] != "pressure injury"


def test_a_precaution_begins_and_ends_for_who_handles_the_person(who: Cast, elder: Person) -> None:
    nurse, path = caller(who.care_home_nurse), f"/people/{elder.pk}/precautions"

    begun = nurse.post(path, {"way": "CONTACT", "cause": "SCABIES", "note": "found today"})

    assert begun.status == 201
    assert nurse.post(path, {"way": "CONTACT", "cause": "SCABIES"}).code == "PRECAUTION_ALREADY"
    assert (
        caller(who.ward_doctor).get(path).status
        == caller(family("ELDER", person_id=elder.pk)).get(path).status
        == 404
    )
    [shown] = nurse.get(path).body["items"]
    ended = nurse.post(f"/precautions/{shown['id']}/end")
    assert ended.body["ended_by"]
    assert nurse.get(path).body["items"] == []


def test_an_outbreak_closes_a_ward_until_it_is_over(who: Cast) -> None:
    manager, ward = caller(who.care_home_manager), room(who.care_home).ward
    home = str(who.care_home.pk)

    declared = manager.post("/outbreaks", {"unit": home, "ward": str(ward.pk), "reason": "norovirus, 4"})
    foreign = manager.post("/outbreaks", {"unit": str(who.hospital.pk), "reason": "x"})

    assert (declared.status, declared.body["ward_name"]) == (201, "三楼")
    assert foreign.body["errors"][0]["pointer"] == "/unit"
    assert caller(who.ward_doctor).get("/outbreaks").body["items"] == []
    manager.post(f"/outbreaks/{declared.body['id']}/end")
    assert manager.get("/outbreaks", live="true").body["items"] == []
    assert manager.get("/outbreaks", unit=home).body["items"][0]["ended_by"]


def test_who_stays_with_a_person_is_written_down(who: Cast, elder: Person) -> None:
    nurse, path = caller(who.care_home_nurse), f"/people/{elder.pk}/companions"

    came = nurse.post(path, {"name": "王芳", "kind": "FAMILY", "phone": "13900000000", "place": "301-2"})
    in_unit = nurse.get(f"/organisations/{who.care_home.pk}/companions")
    left = nurse.post(f"/companions/{came.body['id']}/end")

    assert [one["name"] for one in in_unit.body["items"]] == ["王芳"]
    assert left.body["ended_by"]
    assert nurse.get(path).body["items"] == []
    assert caller(who.stranger).get(f"/organisations/{who.care_home.pk}/companions").status == 404


def test_documents_before_entry_are_asked_for_and_shown(who: Cast, given: Transfer) -> None:
    office, nurse = caller(who.admission_office), caller(who.care_home_nurse)
    asked = office.post("/entry-requirements", {"unit": str(who.hospital.pk), "name": "胸片", "days": 7})
    path, today = f"/transfers/{given.pk}/entry-documents", now().date()
    requirement = asked.body["id"]

    missing = nurse.get(path).body["items"][0]["state"]
    old = nurse.post(path, {"requirement": requirement, "issued_on": str(today - timedelta(days=9))})
    shown = nurse.post(path, {"requirement": requirement, "issued_on": str(today)})

    assert (missing, old.body["items"][0]["state"], shown.body["items"][0]["state"]) == (
        "MISSING", "TOO_OLD", "SHOWN",
    )  # fmt: skip
    assert nurse.get("/entry-requirements", unit=str(who.hospital.pk)).body["items"][0]["name"] == "胸片"
    office.post(f"/entry-requirements/{requirement}/stop")
    assert nurse.get(path).body["items"] == []


def test_the_three_questions_are_answered_once(who: Cast, given: Transfer) -> None:
    nurse, path = caller(who.care_home_nurse), f"/transfers/{given.pk}/experience"
    told = {"told_in_time": "GOOD", "well_treated": "GOOD", "well_received": "BAD"}
    nurse.post(f"/transfers/{given.pk}/depart")
    caller(who.admission_office).post(f"/transfers/{given.pk}/arrive", {"responsible": "陈医生"})

    unsaid = nurse.post(path, told)
    answered = nurse.post(path, told | {"by_whom": "FAMILY", "how": "TELEPHONE"})

    assert [one["pointer"] for one in unsaid.body["errors"]] == ["/by_whom", "/how"]
    assert answered.status == 201
    assert Experience.objects.get().how == "TELEPHONE"
    assert nurse.post(path, told | {"by_whom": "FAMILY", "how": "PAPER"}).code == "ANSWERED_ALREADY"


def test_a_draft_of_the_handover_is_not_saved_over_somebody_elses(who: Cast, given: Transfer) -> None:
    nurse, manager = caller(who.care_home_nurse), caller(who.care_home_manager)
    path = f"/transfers/{given.pk}/handover-draft"
    seen = nurse.get(path).body
    saved = nurse.post(path, {"typed": {"condition": "awake", "unknown": "x"}, "seen": seen["mark"]})

    late = manager.post(path, {"typed": {"condition": "drowsy"}, "seen": seen["mark"]})
    theirs = manager.get(path).body
    done = manager.post(path, {"typed": theirs["typed"] | {"allergies": "none"}, "seen": theirs["mark"]})

    assert (saved.status, late.code, done.status) == (200, "DRAFT_CHANGED", 200)
    assert done.body["typed"] == {"condition": "awake", "allergies": "none"}
    assert caller(who.ward_doctor).get(path).status == 403
    names = [one["name"] for part in nurse.get("/handover-form").body["parts"] for one in part["fields"]]
    assert {"condition", "fall_risk"} <= set(names)
