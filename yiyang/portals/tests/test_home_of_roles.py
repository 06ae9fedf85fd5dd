"""What each role sees first: who is away, which beds are promised, who waits with nowhere to go."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from yiyang.beds import commands
from yiyang.beds.tests.factories import allocated, bed, cast, offered, person, stay, transfer
from yiyang.beds.tests.screens import page, signed_in, statements
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db


def test_the_care_home_nurse_sees_who_is_away_since_when_and_whom_to_call() -> None:
    who = cast()
    episode = stay(person("王桂兰"), bed(who.care_home))
    commands.begin_leave(
        by=who.care_home_nurse, at=now(), episode=episode, companion="女儿", companion_phone="13900000001",
        due_back_at=now() + timedelta(minutes=1),
    )  # fmt: skip

    shown = page(who.care_home_nurse, "/")
    away = shown[shown.index('id="away"') :]

    assert "王桂兰" in away
    assert "tel:13900000001" in away


def test_the_admission_office_sees_the_beds_promised() -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    in_bed = bed(who.hospital, "HOSPITAL", "H-12")
    allocated(
        who.care_home_nurse, transfer(who.care_home_nurse, elder), who.ward_doctor, who.admission_office,
        who.hospital, in_bed,
    )  # fmt: skip

    shown = page(who.admission_office, "/")

    assert "H-12" in shown[shown.index('id="promised"') :]


def test_the_admission_office_sees_who_comes_and_who_has_not_arrived() -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    way = allocated(
        who.care_home_nurse, transfer(who.care_home_nurse, elder), who.ward_doctor, who.admission_office,
        who.hospital, bed(who.hospital, "HOSPITAL", "H-12"),
    )  # fmt: skip
    long_ago = now() - timedelta(hours=5)
    commands.depart(by=who.care_home_nurse, at=now(), transfer=way)
    type(way).objects.filter(pk=way.pk).update(act_by=long_ago)

    shown = page(who.admission_office, "/")
    comes = shown[shown.index('id="coming"') : shown.index('id="promised"')]
    owes = page(who.care_home_nurse, "/")
    owed = owes[owes.index('id="owed"') :]

    assert "not arrived" in comes
    assert f"/transfers/{way.pk}/phone/?unit={who.care_home.pk}" in comes
    assert "referral form" in owed
    assert "skin check at departure" in owed


def test_the_coordinator_sees_who_is_ready_and_who_declines() -> None:
    who = cast()
    elder, other = person("王桂兰"), person("李国华")
    episode = stay(elder, bed(who.hospital, "HOSPITAL"))
    commands.set_expected_end(
        by=SYSTEM, at=now(), episode=episode, until=now() + timedelta(hours=1), ready=True
    )
    stay(other, bed(who.care_home))
    [offer] = offered(who.care_home_nurse, transfer(who.care_home_nurse, other), who.hospital)
    commands.decline_offer(by=who.ward_doctor, at=now(), offer=offer, code="NO_BED", text="full")

    shown = page(who.coordinator, "/")

    assert "区中心医院" in shown[shown.index('id="ready"') : shown.index('id="closed"')]
    assert "asked 1 times, declined 1" in shown[shown.index('id="decline"') :]
    assert "/duty/calls/" in page(who.coordinator, "/home/calls/")
    assert "/home/calls/" in shown


def test_the_coordinator_who_steps_in_has_the_telephone_of_the_unit_that_was_silent() -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    asked = transfer(who.care_home_nurse, elder)
    commands.escalate_transfer(by=SYSTEM, at=now(), transfer=asked, why="UNANSWERED")
    type(who.care_home).objects.filter(pk=who.care_home.pk).update(
        phone="021-55501000", night_contact="021-55501000"
    )

    shown = page(who.coordinator, "/")
    turn = shown[shown.index('id="turn"') : shown.index('id="ready"')]

    assert "step in" in turn
    assert "tel:02155501000" in turn
    assert f"/transfers/{asked.pk}/phone/" in turn


def test_the_night_duty_officer_notes_the_times_of_120_by_one_touch_and_sees_who_is_on_call() -> None:
    who = cast()
    quiet = page(who.night_duty_officer, "/")
    assert "tel:120" in quiet
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    night = transfer(who.night_duty_officer, elder, urgency="EMERGENCY")

    for what in ("called_120", "ambulance_arrived"):
        shown = page(who.night_duty_officer, "/")
        assert f'value="{what}"' in shown
        signed_in(who.night_duty_officer).post(f"/transfers/{night.pk}/note-emergency-time/", {"what": what})
    shown = page(who.night_duty_officer, "/")

    assert f"/transfers/{night.pk}/depart/" in shown
    assert "/duty/" in shown


def test_an_emergency_stands_first_with_one_touch_to_call() -> None:
    who = cast()
    elder = person("王桂兰")
    stay(elder, bed(who.care_home))
    transfer(who.care_home_nurse, elder, urgency="EMERGENCY")

    shown = page(who.care_home_nurse, "/")

    assert shown.index("tel:120") < shown.index("Your turn")
    assert shown.count("王桂兰") == shown[: shown.index("Your turn")].count("王桂兰")


def test_an_adviser_registers_and_follows_elders_of_the_area() -> None:
    who = cast()
    elder = person("王桂兰", residence_area="310106006002")
    commands.join_waiting_list(
        by=SYSTEM, at=now(), person=elder, kind="INSTITUTION", list_owner=who.centre.pk
    )

    shown = page(who.adviser, "/")

    assert "/people/register/" in shown
    assert 'id="followed"' in shown


ROLES = [
    "care_home_nurse", "night_duty_officer", "admission_office", "ward_doctor", "family_doctor", "coordinator",
    "adviser", "committee_worker",
]  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_no_home_page_takes_more_than_fifteen_statements(role: str) -> None:
    who = cast()
    for number in range(3):
        elder = person(f"王桂兰{number}", residence_area="310106006002")
        stay(elder, bed(who.care_home))
        offered(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.hospital)
    actor: Any = getattr(who, role, None)
    if actor is None:
        pytest.skip("not in the cast")

    assert statements(actor, "/") <= 15
