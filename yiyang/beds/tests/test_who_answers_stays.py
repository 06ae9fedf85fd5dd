"""A leave that is overdue, a hold that ends, an arrival that does not come: each waits for somebody by name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from yiyang.access.tests.factories import Cast
from yiyang.beds import commands
from yiyang.beds import jobs as clock_of_beds
from yiyang.beds.tests import factories as f
from yiyang.duty import jobs
from yiyang.duty.models import Matter, PhoneCall
from yiyang.duty.tests import factories as duty
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import clock_at, now
from yiyang.people import commands as people
from yiyang.people.tests.factories import seen_by

NOON = datetime(2026, 11, 10, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
HOUR = timedelta(hours=1)


@pytest.fixture
def resident(who: Cast) -> Any:
    """A resident of a home whose nurse is on duty with a deputy."""
    with clock_at(NOON):
        elder = f.person(organisation_id=who.care_home.pk)
        episode = f.stay(elder, f.bed(who.care_home))
        post = duty.post(who.care_home, telephone="021-5550 1001")
        duty.shift(post, who.care_home_nurse, NOON - HOUR, 96, deputy=who.care_worker)
    return episode


def on_leave(who: Cast, episode: Any, hours: float) -> None:
    with clock_at(NOON):
        commands.begin_leave(
            by=who.care_home_nurse, at=now(), episode=episode, companion="儿子王强",
            companion_phone="13900000001", due_back_at=NOON + hours * HOUR,
        )  # fmt: skip


def time_passes(until: datetime) -> None:
    with clock_at(until):
        clock_of_beds.meet_deadlines(until)
        run_pending()
        jobs.go_on(until)


def rungs(kind: str) -> list[str]:
    return [step.rung for step in Matter.objects.get(subject_kind=kind).steps.order_by("at")]


def test_an_overdue_leave_goes_up_the_ladder_until_the_resident_is_back(who: Cast, resident: Any) -> None:
    on_leave(who, resident, 2)
    for minutes in (0, 10, 20):
        time_passes(NOON + 2 * HOUR + timedelta(minutes=minutes))

    assert rungs("Leave") == ["ON_DUTY", "DEPUTY", "MANAGER"]
    with clock_at(NOON + 3 * HOUR):
        commands.return_to_held_bed(by=who.care_home_nurse, at=now(), episode=resident)
        jobs.go_on(now())
    assert Matter.objects.get(subject_kind="Leave").closed_at is not None


def test_a_hold_is_told_to_the_one_on_duty_before_it_ends_and_to_others_only_after(
    who: Cast, resident: Any
) -> None:
    with clock_at(NOON):
        commands.report_missing(by=who.care_home_nurse, at=now(), episode=resident)
        held = resident.occupancies.get(state="HELD")
    until = held.held_until
    for at in (until - 24 * HOUR, until - HOUR):
        time_passes(at)
    assert set(rungs("Hold")) <= {"ON_DUTY", "MANAGER"}
    before = len(rungs("Hold"))

    time_passes(until)
    assert len(rungs("Hold")) == before + 1

    with clock_at(until + HOUR):
        commands.extend_hold(by=who.care_home_nurse, at=now(), episode=resident, until=until + 240 * HOUR)
        jobs.go_on(now())
    assert not Matter.objects.open().filter(subject_kind="Hold").exists()


def test_an_arrival_that_does_not_come_goes_up_the_ladder(who: Cast, resident: Any) -> None:
    with clock_at(NOON):
        way = f.allocated(
            who.care_home_nurse, f.transfer(who.care_home_nurse, resident.person), who.ward_doctor,
            who.admission_office, who.hospital, f.bed(who.hospital, "HOSPITAL"),
        )  # fmt: skip
        post = duty.post(who.hospital, "ADMISSION", telephone="021-5550 2001")
        duty.shift(post, who.admission_office, NOON - HOUR, 24, deputy=who.head_nurse)
        commands.hand_over(by=who.care_home_nurse, at=now(), transfer=way, condition="awake")
        way = commands.depart(by=who.care_home_nurse, at=now(), transfer=way)
        run_pending()
    assert rungs("Arrival") == ["ON_DUTY"]

    time_passes(NOON + timedelta(minutes=11))
    assert rungs("Arrival") == ["ON_DUTY"]  # still on the way
    time_passes(way.act_by)
    assert rungs("Arrival") == ["ON_DUTY", "DEPUTY"]
    with clock_at(way.act_by + HOUR):
        commands.arrive(by=who.admission_office, at=now(), transfer=way)
        jobs.go_on(now())
    assert Matter.objects.get(subject_kind="Arrival").closed_at is not None


def test_i_phoned_the_companion_is_recorded_from_the_home_page_and_gives_time(
    who: Cast, resident: Any
) -> None:
    on_leave(who, resident, 2)
    time_passes(NOON + 2 * HOUR)
    address = reverse("beds:phone_about_stay", args=[resident.pk])
    client = Client()
    client.force_login(who.care_home_nurse.account)
    with clock_at(NOON + 2 * HOUR + timedelta(minutes=5)):
        for page in ("/", reverse("beds:stay", args=[resident.pk])):
            shown = client.get(page).content.decode()
            assert address in shown
            assert "tel:13900000001" in shown
        assert "13900000001" in client.get(address).content.decode()
        answer = client.post(address, {"result": "REACHED", "to_name": "儿子王强", "text": "on the bus"})
        assert answer.status_code == 302
        assert "on the bus" in client.get(reverse("beds:stay", args=[resident.pk])).content.decode()

    call = PhoneCall.objects.get()
    assert (call.from_unit_id, call.to_unit_id, call.to_name) == (who.care_home.pk, None, "儿子王强")
    time_passes(NOON + 2 * HOUR + timedelta(minutes=12))
    assert rungs("Leave") == ["ON_DUTY"]
    for stranger in (who.stranger, who.ward_doctor, who.other_elder):
        with pytest.raises(NotFound):
            commands.phone_about_stay(by=stranger, at=now(), episode=resident, result="REACHED")


def test_i_phoned_the_family_about_an_offered_place_stands_with_the_entry(who: Cast) -> None:
    elder = f.person(residence_area="310106006002")
    seen_by(elder, who.centre.pk)
    people.add_contact(
        by=SYSTEM, at=now(), person=elder, full_name="王芳", kinship="CHILD", phone="13900000002"
    )
    entry = commands.join_waiting_list(
        by=SYSTEM, at=now(), person=elder, kind="INSTITUTION", list_owner=who.centre.pk
    )
    commands.offer_place(by=SYSTEM, at=now(), entry=entry, bed=f.bed(who.care_home))
    client = Client()
    client.force_login(who.coordinator.account)
    address = reverse("beds:phone_about_place", args=[entry.pk])

    for page in ("/", reverse("beds:waiting_list"), reverse("beds:waiting_entry", args=[entry.pk])):
        assert address in client.get(page).content.decode(), page
    assert "13900000002" in client.get(address).content.decode()
    assert (
        client.post(
            address, {"result": "LEFT_MESSAGE", "to_name": "王芳", "text": "asks her brother"}
        ).status_code
        == 302
    )

    shown = client.get(reverse("beds:waiting_entry", args=[entry.pk])).content.decode()
    assert "asks her brother" in shown
    assert "tel:13900000002" in shown
