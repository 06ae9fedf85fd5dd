"""Deadlines fire once, late when the worker was down, and mark how late."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.beds import commands, jobs
from yiyang.beds.tests.factories import allocated, bed, cast, offered, person, stay, transfer, whereabouts
from yiyang.kernel.models import PersonFact
from yiyang.kernel.time import clock_at, now

pytestmark = pytest.mark.django_db


def facts(name: str) -> list[PersonFact]:
    return list(PersonFact.objects.filter(name=name))


def test_an_offer_that_nobody_answers_lapses_once_and_the_coordinator_is_told_how_late() -> None:
    who = cast()
    elder = person()
    stay(elder, bed(who.care_home))
    [offer] = offered(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.hospital)

    with clock_at(offer.answer_by + timedelta(minutes=60)):
        jobs.meet_deadlines(now())
        jobs.meet_deadlines(now())

    offer.refresh_from_db()
    assert offer.state == "EXPIRED"
    assert offer.transfer.__class__.objects.get(pk=offer.transfer_id).state == "AGREED"
    [expired] = facts("offer.expired")
    assert expired.data["minutes_late"] == 60
    assert len(facts("transfer.unanswered")) == 1


def test_a_reservation_that_nobody_comes_for_frees_the_bed() -> None:
    who = cast()
    elder = person()
    stay(elder, bed(who.care_home))
    asked = allocated(
        who.care_home_nurse, transfer(who.care_home_nurse, elder), who.ward_doctor, who.admission_office,
        who.hospital, bed(who.hospital, "HOSPITAL"),
    )  # fmt: skip

    with clock_at(asked.act_by + timedelta(minutes=1)):
        jobs.meet_deadlines(now())

    assert whereabouts(elder) == [("PRESENT", "INSTITUTION", "阳光养老院")]
    assert len(facts("reservation.expired")) == 1


def test_a_hold_is_warned_of_before_it_ends_and_an_extension_starts_again() -> None:
    who = cast()
    elder = person()
    home = stay(elder, bed(who.care_home))
    stay(elder, bed(who.hospital, "HOSPITAL"))

    with clock_at(now() + timedelta(days=28)):
        jobs.meet_deadlines(now())
        jobs.meet_deadlines(now())
        assert len(facts("hold.ending")) == 1
        commands.extend_hold(by=who.care_home_nurse, at=now(), episode=home, until=now() + timedelta(days=30))
    with clock_at(now() + timedelta(days=56)):
        jobs.meet_deadlines(now())

    assert len(facts("hold.ending")) == 2


def test_an_overdue_leave_is_told_once() -> None:
    who = cast()
    elder = person()
    home = stay(elder, bed(who.care_home))
    commands.begin_leave(
        by=who.care_home_nurse,
        at=now(),
        episode=home,
        companion="daughter",
        due_back_at=now() + timedelta(hours=3),
    )

    with clock_at(now() + timedelta(hours=4)):
        jobs.meet_deadlines(now())
        jobs.meet_deadlines(now())

    assert [fact.data["minutes_late"] for fact in facts("leave.overdue")] == [60]
