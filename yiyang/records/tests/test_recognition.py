"""Results of other units before a test is ordered: what is recognised and why, and what becomes of it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from yiyang.access.commands import issue_token
from yiyang.access.tests.factories import Cast, cast
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import person, seen_by
from yiyang.records import commands
from yiyang.records.commands import recognition as no
from yiyang.records.models import Resource, TestChoice
from yiyang.records.queries import recognition as queries
from yiyang.records.r4.body import read
from yiyang.records.r4.validating import validate
from yiyang.records.rules import writing
from yiyang.records.rules.recognition import ITEMS, Pack, Result, Unit, item_of, judged

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
PACK = Pack(
    items=({"code": "potassium", "days": 7, "also": ["http://loinc.org|2823-3"]},),
    levels={"HOSPITAL": 3, "CHC": 2, "H310": 1},
    marks=("HR", "★"),
    mark_needed=False,
    exclusions=("CONDITION_CHANGED", "EMERGENCY"),
)
CHC, HOSPITAL, SISTER = Unit("a", ("CHC",)), Unit("b", ("HOSPITAL",)), Unit("a", ("STATION",))
GOOD = Result("final", AT - timedelta(days=7), True, HOSPITAL, "血钾 ★")

# what differs || why it is not recognised
TABLE: list[tuple[dict[str, Any], str]] = [
    ({}, ""),
    ({"unit": SISTER}, ""),
    ({"at": AT - timedelta(days=7, seconds=1)}, "TOO_OLD"),
    ({"at": AT + timedelta(days=1)}, "AHEAD"),
    ({"at": None}, "NO_DATE"),
    ({"status": "preliminary"}, "NOT_FINAL"),
    ({"has_value": False}, "NO_VALUE"),
    ({"unit": None}, "UNIT_UNKNOWN"),
    ({"unit": Unit("c", ("PHARMACY",))}, "LEVEL_UNKNOWN"),
    ({"unit": Unit("c", ("H310", "HOSPITAL"))}, "LOWER_LEVEL"),
]


@pytest.mark.parametrize(("differs", "why"), TABLE)
def test_each_rule_alone_decides(differs: dict[str, Any], why: str) -> None:
    item = item_of(PACK, "http://loinc.org|2823-3")

    found = judged(item, replace(GOOD, **differs), by=CHC, at=AT, pack=PACK)

    assert (found.recognised, found.codes) == (not why, (why,) if why else ())
    assert found.reasons


def test_marks_circumstances_and_items_without_days_count_as_the_district_has_set() -> None:
    item = item_of(PACK, "urn:example:ours|K01", f"{ITEMS}|potassium")
    marked = replace(PACK, mark_needed=True)

    assert judged(item, GOOD, by=CHC, at=AT, pack=marked).recognised
    assert judged(item, replace(GOOD, words="CHROME 2"), by=CHC, at=AT, pack=marked).codes == ("NO_MARK",)
    assert judged(item, GOOD, by=CHC, at=AT, pack=PACK, circumstances=["EMERGENCY"]).codes == ("EMERGENCY",)
    assert judged(item_of(PACK, f"{ITEMS}|urine"), GOOD, by=CHC, at=AT, pack=PACK).codes == ("NO_PERIOD",)


def test_orders_and_acceptances_are_valid_fhir_and_the_pack_names_items_of_our_list() -> None:
    told = {
        "patient": "Patient/1",
        "at": AT,
        "by": "王丽",
        "text": "血钾",
        "system": ITEMS,
        "code": "potassium",
        "reason": "复查",
    }
    order = writing.test_order(
        **told, circumstances=[("EMERGENCY", "急诊")], declined=("Observation/1", "4.1"), declined_words="x"
    )
    accepted = writing.test_not_needed(**told, result="Observation/1", words="4.1 mmol/L")

    assert [validate(one) for one in (order, accepted)] == [[], []]
    from yiyang.records.terms.shipped import table

    assert {one["code"] for one in queries.pack_on(date(2026, 11, 22)).items} <= {
        one.code for one in table(ITEMS).concepts
    }


@pytest.fixture
def who(db: None) -> Cast:
    return cast()


@pytest.fixture
def elder(who: Cast) -> Person:
    found = person("王秀英", organisation_id=who.hospital.pk)
    seen_by(found, who.care_home.pk)
    return found


def potassium(who: Cast, elder: Person, days: int, value: str = "4.1") -> str:
    """A result that the hospital's ward entered."""
    body = {
        "resourceType": "Observation", "status": "final", "subject": {"reference": f"Patient/{elder.pk}"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "2823-3"}], "text": "血钾"},
        "effectiveDateTime": (now() - timedelta(days=days)).isoformat(timespec="seconds"),
        "valueQuantity": {"value": float(value), "unit": "mmol/L"},
    }  # fmt: skip
    return commands.create_resource(by=who.ward_doctor, at=now(), body=read(json.dumps(body).encode())).id


def test_a_nurse_sees_what_others_found_accepts_one_and_orders_with_a_reason(
    who: Cast, elder: Person
) -> None:
    fresh, _old = potassium(who, elder, 2), potassium(who, elder, 30, "3.3")
    nurse, page = Client(headers={"accept-language": "zh-hans"}), f"/people/{elder.pk}/record/order/"
    nurse.force_login(who.care_home_nurse.account)
    told = {"system": ITEMS, "code": "potassium", "reason": "乏力"}

    looked = nurse.post(page, {**told, "look": "yes"}).content.decode()
    assert "4.1 mmol/L" in looked and "不互认" in looked and f'value="Observation/{fresh}"' in looked
    assert nurse.post(page, {**told, "order": ""}).status_code == no.RecognisedResultThere.status
    assert nurse.post(page, {**told, "code": "nonsense", "look": "yes"}).status_code == 422
    assert (
        nurse.post(page, {**told, "accept": "Observation/none"}).status_code == no.ResultNotRecognised.status
    )
    assert nurse.post(page, {**told, "order": "OTHER"}).status_code == 422
    assert not TestChoice.objects.exists()

    assert nurse.post(page, {**told, "accept": f"Observation/{fresh}"}).status_code == 302
    assert nurse.post(page, {**told, "order": "CONDITION_CHANGED"}).status_code == 302
    assert nurse.post(page, {**told, "circumstances": "EMERGENCY", "order": ""}).status_code == 302
    assert nurse.post(page, {**told, "code": "urine", "order": ""}).status_code == 302

    rows = list(TestChoice.objects.order_by("at").values_list("outcome", "reason"))
    assert rows == [
        ("ACCEPTED", ""),
        ("DECLINED", "CONDITION_CHANGED"),
        ("DECLINED", "EMERGENCY"),
        ("ORDERED", ""),
    ]
    accepted = json.loads(Resource.objects.get(id=TestChoice.objects.get(outcome="ACCEPTED").request).body)
    assert accepted["doNotPerform"] and accepted["supportingInfo"][0]["reference"] == f"Observation/{fresh}"
    (figure,) = queries.figures(who.care_home_nurse)
    assert (figure.accepted, figure.declined, figure.ordered, figure.rate) == (1, 2, 1, 0.25)
    shown = nurse.get("/record/recognition/").content.decode()
    assert "25 %" in shown
    assert "王秀英" in nurse.get(f"/record/recognition/rows/?unit={who.care_home.pk}").content.decode()
    assert nurse.get("/record/recognition/rows/?month=2026-13").status_code == 404


def test_the_own_units_results_are_left_out_and_programs_see_the_same(who: Cast, elder: Person) -> None:
    potassium(who, elder, 2)
    told = {"unit_id": who.hospital.pk, "system": ITEMS, "code": "potassium", "at": now()}

    assert queries.matches(who.ward_doctor, elder.pk, **told) == []

    nurse = who.care_home_nurse
    _token, raw = issue_token(by=nurse, at=now(), account=nurse.account, membership=nurse.membership, hours=1)
    asked = f"/api/people/{elder.pk}/results-to-recognise?system={ITEMS}&code=potassium"
    answer = Client().get(asked, headers={"Authorization": f"Bearer {raw}"}).json()
    assert [(one["value"], one["recognised"]) for one in answer["items"]] == [("4.1 mmol/L", True)]
