"""A transfer waits for somebody by name: who is on duty, by which telephone, and who is told next."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from yiyang.access.models import Notice
from yiyang.access.tests.factories import Cast
from yiyang.beds import commands
from yiyang.beds.commands.calls import NotConcerned
from yiyang.beds.tests import factories as f
from yiyang.duty import jobs
from yiyang.duty.models import Matter, PhoneCall
from yiyang.duty.tests import factories as duty
from yiyang.kernel.models import PersonFact
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import clock_at, now

ZONE = ZoneInfo("Asia/Shanghai")
NIGHT = datetime(2026, 11, 10, 23, tzinfo=ZONE)
FRIDAY = datetime(2026, 11, 6, 16, tzinfo=ZONE)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def offered(who: Cast) -> Any:
    """At night a home asks the hospital, whose ward doctor is on duty with a deputy."""
    with clock_at(NIGHT):
        f.bed(who.hospital, "HOSPITAL")
        elder = f.person(organisation_id=who.care_home.pk)
        f.stay(elder, f.bed(who.care_home))
        post = duty.post(who.hospital, "WARD_DOCTOR", telephone="021-5550 2002")
        duty.shift(post, who.ward_doctor, NIGHT - 60 * MINUTE, deputy=who.head_nurse)
        [offer] = f.offered(who.care_home_nurse, f.transfer(who.care_home_nurse, elder), who.hospital)
        run_pending()
    return offer


def page(by: Any, name: str, *args: Any) -> str:
    client = Client()
    client.force_login(by.account)
    with clock_at(NIGHT + MINUTE):
        response = client.get(reverse(name, args=args))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("where", ["beds:transfer", "beds:transfers", "portals:home", "beds:board"])
def test_the_countdown_shows_the_telephone_of_the_one_on_duty(who: Cast, offered: Any, where: str) -> None:
    args = [offered.transfer_id] if where == "beds:transfer" else []

    shown = page(who.care_home_nurse, where, *args)

    assert 'href="tel:02155502002"' in shown
    assert who.ward_doctor.account.name in shown


def test_the_one_on_duty_is_told_and_when_nobody_answers_the_next(who: Cast, offered: Any) -> None:
    for minutes in (0, 10, 20):
        with clock_at(NIGHT + minutes * MINUTE):
            jobs.go_on(NIGHT + minutes * MINUTE)

    matter = Matter.objects.get(subject_id=offered.pk)
    assert [step.rung for step in matter.steps.order_by("at")] == ["ON_DUTY", "DEPUTY", "MANAGER"]
    assert Notice.objects.get(subject="duty.deputy_turn").account_id == who.head_nurse.account_id


def test_an_answer_ends_the_reminders_and_the_bed_is_asked_for_next(who: Cast, offered: Any) -> None:
    with clock_at(NIGHT + MINUTE):
        commands.accept_offer(by=who.ward_doctor, at=now(), offer=offered, doctor="Dr Chen")
        run_pending()
        jobs.go_on(now())

    assert Matter.objects.get(subject_id=offered.pk).closed_at is not None
    bed = Matter.objects.get(subject_kind="Allocation")
    assert (bed.unit_id, bed.act) == (who.hospital.pk, "GIVE_BED")


def test_a_question_back_is_an_answer_and_the_information_is_waited_for_anew(who: Cast, offered: Any) -> None:
    with clock_at(NIGHT + MINUTE):
        commands.answer_offer_otherwise(
            by=who.ward_doctor, at=now(), offer=offered, answer="NEED_INFORMATION", text="ECG?"
        )
        jobs.go_on(now())
        commands.give_information(by=who.care_home_nurse, at=now(), offer=offered, text="sinus rhythm")
        run_pending()

    assert list(Matter.objects.filter(subject_id=offered.pk).values_list("closed_at", flat=True)) == [
        NIGHT + MINUTE, None,
    ]  # fmt: skip


def test_i_phoned_is_recorded_and_shown_beside_the_countdown(who: Cast, offered: Any) -> None:
    client = Client()
    client.force_login(who.care_home_nurse.account)
    address = reverse("beds:phone_about_transfer", args=[offered.transfer_id])
    with clock_at(NIGHT + MINUTE):
        asked = client.get(f"{address}?unit={who.hospital.pk}").content.decode()
        answer = client.post(
            f"{address}?unit={who.hospital.pk}",
            {
                "result": "NO_ANSWER",
                "to_name": "Dr Wang",
                "telephone": "021-5550 2002",
                "text": "rang ten times",
            },
        )

    assert "021-5550 2002" in asked
    assert answer.status_code == 302
    call = PhoneCall.objects.get()
    assert (call.from_unit_id, call.to_unit_id, call.result) == (
        who.care_home.pk, who.hospital.pk, "NO_ANSWER",
    )  # fmt: skip
    assert PersonFact.objects.filter(name="call.made", person_id=offered.transfer.person_id).exists()
    assert "rang ten times" in page(who.care_home_nurse, "beds:transfer_calls", offered.transfer_id)
    assert "rang ten times" not in page(who.ward_doctor, "beds:transfer_calls", offered.transfer_id)


def test_nobody_records_calls_about_a_transfer_of_others(who: Cast, offered: Any) -> None:
    given = {"at": now(), "transfer": offered.transfer, "result": "REACHED"}

    for by in (who.stranger, who.supervisor_health, who.other_elder):
        with pytest.raises(NotAllowed):
            commands.phone_about_transfer(by=by, unit_id=who.hospital.pk, **given)
    with pytest.raises(NotConcerned):
        commands.phone_about_transfer(by=who.care_home_nurse, unit_id=who.chc.pk, **given)


def test_a_routine_request_on_friday_afternoon_waits_for_monday(who: Cast) -> None:
    with clock_at(FRIDAY):
        elder = f.person(organisation_id=who.care_home.pk)
        f.stay(elder, f.bed(who.care_home))
        routine = f.transfer(who.care_home_nurse, elder, urgency="ROUTINE")
        other = f.person("李玉兰", organisation_id=who.care_home.pk)
        f.stay(other, f.bed(who.care_home))
        urgent = f.transfer(who.care_home_nurse, other, urgency="URGENT")

    assert routine.act_by == datetime(2026, 11, 9, 16, tzinfo=ZONE)  # a workday of nine hours later
    assert urgent.act_by == FRIDAY + 60 * MINUTE


def test_the_telephone_of_the_staff_is_not_for_the_family(who: Cast, offered: Any) -> None:
    from yiyang.access.tests.factories import family

    elder = family(person_id=offered.transfer.person_id)

    assert "tel:02155502002" not in page(elder, "beds:transfer", offered.transfer_id)
