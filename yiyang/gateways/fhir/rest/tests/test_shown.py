"""What the platform itself runs, read and searched over /fhir, with a token."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import pytest

from tests.district import fill
from yiyang.access.tests.factories import Cast, actor, organisation
from yiyang.assessments.tests import factories as assessments
from yiyang.beds.commands import join_waiting_list
from yiyang.beds.tests import factories as beds
from yiyang.gateways.fhir.questionnaires.words import system_of
from yiyang.gateways.fhir.rest.shown import SHOWN
from yiyang.gateways.fhir.rest.shown.listing import EVERYTHING
from yiyang.gateways.fhir.rest.tests.client import Fhir, code_of, observation
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.facts import seen
from yiyang.kernel.models import Reading
from yiyang.kernel.time import now
from yiyang.people import commands as people_commands
from yiyang.people import reach
from yiyang.people.models import CareRelationship, Person
from yiyang.people.tests.factories import person, seen_by
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.validating import validate

pytestmark = pytest.mark.django_db


def sent(response: Any, status: int = 200) -> dict[str, Any]:
    assert response.status_code == status, response.content
    return dict(json.loads(response.content))


def ids(bundle: dict[str, Any]) -> list[str]:
    return [one["resource"]["id"] for one in bundle.get("entry", ()) if one["search"]["mode"] == "match"]


def test_everything_of_a_district_is_valid_r4() -> None:
    reach.forget()
    fill()

    for of, listing in SHOWN.items():
        found, _cursor = listing.page(EVERYTHING, [], None, "", 1000)
        for source in listing.sources:
            assert any(source.key(one.id) is not None for one in found), (of, source.write.__name__)
        for one in found:
            issues = validate(bodies.decode(one.body.encode()), level="full")
            assert not issues, (of, one.body, [(issue.expression, issue.text) for issue in issues])
            assert listing.holds(one.id)
    _kinds_of_data_open_what_belongs_to_them()


def _kinds_of_data_open_what_belongs_to_them() -> None:
    """In both forms of the condition, for a hospital to which everybody opened one kind of data."""
    doctor = actor("WARD_DOCTOR", organisation("外院", "HOSPITAL"))
    opened = {
        "VISITS": {"EpisodeOfCare", "Encounter"},
        "PLANS": {"ServiceRequest"},
        "ASSESSMENTS": {"QuestionnaireResponse", "Observation"},
        "RESULTS": {"Device", "DeviceUseStatement"},
    }
    of_persons = {"CareTeam", "Consent", "Task", "DetectedIssue"}.union(*opened.values())
    care = [
        seen_by(one, doctor.organisation_id, basis="CONSENT", scope="BASIC") for one in Person.objects.all()
    ]
    for kind, types in opened.items():
        CareRelationship.objects.filter(id__in=[one.id for one in care]).update(kinds=[kind])
        for small in (0, 5000):
            with patch.object(reach, "SMALL", small):
                for of in of_persons:
                    every, _cursor = SHOWN[of].page(EVERYTHING, [], None, "", 1000)
                    found, _cursor = SHOWN[of].page(doctor, [], None, "", 1000)
                    assert {one.id for one in found} == ({one.id for one in every} if of in types else set())


def test_a_nurse_reads_and_finds_the_beds_of_her_home_alone(nurse: Fhir, made: Cast) -> None:
    mine, other = beds.bed(made.care_home, label="1"), beds.bed(made.hospital, "HOSPITAL", label="2")

    read = nurse.get(f"Location/{mine.pk}")
    again = nurse.get(f"Location/{mine.pk}", If_None_Match=read["ETag"])
    found = sent(nurse.get(f"Location?organization={made.care_home.pk}&operational-status=U"))

    assert sent(read)["managingOrganization"]["reference"] == f"Organization/{made.care_home.pk}"
    assert again.status_code == 304
    assert ids(found) == [str(mine.pk)]
    assert nurse.get(f"Location/{other.pk}").status_code == 404
    assert str(other.pk) not in ids(sent(nurse.get("Location?_count=200")))


def test_pages_lead_through_all_of_them_once(nurse: Fhir, made: Cast) -> None:
    every = ids(sent(nurse.get("Organization?_count=200")))
    walked: list[str] = []
    path = "Organization?_count=2"
    while path:
        page = sent(nurse.get(path))
        walked += ids(page)
        following = {one["relation"]: one["url"] for one in page["link"]}.get("next", "")
        path = following.partition("/fhir/")[2]

    assert walked == every and str(made.care_home.pk) in every
    assert ids(sent(nurse.get(f"Organization?name={quote(made.care_home.name_zh)}"))) == [
        str(made.care_home.pk)
    ]


def test_what_is_shown_is_not_written(nurse: Fhir, made: Cast) -> None:
    unit = made.care_home
    body = {"resourceType": "Organization", "id": str(unit.pk), "name": "Other"}

    put, gone = nurse.put(f"Organization/{unit.pk}", body), nurse.delete(f"Organization/{unit.pk}")
    patched = nurse.patch(f"Organization/{unit.pk}", [{"op": "remove", "path": "/name"}])

    assert {one.status_code for one in (put, gone, patched)} == {405}
    assert code_of(put) == "SHOWN_ONLY" and put["Allow"] == "GET, HEAD"


def test_a_stay_and_a_transfer_are_open_to_whoever_sees_the_person_in_full(
    nurse: Fhir, made: Cast, elder: Person
) -> None:
    stay = beds.stay(elder, beds.bed(made.care_home))
    moved = beds.transfer(made.care_home_nurse, elder)
    stranger = Fhir(made.stranger)

    whole = sent(nurse.get(f"Encounter/{stay.pk}"))
    within = sent(nurse.get(f"Encounter?patient={elder.pk}&part-of={stay.pk}&status=in-progress"))
    task = sent(nurse.get(f"Task?patient={elder.pk}&status=requested"))

    people_commands.give_consent(
        by=made.care_home_nurse, at=now(), person=elder, organisation_id=made.chc.pk, purpose="会诊", given_by="签字存档",
        kinds=["RESULTS"], labels=["PSY", "R"], expires_at=now() + timedelta(days=9),
    )  # fmt: skip
    [agreed] = sent(nurse.get(f"Consent?patient={elder.pk}"))["entry"]
    provision = agreed["resource"]["provision"]
    assert "Observation" in [one["code"] for one in provision["class"]] and provision["period"]["end"]
    assert [one["code"] for one in provision["securityLabel"]] == ["PSY", "R"]

    chained = sent(nurse.get(f"EpisodeOfCare?patient:Patient.name={quote(elder.full_name)}"))
    other = sent(nurse.get(f"EpisodeOfCare?patient:Patient.name={quote('李')}"))

    assert (ids(chained), ids(other)) == ([str(stay.pk)], [])
    assert whole["episodeOfCare"] == [{"reference": f"EpisodeOfCare/{stay.pk}"}]
    assert [one["resource"]["partOf"]["reference"] for one in within["entry"]] == [f"Encounter/{stay.pk}"]
    assert task["entry"][0]["resource"]["output"][0]["type"]["coding"][0]["code"] == "REQUESTED"
    assert Reading.objects.filter(subject_kind="fhir.search", persons__contains=[elder.pk]).exists()
    for of in ("EpisodeOfCare", "Encounter", "ServiceRequest", "Task", "Consent", "CareTeam"):
        nothing = sent(stranger.get(f"{of}?patient={elder.pk}&_total=accurate"))
        assert (nothing.get("entry"), nothing["total"]) == (None, 0), of
    for path in (
        f"EpisodeOfCare/{stay.pk}",
        f"Encounter/{stay.pk}",
        f"Task/{moved.pk}",
        f"CareTeam/{elder.pk}",
    ):
        assert (nurse.get(path).status_code, stranger.get(path).status_code) == (200, 404), path


def test_what_followed_from_a_signed_assessment_is_found_by_its_code(
    nurse: Fhir, made: Cast, elder: Person
) -> None:
    done = assessments.signed(made.care_home_nurse, elder)
    own = quote(f"{system_of(done.code)}|total")

    found = sent(nurse.get(f"Observation?patient={elder.pk}&code={own}&category=survey&date=ge2000"))
    one = found["entry"][0]["resource"]
    walked = sent(nurse.get(f"Observation?patient={elder.pk}&_count=1&_total=accurate"))
    answers = sent(nurse.get(one["derivedFrom"][0]["reference"]))

    assert len(found["entry"]) == 1 and sent(nurse.get(f"Observation/{one['id']}")) == one
    assert (walked["total"] > 1, len(walked["entry"])) == (True, 1)
    assert answers["subject"] == {"reference": f"Patient/{elder.pk}"}
    assert sent(nurse.get(f"Observation?patient={elder.pk}&code=8867-4")).get("entry") is None
    assert Fhir(made.stranger).get(f"Observation/{one['id']}").status_code == 404


def test_who_looked_and_what_happened_is_told_of_those_whom_the_reader_sees(
    nurse: Fhir, made: Cast, elder: Person
) -> None:
    other = person("李国强")
    seen_by(other, made.hospital.pk)
    seen(made.care_home_nurse, [elder.pk, other.pk], "beds.board")
    written = sent(nurse.post("Observation", observation(elder.pk)), 201)
    officer = Fhir(made.by_role["data_protection_officer"])
    auditor = Fhir(made.by_role["audit_administrator"])

    looked = sent(nurse.get(f"AuditEvent?patient={elder.pk}&action=R&subtype=beds.board"))
    created = sent(nurse.get(f"AuditEvent?entity=Patient/{elder.pk}&action=C"))["entry"][0]["resource"]

    [reading] = [one["resource"] for one in looked["entry"]]
    assert [one["what"]["reference"] for one in reading["entity"]] == [f"Patient/{elder.pk}"]
    assert f"Observation/{written['id']}/_history/1" in [
        one["what"]["reference"] for one in created["entity"]
    ]
    assert sent(nurse.get(f"AuditEvent/{created['id']}")) == created
    assert ids(sent(nurse.get("AuditEvent"))) == []
    assert ids(sent(nurse.get(f"AuditEvent?patient={other.pk}"))) == []
    assert len(sent(officer.get(f"AuditEvent/{reading['id']}"))["entity"]) == 2
    assert created["id"] in ids(sent(auditor.get(f"AuditEvent?patient={elder.pk}&_count=200")))
    assert auditor.get(f"AuditEvent/{reading['id']}").status_code == 404
    assert auditor.get(f"Observation/{written['id']}").status_code == 403
    assert Fhir(made.stranger).get(f"AuditEvent/{reading['id']}").status_code == 404


def test_each_version_says_who_wrote_it(nurse: Fhir, made: Cast, elder: Person) -> None:
    first = sent(nurse.post("Observation", observation(elder.pk)), 201)
    again = observation(elder.pk) | {"id": first["id"], "status": "amended"}
    assert nurse.put(f"Observation/{first['id']}", again).status_code == 200

    found = sent(nurse.get(f"Provenance?target=Observation/{first['id']}"))
    told = [one["resource"] for one in found["entry"]]

    assert [one["target"][0]["reference"][-10:] for one in told] == ["_history/1", "_history/2"]
    assert told[1]["agent"][0]["who"]["reference"] == f"Practitioner/{made.care_home_nurse.account_id}"
    stranger = Fhir(made.stranger)
    assert sent(stranger.get(f"Provenance?target=Observation/{first['id']}")).get("entry") is None


def test_contracts_instruments_and_the_waiting_list_are_resources(
    nurse: Fhir, made: Cast, elder: Person
) -> None:
    waiting = join_waiting_list(
        by=SYSTEM, at=now(), person=elder, kind="PALLIATIVE", list_owner=made.centre.pk
    )
    of_unit = f"Contract?subject=Organization/{made.care_home.pk}"

    contract = sent(nurse.get(of_unit))["entry"][0]["resource"]
    asked = sent(nurse.get(f"ServiceRequest?patient={elder.pk}&intent=proposal"))
    forms = sent(nurse.get("Questionnaire?_count=200&status=active"))

    assert (contract["status"], len(contract["signer"])) == ("executed", 2)
    assert ids(asked) == [str(waiting.pk)]
    assert {one["resource"]["resourceType"] for one in forms.get("entry", ())} <= {"Questionnaire"}
    assert ids(sent(Fhir(made.stranger).get(f"{of_unit}&_count=200"))) == []


def test_what_is_shown_is_sorted_among_what_is_stored_and_leads_both_ways(
    nurse: Fhir, made: Cast, elder: Person
) -> None:
    at = now()
    stay = beds.stay(elder, beds.bed(made.care_home))
    of_elder = {
        "subject": {"reference": f"Patient/{elder.pk}"},
        "class": {"code": "AMB"},
        "status": "finished",
    }
    days = [(at + timedelta(days=day)).isoformat() for day in (-300, 1)]
    old, new = (
        sent(
            nurse.post("Encounter", {"resourceType": "Encounter", "period": {"start": day}, **of_elder}), 201
        )
        for day in days
    )
    own = f"Encounter?patient={elder.pk}"

    def walked(path: str) -> list[str]:
        found: list[str] = []
        while path:
            page = sent(nurse.get(path))
            found += ids(page)
            path = {one["relation"]: one["url"] for one in page["link"]}.get("next", "").partition("/fhir/")[
                2
            ]
        return found

    oldest_first = walked(f"{own}&_sort=date&_count=1")
    assert (oldest_first[0], oldest_first[-1], len(oldest_first)) == (old["id"], new["id"], 4)
    assert walked(f"{own}&_sort=-date&_count=3")[0] == new["id"]
    assert set(walked(f"{own}&_sort=-_lastUpdated&_count=2")) == set(oldest_first)
    assert sorted(walked(f"{own}&_sort=-class,status&_count=1")) == sorted(oldest_first)
    assert code_of(nurse.get(f"{own}&_sort=date&_cursor=made-up")) == "SEARCH_PAGE_UNKNOWN"

    beside = sent(
        nurse.get(
            f"{own}&_include=Encounter:service-provider&_include=Encounter:episode-of-care&_id={stay.pk}"
        )
    )
    back = sent(nurse.get(f"EpisodeOfCare?_id={stay.pk}&_revinclude=Encounter:episode-of-care"))
    has = sent(nurse.get(f"Patient?_has:Encounter:patient:service-provider=Organization/{made.care_home.pk}"))
    none = sent(nurse.get(f"Patient?_has:Encounter:patient:service-provider=Organization/{made.hospital.pk}"))
    chained = sent(nurse.get(f"Encounter?episode-of-care.organization=Organization/{made.care_home.pk}"))
    named = sent(
        nurse.get(f"Encounter?subject:Patient.name={quote(elder.full_name)}&_count=1&_total=accurate")
    )

    def included(bundle: dict[str, Any]) -> list[str]:
        return sorted(
            one["resource"]["resourceType"] for one in bundle["entry"] if one["search"]["mode"] == "include"
        )

    assert included(beside) == ["EpisodeOfCare", "Organization"]
    assert included(back) == ["Encounter", "Encounter"]
    assert (ids(has), ids(none)) == ([str(elder.pk)], [])
    assert (len(ids(chained)), named["total"]) == (2, 4)

    types: list[str] = []
    path = f"Patient/{elder.pk}/$everything?_count=3"
    while path:
        whole = sent(nurse.get(path))
        types += [
            one["resource"]["resourceType"]
            for one in whole.get("entry", ())
            if one["search"]["mode"] == "match"
        ]
        path = {one["relation"]: one["url"] for one in whole["link"]}.get("next", "").partition("/fhir/")[2]
    assert sorted(types) == ["CareTeam", *["Encounter"] * 4, "EpisodeOfCare", "Patient"]
