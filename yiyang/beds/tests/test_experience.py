"""Three questions after a move: asked of the person or family, kept apart from staff."""

from __future__ import annotations

import pytest
from django.urls import reverse

from yiyang.access.tests.factories import account, actor_for, family
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


def test_the_paper_is_printed_and_the_elder_is_asked_in_large_type(who: Cast, given: Transfer) -> None:
    sheet, asked = (
        reverse(f"beds:{name}", args=[given.pk]) for name in ("experience_sheet", "answer_experience")
    )
    nurse = signed_in(who.head_nurse)
    assert nurse.get(sheet).status_code == 409
    arrived(who, given)
    own = signed_in(actor_for(account("王秀英", kind="ELDER", person_id=given.person_id), now()))

    assert nurse.get(sheet).content.decode().count("☐") == 11
    assert asked in own.get("/").content.decode()
    assert "Question 1 of 3" in own.get(asked).content.decode()
    for step in ("1", "2", "3"):
        last = own.post(asked, {"step": step, **dict(list(GOOD.items())[: int(step)])})
    assert last.status_code == 302
    assert asked not in own.get("/").content.decode()
    assert own.get(asked).status_code == 409


def test_figures_hide_small_numbers_and_name_nobody(who: Cast) -> None:
    for number in range(5):
        elder = person(f"王秀英{number}", sex="FEMALE")
        stay(elder, bed(who.care_home))
        bed(who.hospital, "HOSPITAL")
        moved = arrived(
            who,
            allocated(
                who.care_home_nurse, transfer(who.care_home_nurse, elder), who.ward_doctor,
                who.admission_office, who.hospital,
            ),
        )  # fmt: skip
        if number == 4:
            shown = signed_in(who.coordinator).get(reverse("beds:experience_figures")).content.decode()
            assert "fewer than 5" in shown
            assert "0 · 4 · 0" not in shown
        commands.answer_experience(
            by=who.head_nurse, at=now(), transfer=moved, by_whom="PERSON", how="PAPER", **GOOD
        )

    url = reverse("beds:experience_figures")
    district, home = (
        signed_in(one).get(url).content.decode() for one in (who.coordinator, who.care_home_manager)
    )
    assert "0 · 5 · 0" in district and who.hospital.name_zh in district
    assert "0 · 5 · 0" in home and who.hospital.name_zh not in home
    assert "王秀英" not in district and who.head_nurse.account.name not in district
    assert signed_in(who.care_home_nurse).get(url).status_code == 403
    assert who.care_home.name_zh in signed_in(who.coordinator).get(url + "?export=csv").content.decode()
    assert signed_in(who.coordinator).get(url + "?month=nonsense").status_code == 200
