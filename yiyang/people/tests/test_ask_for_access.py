from __future__ import annotations

import pytest

from yiyang.access.models import Notice
from yiyang.access.tests.factories import cast, family
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.time import now
from yiyang.people import commands
from yiyang.people.tests.factories import VALID_ID, person

pytestmark = pytest.mark.django_db


def test_the_person_opens_the_record_to_who_asked():
    made = cast()
    who = person(id_card=VALID_ID, organisation_id=made.care_home.pk)
    elder = family(person_id=who.pk)

    asked = commands.ask_for_access(by=made.ward_doctor, at=now(), number=VALID_ID, reason="明天入院")
    before = made.ward_doctor.sees(who.pk)
    commands.answer_access_request(by=elder, at=now(), request=asked, grant=True)

    assert not before
    assert made.ward_doctor.sees(who.pk)
    told = set(Notice.objects.values_list("account_id", "organisation_id"))
    assert {(elder.account_id, None), (None, made.care_home.pk), (made.ward_doctor.account_id, None)} <= told


def test_a_no_opens_nothing_and_is_final():
    made = cast()
    who = person(id_card=VALID_ID, organisation_id=made.care_home.pk)
    asked = commands.ask_for_access(by=made.ward_doctor, at=now(), number=VALID_ID, reason="明天入院")

    commands.answer_access_request(by=made.care_home_nurse, at=now(), request=asked, grant=False)

    assert not made.ward_doctor.sees(who.pk)
    with pytest.raises(Refusal):
        commands.answer_access_request(by=made.care_home_nurse, at=now(), request=asked, grant=True)


def test_an_organisation_asks_once():
    made = cast()
    person(id_card=VALID_ID)
    commands.ask_for_access(by=made.ward_doctor, at=now(), number=VALID_ID, reason="明天入院")

    with pytest.raises(Refusal) as refused:
        commands.ask_for_access(by=made.ward_doctor, at=now(), number=VALID_ID, reason="明天入院")

    assert refused.value.code == "ALREADY_ASKED"


def test_who_asked_cannot_answer():
    made = cast()
    person(id_card=VALID_ID)
    asked = commands.ask_for_access(by=made.ward_doctor, at=now(), number=VALID_ID, reason="明天入院")

    with pytest.raises(NotFound):
        commands.answer_access_request(by=made.ward_doctor, at=now(), request=asked, grant=True)
