"""Two records with stays at one time are not one person; merged ones never hold two places."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.beds import commands
from yiyang.beds.tests.factories import bed, cast, person, stay
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import clock_at, now
from yiyang.people.commands import merge_persons
from yiyang.people.fact_words import words_of

pytestmark = pytest.mark.django_db


def test_two_records_that_were_present_at_one_time_are_not_merged() -> None:
    who = cast()
    one, other = person("王秀英"), person("王秀英")
    with clock_at(now() - timedelta(days=5)):
        first = stay(one, bed(who.care_home))
        second = stay(other, bed(who.hospital, "HOSPITAL"))
    for episode in (first, second):
        commands.discharge(by=SYSTEM, at=now(), episode=episode, reason="RECOVERED")

    with pytest.raises(Refusal) as refusal:
        merge_persons(by=SYSTEM, at=now(), person=one, duplicate=other, reason="same ID")

    assert "区中心医院" in str(refusal.value)


def test_a_duplicate_with_an_open_stay_is_merged_only_the_other_way() -> None:
    who = cast()
    one, other = person("王秀英"), person("王秀英")
    stay(other, bed(who.care_home))

    with pytest.raises(Refusal):
        merge_persons(by=SYSTEM, at=now(), person=one, duplicate=other, reason="same ID")
    merge_persons(by=SYSTEM, at=now(), person=other, duplicate=one, reason="same ID")


def test_facts_about_beds_read_as_words_in_the_history() -> None:
    assert str(words_of("transfer.accepted")) != "transfer.accepted"
