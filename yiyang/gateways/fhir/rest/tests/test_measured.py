"""Readings of devices over /fhir: by person, code and date, in order, page by page; valid R4; for nobody else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from yiyang.access.actors import AccountActor
from yiyang.access.tests.factories import Cast, account
from yiyang.access.tests.factories import cast as whole_cast
from yiyang.assessments import commands as assessments
from yiyang.assessments.queries import answering
from yiyang.assessments.queries.measured import taken_over
from yiyang.assessments.tests.papers import vitals
from yiyang.devices import commands
from yiyang.devices.commands.intake import take_in
from yiyang.devices.models import Device
from yiyang.devices.rules.kinds import DeviceKind
from yiyang.devices.tests.lending import device, lend, own_key, pack
from yiyang.gateways.fhir.rest.tests.client import Fhir
from yiyang.gateways.fhir.rest.tests.test_shown import ids, sent
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people import reach
from yiyang.people.tests.factories import person, seen_by
from yiyang.records.queries import outside
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.validating import validate

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return whole_cast()


@pytest.fixture
def wang(cast: Cast) -> Any:
    """Three hours of a monitor, a minute each, and a blood pressure every half hour."""
    reach.forget()
    found = person()
    seen_by(found, cast.care_home.pk)
    made = device(DeviceKind.MONITOR)
    lend(made, found.pk)
    start = now().replace(microsecond=0) - timedelta(hours=3)
    told = [("HEART_RATE", start + timedelta(minutes=minute), 60 + minute % 20) for minute in range(180)]
    for minute in range(0, 180, 30):
        at = start + timedelta(minutes=minute)
        told += [("SYSTOLIC", at, 140), ("DIASTOLIC", at, 80), ("TEMPERATURE", at, 36.6), ("OXYGEN", at, 97)]
    take_in([(own_key(made), pack(made, *told))], now=now())
    return found


def test_a_person_s_readings_are_found_by_code_and_date_in_pages(cast: Cast, wang: Any) -> None:
    nurse = Fhir(cast.care_home_nurse)
    since = (now() - timedelta(hours=1)).isoformat().replace("+00:00", "Z")

    pressure = sent(nurse.get(f"/Observation?patient={wang.pk}&code=85354-9"))
    hour = sent(nurse.get(f"/Observation?patient={wang.pk}&code=8867-4&date=ge{since}&_count=25&_sort=-date"))
    following = next(one["url"] for one in hour["link"] if one["relation"] == "next")
    rest = sent(nurse.get(following.split("/fhir", 1)[1]))

    assert len(ids(pressure)) == 6
    parts = pressure["entry"][0]["resource"]["component"]
    assert [(one["code"]["coding"][0]["code"], one["valueQuantity"]["value"]) for one in parts] == [
        ("8480-6", 140),
        ("8462-4", 80),
    ]
    when = [one["resource"]["effectiveDateTime"] for one in (*hour["entry"], *rest["entry"])]
    assert len(ids(hour)) == 25 and when == sorted(set(when), reverse=True) and 49 <= len(when) <= 60
    warm = sent(nurse.get(f"/Observation?patient={wang.pk}&code=8310-5&_count=1"))["entry"][0]["resource"]
    assert warm["valueQuantity"]["value"] == 36.6
    assert sent(nurse.get(f"/Observation/{warm['id']}"))["id"] == warm["id"]
    assert not validate(bodies.decode(json.dumps(warm).encode()), level="full")
    assert not validate(bodies.decode(json.dumps(pressure["entry"][0]["resource"]).encode()), level="full")
    signs = sent(nurse.get(f"/Observation?patient={wang.pk}&category=vital-signs&_count=1&_total=accurate"))
    assert signs["total"] == 180 + 6 + 6 + 6
    assert len(ids(sent(nurse.get(f"/Observation?patient={wang.pk}&code=http://loinc.org|2708-6")))) == 6
    of_device = sent(
        nurse.get(f"/Observation?patient={wang.pk}&code=8310-5&device={warm['device']['reference']}")
    )
    assert len(ids(of_device)) == 6


def test_the_device_its_loan_and_its_alarms_are_resources_too(cast: Cast, wang: Any) -> None:
    nurse = Fhir(cast.care_home_nurse)
    raised = commands.raise_alarm(by=SYSTEM, at=now(), person=wang, cause="PULSE_HIGH", severity="URGENT",
                                  unit_id=cast.care_home.pk, evidence={"readings": {"1": [[now().isoformat(), 140, 0]]}})  # fmt: skip

    [reading] = sent(nurse.get(f"/Observation?patient={wang.pk}&_count=1"))["entry"]
    named = reading["resource"]["device"]["reference"]
    device = sent(nurse.get(f"/{named}"))
    found = sent(
        nurse.get(
            f"/Device?patient={wang.pk}&type=MONITOR&status=active&_revinclude=DeviceUseStatement:device"
        )
    )
    [alarm] = sent(nurse.get(f"/DetectedIssue?patient={wang.pk}&code=PULSE_HIGH"))["entry"]
    whole = sent(nurse.get(f"/Patient/{wang.pk}/$everything?_type=DeviceUseStatement,Device,DetectedIssue"))

    assert device["patient"] == {"reference": f"Patient/{wang.pk}"}
    assert device["statusReason"][0]["coding"][0]["code"] == "online"
    assert [one["resource"]["resourceType"] for one in found["entry"]] == ["Device", "DeviceUseStatement"]
    assert (alarm["resource"]["id"], alarm["resource"]["severity"]) == (str(raised.pk), "moderate")
    assert alarm["resource"]["evidence"][0]["detail"][0]["reference"].startswith(
        f"Observation/{wang.pk.hex}-1-"
    )
    assert [one["resource"]["resourceType"] for one in whole["entry"]] == [
        "DeviceUseStatement", "DetectedIssue", "Device",
    ]  # fmt: skip
    own = Fhir(AccountActor(account("王秀英", kind="ELDER", person_id=wang.pk)))
    assert sent(own.get(f"/{named}")) == device
    assert len(ids(sent(own.get(f"/Observation?patient={wang.pk}&code=8310-5")))) == 6
    assert not ids(sent(own.get(f"/DetectedIssue?patient={wang.pk}")))
    told = outside.changed(cast.care_home_nurse, "DetectedIssue", [{"subject_id": raised.pk}])
    assert [one.id for one in told] == [str(raised.pk)]
    assert not outside.changed(cast.stranger, "DetectedIssue", [{"subject_id": raised.pk}])
    for path in (
        f"/{named}",
        f"/DetectedIssue/{raised.pk}",
        found["entry"][1]["fullUrl"].split("/fhir", 1)[1],
    ):
        assert (nurse.get(path).status_code, Fhir(cast.stranger).get(path).status_code) == (200, 404), path


def test_they_are_told_to_nobody_else(cast: Cast, wang: Any) -> None:
    stranger = Fhir(cast.stranger)
    known = ids(sent(Fhir(cast.care_home_nurse).get(f"/Observation?patient={wang.pk}&_count=1")))[0]

    assert stranger.get(f"/Observation/{known}").status_code == 404
    assert not ids(sent(stranger.get(f"/Observation?patient={wang.pk}")))
    assert not ids(sent(Fhir(cast.care_home_nurse).get("/Observation?code=8867-4")))


def test_where_an_answer_was_taken_over_from_leads_back_to_the_reading_and_the_device(
    cast: Cast, wang: Any
) -> None:
    nurse = cast.care_home_nurse
    begun = assessments.begin_assessment(by=nurse, at=now(), person=wang, code="NEWS2", reason="FIRST")
    asked = answering.sheet(begun, reader=nurse).by_code
    pulse = asked["pulse"].usable
    told = taken_over(begun, {"pulse": pulse}, {"pulse": asked["pulse"].token})
    answers = vitals(pulse=float(pulse))
    answered = assessments.answer(
        by=nurse, at=now(), assessment=begun, answers=answers, revision=begun.revision, sources=told
    )
    signed = assessments.sign_assessment(by=nurse, at=now(), assessment=answered)

    caller = Fhir(nurse)
    response = sent(caller.get(f"/QuestionnaireResponse/{signed.pk}"))
    results = sent(caller.get(f"/Observation?patient={wang.pk}&category=survey"))["entry"]

    given = {item["linkId"]: item["answer"][0] for part in response["item"] for item in part["item"]}
    assert [code for code, one in given.items() if "extension" in one] == ["pulse"]
    source, at = given["pulse"]["extension"][0]["extension"]
    device = sent(caller.get(f"/{source['valueReference']['reference']}"))
    assert source["valueReference"]["display"].endswith(device["serialNumber"])
    for result in results:
        [_answers, derived] = result["resource"]["derivedFrom"]
        reading = sent(caller.get(f"/{derived['reference']}"))
        assert reading["valueQuantity"]["value"] == float(pulse)
        assert reading["device"]["reference"] == f"Device/{device['id']}"
        assert reading["effectiveDateTime"][:19] == at["valueDateTime"][:19]
    assert results
    for one in (response, results[0]["resource"]):
        assert not validate(bodies.decode(json.dumps(one).encode()), level="full")


def test_a_device_is_found_by_the_identification_on_its_label(cast: Cast, wang: Any) -> None:
    label = "(01)06901234567892(21)S0417"
    made = Device.objects.get(loans__person=wang)
    commands.change_device(by=SYSTEM, at=now(), device=made, serial=made.serial, urn=made.urn, udi=label)
    nurse = Fhir(cast.care_home_nurse)

    device = sent(nurse.get(f"/Device/{made.pk}"))

    assert device["udiCarrier"] == [
        {
            "deviceIdentifier": "06901234567892",
            "issuer": "http://hl7.org/fhir/NamingSystem/gs1-di",
            "carrierHRF": label,
        }
    ]
    assert not validate(bodies.decode(json.dumps(device).encode()), level="full")
    assert ids(sent(nurse.get(f"/Device?patient={wang.pk}&udi-di=06901234567892"))) == [str(made.pk)]
    assert ids(sent(nurse.get(f"/Device?patient={wang.pk}&udi-di=09506000134352"))) == []
