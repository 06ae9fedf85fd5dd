"""Three questions after a move: asked of the person or family, kept apart from staff."""

from __future__ import annotations

import pytest
from django.urls import reverse

from yiyang.access.tests.factories import family
from yiyang.beds import commands
from yiyang.beds.commands.experience import AnswerAllThree, AnsweredAlready, AskedTooEarly
from yiyang.beds.models import Experience, Transfer
from yiyang.beds.tests.factories import Cast, allocated, bed, cast, person, stay, transfer
from yiyang.beds.tests.screens import signed_in
from yiyang.kernel.time import now
from yiyang.people.tests.factories import seen_by

pytestmark = pytest.mark.django_db
GOOD = {"told_in_time": "GOOD", "well_treated": "FAIR", "well_received": "GOOD"}


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def given(who: Cast) -> Transfer:
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home))
    bed(who.hospital, "HOSPITAL")
    asked = transfer(who.care_home_nurse, elder)
    return allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital)


def arrived(who: Cast, given: Transfer) -> Transfer:
    commands.hand_over(by=who.care_home_nurse, at=now(), transfer=given, condition="awake")
    commands.depart(by=who.care_home_nurse, at=now(), transfer=given)
    return commands.arrive(by=who.admission_office, at=now(), transfer=given)


def test_a_family_answers_one_question_at_a_time(who: Cast, given: Transfer) -> None:
    arrived(who, given)
    daughter = family("RELATIVE", name="王芳")
    seen_by(given.person, account_id=daughter.account_id, basis="DELEGATION")
    phone, url = signed_in(daughter), reverse("beds:answer_experience", args=[given.pk])

    first = phone.get(url).content.decode()
    assert "told in time" in first
    assert "well received" not in first
    second = phone.post(url, {"step": "1", "told_in_time": "GOOD"}).content.decode()
    assert "looked after on the way" in second
    phone.post(url, {"step": "2", "told_in_time": "GOOD", "well_treated": "FAIR"})
    last = phone.post(url, {"step": "3", **GOOD})

    assert last.status_code == 302, last.content.decode()
    kept = Experience.objects.get()
    assert (kept.by_whom, kept.how, kept.well_treated) == ("FAMILY", "PAGE", "FAIR")


def test_what_was_said_on_paper_is_written_down_without_a_name(who: Cast, given: Transfer) -> None:
    arrived(who, given)

    answer = signed_in(who.head_nurse).post(
        reverse("beds:answer_experience", args=[given.pk]), {**GOOD, "by_whom": "PERSON", "how": "PAPER"}
    )

    assert answer.status_code == 302, answer.content.decode()
    assert not {"by", "recorded_by", "staff"} & {field.name for field in Experience._meta.get_fields()}


def test_too_early_twice_or_half_is_refused(who: Cast, given: Transfer) -> None:
    told = {"by": who.head_nurse, "at": now(), "transfer": given, "by_whom": "PERSON", "how": "PAPER"}

    with pytest.raises(AskedTooEarly):
        commands.answer_experience(**told, **GOOD)
    arrived(who, given)
    told["at"] = now()
    with pytest.raises(AnswerAllThree):
        commands.answer_experience(**told, **{**GOOD, "well_treated": ""})
    commands.answer_experience(**told, **GOOD)
    with pytest.raises(AnsweredAlready):
        commands.answer_experience(**told, **GOOD)
