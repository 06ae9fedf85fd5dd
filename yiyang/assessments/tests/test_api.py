"""The whole way of an assessment over the API, and what a repeated or stale request is answered."""

from __future__ import annotations

import pytest

from yiyang.access.tests.calling import caller
from yiyang.access.tests.factories import cast, family
from yiyang.assessments.tests.factories import WELL, instrument, text
from yiyang.people.tests.factories import person

pytestmark = pytest.mark.django_db


def test_an_assessment_is_begun_answered_signed_questioned_and_scored_anew() -> None:
    who = cast()
    elder = person("王秀英", organisation_id=who.care_home.pk)
    instrument()
    nurse = caller(who.care_home_nurse)

    begun = nurse.post(f"/people/{elder.pk}/assessments", {"code": "MINI", "reason": "FIRST", "key": "k1"})
    address = f"/assessments/{begun.body['id']}"
    assert (begun.status, begun.body["missing"]) == (201, ["walk", "weight", "harm"])
    again = nurse.post(f"/people/{elder.pk}/assessments", {"code": "MINI", "reason": "FIRST", "key": "k1"})
    assert again.body["id"] == begun.body["id"]

    kept = nurse.post(f"{address}/answer", {"answers": {"walk": "1"}, "revision": 1, "device": "a"})
    assert kept.body["asked"] == ["walk", "fell", "weight", "harm"]
    stale = nurse.post(f"{address}/answer", {"answers": {"walk": "2"}, "revision": 1, "device": "b"})
    assert (stale.status, stale.code) == (409, "ANSWERS_CHANGED")
    assert stale.body["details"]["theirs"] == {"walk": "1"}
    assert nurse.post(f"{address}/sign", {}).code == "ANSWERS_MISSING"
    nurse.post(f"{address}/answer", {"answers": {"weight": 61.5, "harm": "no"}, "revision": 2})
    assert nurse.post(f"{address}/sign", {"revision": 1}).code == "READ_AGAIN_BEFORE_SIGNING"
    signed = nurse.post(f"{address}/sign", {"revision": 3})
    assert (signed.status, signed.body["state"], signed.body["level"]) == (200, "SIGNED", "1")

    instrument(version="2")
    rescored = nurse.get(f"{address}/rescored").body
    assert (rescored["as_given"]["version"], rescored["as_newer"]["version"], rescored["same"]) == (
        "1",
        "2",
        True,
    )
    assert [one["reason"] for one in nurse.get("/assessments-due").body["items"]] == ["ROUTINE"]
    disputed = nurse.post(f"{address}/dispute", {"grounds": "walks alone", "by_whom": "FAMILY"})
    assert nurse.post(f"/disputes/{disputed.body['id']}/begin", {}).code == "SAME_ASSESSOR"
    assert nurse.get(f"/people/{elder.pk}/assessments").body["items"][0]["id"] == begun.body["id"]
    assert caller(who.family_doctor).get(address).status == 404


def test_a_person_answers_and_hands_in_and_an_office_puts_a_file_into_use() -> None:
    who = cast()
    elder = person("王秀英", organisation_id=who.care_home.pk)
    office = caller(who.system_administrator)
    assert office.post("/instruments", {"text": "x = 1", "name": "x.toml"}).code == "INSTRUMENT_FAULTY"
    assert office.post("/instruments", {"text": text(self_report=True), "name": "m.toml"}).status == 201

    own = caller(family(person_id=elder.pk))
    begun = own.post(f"/people/{elder.pk}/self-reports", {"code": "MINI"}).body
    own.post(f"/self-reports/{begun['id']}/answer", {"answers": WELL, "revision": 1})
    sent = own.post(f"/self-reports/{begun['id']}/hand-in", {})

    assert (sent.status, sent.body["state"], sent.body["answers"]) == (200, "DRAFT", {})
    assert own.post(f"/assessments/{begun['id']}/sign", {}).status == 403
