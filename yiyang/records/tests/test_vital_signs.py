"""What is measured at a bed: into the record once, found by its code, shown where it is needed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from yiyang.access.tests.calling import caller
from yiyang.access.tests.factories import Cast, cast
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import person
from yiyang.records import commands
from yiyang.records.commands import vital_signs as no
from yiyang.records.models import Resource
from yiyang.records.queries import vital_signs
from yiyang.records.r4.body import written
from yiyang.records.r4.validating import validate
from yiyang.records.rules.items import item
from yiyang.records.rules.vital_signs import observations

pytestmark = pytest.mark.django_db
TOLD = {
    "temperature": Decimal("37.2"),
    "systolic": Decimal(132),
    "diastolic": Decimal(76),
    "oxygen": Decimal(97),
}


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def elder(who: Cast) -> Person:
    return person("王秀英", organisation_id=who.care_home.pk)


def measure(who: Cast, elder: Person, **told: object) -> object:
    given = {"values": TOLD, **told}
    return commands.record_vital_signs(by=who.care_home_nurse, at=now(), person=elder, **given)


def test_every_sign_is_a_valid_resource_with_its_digits() -> None:
    made = observations(TOLD, patient="Patient/1", at=now(), performer="护士 王丽", consciousness="C")

    assert [validate(one) for one in made] == [[]] * 4
    assert b'"value":37.2' in written(made[0]).raw
    assert [part["valueQuantity"]["value"] for part in made[2]["component"]] == [132, 76]


def test_the_newest_value_of_each_sign_is_found_by_its_code(who: Cast, elder: Person) -> None:
    measure(who, elder, measured_at=now() - timedelta(hours=3))
    measure(who, elder, values={"oxygen": Decimal(91)})

    found = vital_signs.latest(
        who.care_home_nurse, elder.pk, ["59408-5", "8480-6", "8867-4"], at=now(), within=timedelta(hours=24)
    )

    assert {code: one.words for code, one in found.items()} == {"59408-5": "91 %", "8480-6": "132 mmHg"}


@pytest.mark.parametrize(
    ("told", "refusal"),
    [
        ({"values": {}}, no.NothingMeasured),
        ({"values": {"temperature": Decimal(372)}}, no.ValueNotPossible),
        ({"values": {"systolic": Decimal(70), "diastolic": Decimal(120)}}, no.PressuresCrossed),
        ({"measured_at": now() + timedelta(days=1)}, no.MeasuredInTheFuture),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    who: Cast, elder: Person, told: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        measure(who, elder, **told)

    assert not Resource.objects.exists()


def test_the_same_key_corrects_and_never_doubles(who: Cast, elder: Person) -> None:
    measure(who, elder, values={"pulse": Decimal(78)}, key="handover/1/0")
    measure(who, elder, values={"pulse": Decimal(87)}, key="handover/1/0")

    assert Resource.objects.get().version == 2


def test_nobody_else_enters_or_reads_them(who: Cast, elder: Person) -> None:
    with pytest.raises((NotFound, NotAllowed)):
        commands.record_vital_signs(by=who.ward_doctor, at=now(), person=elder, values=TOLD)
    measure(who, elder)
    assert not vital_signs.latest(who.ward_doctor, elder.pk, ["8480-6"], at=now(), within=timedelta(days=1))
    assert vital_signs.latest(who.care_home_nurse, elder.pk, ["8480-6"], at=now(), within=timedelta(days=1))


def test_a_nurse_enters_them_and_reads_them_on_the_persons_page(who: Cast, elder: Person) -> None:
    nurse = Client()
    nurse.force_login(who.care_home_nurse.account)
    address = reverse("records:record_vital_signs", args=[elder.pk])

    wrong = nurse.post(address, {"temperature": "372", "pulse": "78"})
    right = nurse.post(address, {"temperature": "37.2", "pulse": "78", "consciousness": "A"})

    assert (wrong.status_code, right.status_code) == (422, 302)
    assert 'value="372"' in wrong.content.decode()
    shown = nurse.get(reverse("people:person", args=[elder.pk])).content.decode()
    assert "37.2 °C" in shown and "78 次/分" in shown and ("清醒" in shown or "Alert" in shown)


def test_the_api_enters_and_reads_them(who: Cast, elder: Person) -> None:
    client = caller(who.care_home_nurse)

    made = client.post(f"/people/{elder.pk}/vital-signs", {"oxygen": 97, "pulse": 78, "consciousness": "C"})

    assert made.status == 201, made.body
    assert {one["name"]: one["value"] for one in made.body["items"]} == {
        "oxygen": "97",
        "pulse": "78",
        "consciousness": "New confusion",
    }


def test_what_is_measured_is_named_in_the_readers_language_whatever_was_sent() -> None:
    made = observations(
        {"pulse": Decimal(72), "systolic": Decimal(120), "diastolic": Decimal(80)},
        patient="Patient/1", at=now(), performer="王丽", consciousness="C",
    )  # fmt: skip
    local = {**made[0], "code": {**made[0]["code"], "text": "静息心率"}}

    with override("zh-hans"):
        chinese = [(one.title, one.value) for one in map(item, (*made, local))]
    with override("en"):
        english = [(one.title, one.value) for one in map(item, (*made, local))]

    assert chinese == [
        ("脉搏", "72 次/分"), ("血压", "收缩压（高压） 120 mmHg · 舒张压（低压） 80 mmHg"),
        ("意识", "新出现的意识混乱"), ("静息心率", "72 次/分"),
    ]  # fmt: skip
    assert english[0] == ("Heart rate", "72 /min")
    assert (english[2][1], english[3][0]) == ("New confusion", "Pulse")
