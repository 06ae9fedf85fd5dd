"""The page of a person's record: who opens it, what stands there, how it is entered and taken back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from yiyang.access.tests.factories import Cast, actor, cast
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import person, seen_by
from yiyang.records import commands
from yiyang.records.commands import entries as no
from yiyang.records.models import Resource
from yiyang.records.queries import timeline
from yiyang.records.r4.body import read
from yiyang.records.r4.definitions import kind_of
from yiyang.records.r4.validating import validate
from yiyang.records.rules import writing
from yiyang.records.rules.contents import changes
from yiyang.records.rules.items import item
from yiyang.records.rules.labels import security
from yiyang.records.rules.trends import lines

GLUCOSE = {
    "coding": [{"system": "http://loinc.org", "code": "15074-8", "display": "Glucose"}],
    "text": "血糖",
}
BEARING = {"Condition": 1, "AllergyIntolerance": 4, "MedicationStatement": 1, "DocumentReference": 128}
MADE = {"patient": "Patient/1", "at": now(), "by": "王丽 · 护士"}


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def elder(who: Cast) -> Person:
    return person("王秀英", organisation_id=who.care_home.pk)


def glucose(about: Person, day: str, value: str) -> dict[str, Any]:
    limits = [{"low": {"value": 3.9, "unit": "mmol/L"}, "high": {"value": 6.1, "unit": "mmol/L"}}]
    return {
        "resourceType": "Observation", "status": "final", "code": GLUCOSE, "effectiveDateTime": day,
        "subject": {"reference": f"Patient/{about.pk}"}, "performer": [{"display": "检验科"}],
        "valueQuantity": {"value": "VALUE", "unit": "mmol/L"}, "referenceRange": limits,
    } | {"said": value}  # fmt: skip


def keep(resource: dict[str, Any]) -> str:
    said = resource.pop("said", "")
    raw = json.dumps(resource).replace('"VALUE"', said).encode()
    return commands.create_resource(by=SYSTEM, at=now(), body=read(raw)).id


def client(who: Any) -> Client:
    opened = Client()
    opened.force_login(who.account)
    return opened


def test_what_staff_enter_is_valid_also_when_it_was_an_error() -> None:
    made = [
        writing.condition(
            **MADE, text="高血压", system="http://hl7.org/fhir/sid/icd-10", code="I10", onset="2019"
        ),
        writing.allergy(**MADE, text="青霉素", category="medication", criticality="high", reaction="皮疹"),
        writing.allergy(**MADE, text="无已知过敏", none_known=True),
        writing.medicine(**MADE, text="阿司匹林 100 mg", dose="每天一片", since="2024-05"),
        writing.note(**MADE, title="查房", text="今天好些。") | security("PSY"),
    ]

    struck = [writing.struck(one, at=now(), by="王丽", reason="录错了人") for one in made]

    assert [validate(one) for one in (*made, *struck)] == [[]] * 10
    assert all(item(one).struck for one in struck)


def test_dates_are_as_exact_as_they_are_known_and_words_come_before_codes() -> None:
    one = item({"resourceType": "Condition", "code": GLUCOSE, "onsetDateTime": "2019-03"})
    other = item({"resourceType": "Procedure", "performedPeriod": {"start": "2019-03-01T08:00:00Z"}})

    assert item({"resourceType": "Goal", "description": {"text": "每天走一圈"}}).title == "每天走一圈"
    assert (one.title, one.code, one.when) == ("血糖", "LOINC 15074-8", "2019-03")
    assert "2019-03-01 16:00" in other.when


def test_a_panel_is_one_line_for_each_part_and_words_are_not_drawn() -> None:
    parts = [
        {"code": {"text": name}, "valueQuantity": {"value": 1, "unit": "mmHg"}} for name in ("SBP", "DBP")
    ]
    found = lines(
        [
            {"code": {"text": "BP"}, "component": parts, "starts_at": now()},
            {"code": {"text": "SBP"}, "valueString": "not taken", "starts_at": now()},
        ]
    )

    assert [(one.name, one.unit, len(one.drawn)) for one in found] == [
        ("SBP", "mmHg", 1), ("DBP", "mmHg", 1), ("SBP", "", 0),
    ]  # fmt: skip


def test_changes_name_the_element_and_both_sides() -> None:
    before, after = (
        {"status": one, "meta": {"versionId": "1"}, "code": GLUCOSE} for one in ("final", "amended")
    )

    with override("zh-hans"):
        assert [change[1:] for change in changes(before, after, {})] == [("最终", "已修订")]


@pytest.mark.django_db
def test_pages_go_on_without_losing_or_repeating_and_the_number_of_statements_stays(
    elder: Person, django_assert_max_num_queries: Any
) -> None:
    days = ["2024-05-01"] * 5 + ["2023", "2024-05-02T08:00:00+08:00"]
    kept = {keep(glucose(elder, day, "5.60")) for day in days}
    kept.add(keep(writing.condition(**MADE | {"patient": f"Patient/{elder.pk}"}, text="高血压")))
    undated = {
        "resourceType": "Procedure",
        "status": "completed",
        "subject": {"reference": f"Patient/{elder.pk}"},
    }
    kept |= {keep(dict(undated)), keep(dict(undated))}

    found, after = [], ""
    for _page in range(9):
        with django_assert_max_num_queries(8):
            page = timeline.timeline(SYSTEM, elder.pk, after=after, count=2)
        found += page.items
        after = page.next
        if not after:
            break

    assert len(found) == len(kept) and {one.id for one in found} == kept
    assert {one.type for one in found[:3]} == {"Condition", "Procedure"} and found[-1].when == "2023"
    assert [one.value for one in found if one.type == "Observation"] == ["5.60 mmol/L"] * 7


@pytest.mark.django_db
def test_a_nurse_enters_sees_the_trend_and_takes_back_and_strangers_see_nothing(
    who: Cast, elder: Person
) -> None:
    nurse, doctor = client(who.care_home_nurse), client(who.ward_doctor)
    first = keep(glucose(elder, "2024-05-01", "5.60"))
    keep(glucose(elder, "2024-06-01", "9.10"))
    page = reverse("records:record", args=[elder.pk])

    wrong = nurse.post(
        f"{page}diagnosis/", {"text": "高血压", "onset": "2999", "state": "active", "sure": "confirmed"}
    )
    right = nurse.post(
        f"{page}diagnosis/",
        {"text": "高血压", "system": "http://hl7.org/fhir/sid/icd-10", "code": "I10", "onset": "2019",
         "state": "active", "sure": "confirmed"},
    )  # fmt: skip
    none = nurse.post(f"{page}allergy/", {"none_known": "on"})
    closed = [
        nurse.post(f"{page}{what}/", told | {"sensitive": label}).status_code
        for what, told, label in (
            ("diagnosis", {"text": "抑郁症", "state": "active", "sure": "confirmed"}, "PSY"),
            ("allergy", {"text": "青霉素"}, "STD"),
            ("medicine", {"text": "舍曲林 50 mg"}, "PSY"),
            ("note", {"title": "谈话", "text": "不便公开"}, "R"),
            ("note", {"title": "谈话", "text": "不便公开"}, "V"),
        )
    ]

    assert (wrong.status_code, right.status_code, none.status_code) == (422, 302, 302)
    assert closed == [302, 302, 302, 302, 422]
    labels = dict(Resource.objects.filter(labels__gt=0).values_list("kind", "labels"))
    assert labels == {kind_of(type): label for type, label in BEARING.items()}
    marked = Resource.objects.get(kind=kind_of("Condition"), labels__gt=0)
    assert "标为敏感信息：精神心理健康" in nurse.get(f"{page}Condition/{marked.id}/").content.decode()
    seen_by(elder, who.other_home.pk)
    other_unit = client(actor("CARE_HOME_NURSE", who.other_home)).get(page).content.decode()
    assert "I10" in other_unit and "抑郁症" not in other_unit and "舍曲林" not in other_unit
    shown = nurse.get(page).content.decode()
    assert "ICD-10 I10" in shown and "无已知过敏" in shown and "9.10 mmol/L" in shown
    trend = nurse.get(f"{page}trend/?code=http://loinc.org|15074-8").content.decode()
    assert "3.9–6.1 mmol/L" in trend and '"values": [5.6, 9.1]' in trend

    diagnosis = Resource.objects.get(body__contains="I10")
    entry = f"{page}Condition/{diagnosis.id}/"
    assert nurse.post(f"{entry}in-error/", {"reason": "录错了人", "version": 9}).status_code == 412
    assert nurse.post(f"{entry}in-error/", {"reason": "录错了人", "version": 1}).status_code == 302
    told = nurse.get(entry).content.decode()
    assert "录错了人" in told and "<s>高血压</s>" in told and who.care_home_nurse.label in told
    assert (
        nurse.post(f"{entry}in-error/", {"reason": "again", "version": 2}).status_code
        == no.StruckAlready.status
    )
    other = person("李建国", organisation_id=who.care_home.pk)
    assert nurse.get(f"/people/{other.pk}/record/Observation/{first}/").status_code == 404
    for address in (page, entry, f"{page}trend/?code=http://loinc.org|15074-8", f"{page}note/"):
        assert doctor.get(address).status_code == 404
