from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.access.tests.factories import actor, cast, family
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import clock_at, now
from yiyang.people import reach
from yiyang.people.models import Person
from yiyang.people.tests.factories import person, seen_by

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["small reach", "large reach"], autouse=True)
def _both_ways(request, monkeypatch):
    reach.forget()
    monkeypatch.setattr(reach, "SMALL", 5000 if request.param == "small reach" else 0)
    yield
    reach.forget()


def sees(actor, who) -> bool:
    listed = Person.objects.visible_to(actor).filter(pk=who.pk).exists()
    assert listed == actor.sees(who.pk)
    return listed


def test_an_organisation_sees_those_it_cares_for_and_no_others():
    made, who = cast(), person()
    seen_by(who, made.care_home.pk)

    assert sees(made.care_home_nurse, who)
    assert not sees(made.stranger, who)
    assert not sees(made.ward_doctor, who)
    assert sees(SYSTEM, who)


def test_a_relationship_counts_from_its_start_until_its_end():
    made, who = cast(), person()
    today = now()
    seen_by(who, made.care_home.pk, starts_at=today, ends_at=today + timedelta(days=1))

    with clock_at(today - timedelta(minutes=1)):
        assert not sees(made.care_home_nurse, who)
    with clock_at(today):
        assert sees(made.care_home_nurse, who)
    with clock_at(today + timedelta(days=1)):
        assert not sees(made.care_home_nurse, who)


def test_administrators_and_supervisors_see_nobody():
    made, who = cast(), person()
    seen_by(who, made.government.pk)

    assert not sees(made.system_administrator, who)
    assert not sees(made.supervisor_health, who)


def test_an_elder_sees_their_own_record_alone():
    who, other = person(), person("李国华")
    elder = family(person_id=who.pk)

    assert sees(elder, who)
    assert not sees(elder, other)


def test_what_is_entrusted_to_a_relative_is_not_seen_at_work():
    made, who = cast(), person()
    at_work = actor("CARE_WORKER", made.care_home)
    relative = family("RELATIVE")
    seen_by(who, account_id=relative.account_id, basis="DELEGATION")
    seen_by(who, account_id=at_work.account_id, basis="DELEGATION")

    assert sees(relative, who)
    assert not sees(at_work, who)


def test_a_unit_that_registered_a_person_sees_them_for_a_while_only():
    made = cast()
    who = person(organisation_id=made.care_home.pk)

    assert sees(made.care_home_nurse, who)
    with clock_at(now() + timedelta(days=91)):
        assert not sees(made.care_home_nurse, who)
