"""The machine's clock is set back by ten minutes: nothing ends before it began, and what cannot be is said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from yiyang.access.tests.factories import Cast
from yiyang.beds import commands
from yiyang.beds.commands.conflicts import BedNotFree
from yiyang.beds.commands.rows import BeforeItBegan
from yiyang.beds.models import Occupancy
from yiyang.beds.tests.factories import bed, offered, stay, transfer, whereabouts
from yiyang.kernel import time
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.models import PersonFact
from yiyang.kernel.tests.machine import Machine
from yiyang.kernel.time import clock_at, now
from yiyang.kernel.words import shown
from yiyang.people.models import Person

MINUTE = timedelta(minutes=1)


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The clock of the machine on which this process runs."""
    made = Machine(now())
    monkeypatch.setattr(time, "_steady", made)
    return made


def test_a_running_process_goes_on_as_if_nothing_had_happened(
    who: Cast, elder: Callable[..., Person], machine: Machine
) -> None:
    someone, home_bed = elder(), bed(who.care_home)
    stay(someone, home_bed)
    asked = transfer(who.care_home_nurse, someone)
    [offer] = offered(who.care_home_nurse, asked, who.hospital)

    machine.is_set(-10 * MINUTE)
    machine.passes(MINUTE)
    commands.accept_offer(by=who.ward_doctor, at=now(), offer=offer, doctor="Dr Chen")
    ward_bed = bed(who.hospital, "HOSPITAL")
    machine.passes(MINUTE)
    asked.refresh_from_db()
    commands.allocate_bed(by=who.admission_office, at=now(), transfer=asked, bed=ward_bed)
    commands.hand_over(by=who.care_home_nurse, at=now(), transfer=asked, condition="stable")
    machine.passes(MINUTE)
    commands.depart(by=who.care_home_nurse, at=now(), transfer=asked)
    machine.passes(MINUTE)
    commands.arrive(by=who.admission_office, at=now(), transfer=asked)

    assert [state for state, _kind, _unit in whereabouts(someone)] == ["HELD", "PRESENT"]
    assert not Occupancy.objects.filter(state="VOID").exists()
    facts = PersonFact.objects.filter(person_id=someone.pk).order_by("tx", "id")
    told = list(facts.values_list("recorded_at", flat=True))
    assert told == sorted(told)


def test_a_process_started_after_that_refuses_to_end_what_began_later_and_says_when_it_began(
    who: Cast, elder: Callable[..., Person]
) -> None:
    episode = stay(elder(), bed(who.care_home))

    with clock_at(now() - 10 * MINUTE), pytest.raises(BeforeItBegan) as refused:
        commands.discharge(by=SYSTEM, at=now(), episode=episode, reason="IMPROVED")

    assert shown(episode.opened_at) in str(refused.value)
    episode.refresh_from_db()
    assert episode.closed_at is None


def test_a_bed_that_was_left_later_is_free_from_then_on(who: Cast, elder: Callable[..., Person]) -> None:
    place = bed(who.chc, "HOME_MEDICAL")
    with clock_at(now() - 60 * MINUTE):
        episode = stay(elder(), place)
    left_at = now()
    commands.discharge(by=SYSTEM, at=left_at, episode=episode, reason="IMPROVED")

    with clock_at(left_at - 10 * MINUTE), pytest.raises(BedNotFree) as refused:
        stay(elder("李玉兰"), place)

    assert refused.value.details["free_from"] == left_at
    stay(elder("陈桂英"), place, at=left_at)


def test_a_deadline_comes_later_and_is_not_lost(who: Cast, elder: Callable[..., Person]) -> None:
    someone = elder()
    stay(someone, bed(who.care_home))
    [offer] = offered(who.care_home_nurse, transfer(who.care_home_nurse, someone), who.hospital)

    with clock_at(now() - 10 * MINUTE):
        accepted = commands.accept_offer(by=SYSTEM, at=now(), offer=offer, doctor="Dr Chen")

    assert accepted.state == "ACCEPTED"
