"""What is known of each candidate unit comes from the rows: beds, contracts, stays, distances, licences."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from yiyang.access.tests.factories import area, contract, organisation
from yiyang.beds import commands
from yiyang.beds.queries import transfer_pages as pages
from yiyang.beds.queries.candidates import Choice, candidates, free_beds
from yiyang.beds.tests.factories import accepted, agreed, bed, cast, offered, person, room, stay, transfer
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db


@pytest.fixture
def who() -> Any:
    return cast()


@pytest.fixture
def asked(who: Any) -> Any:
    elder = person(sex="FEMALE")
    stay(elder, bed(who.care_home))
    return transfer(who.care_home_nurse, elder)


def found(of: Any) -> dict[str, Choice]:
    choices = candidates(pages.transfer(SYSTEM, of.pk), pages.offers_of(of))
    return {choice.ranked.candidate.name: choice for choice in choices}


def test_free_beds_are_those_that_nobody_is_in_or_promised(who: Any, asked: Any) -> None:
    for _ in range(3):
        bed(who.hospital, "HOSPITAL")
    stay(person("李建国", sex="FEMALE"), bed(who.hospital, "HOSPITAL"))
    commands.block_bed(
        by=SYSTEM, at=now(), bed=bed(who.hospital, "HOSPITAL"), reason="MAINTENANCE", until=None
    )

    assert found(asked)[who.hospital.name].ranked.candidate.free == 3


def test_the_next_bed_expected_is_known_by_its_occupants_expected_end(who: Any, asked: Any) -> None:
    soon = now() + timedelta(days=3)
    stay(person("李建国"), bed(who.hospital, "HOSPITAL"), expected_until=soon)

    candidate = found(asked)[who.hospital.name].ranked.candidate
    assert candidate.free == 0
    assert candidate.free_from == soon


def test_only_licensed_units_of_the_district_partners_and_the_chosen_unit_are_listed(
    who: Any, asked: Any
) -> None:
    organisation("外区医院", "HOSPITAL", area=area("320505001"))
    partner = organisation("外区协议医院", "HOSPITAL", area=area("320505002"))
    contract(who.care_home, partner)
    organisation("无证医院", "HOSPITAL", licensed=[])

    names = set(found(asked))

    assert {"区中心医院", "外区协议医院"} <= names
    assert not {"外区医院", "无证医院", "阳光养老院"} & names


def test_the_contract_gives_its_order_and_its_time_to_answer(who: Any, asked: Any) -> None:
    who.contract.designated_order = 1
    who.contract.urgent_minutes = 20
    who.contract.save()

    candidate = found(asked)[who.hospital.name].ranked.candidate
    assert candidate.designated_first == 1
    assert candidate.answer_minutes == 20


def test_where_the_person_has_been_before_is_known(who: Any, asked: Any) -> None:
    before = stay(asked.person, bed(who.hospital, "HOSPITAL"))
    commands.discharge(by=SYSTEM, at=now(), episode=before, reason="RECOVERED")

    assert found(asked)[who.hospital.name].ranked.candidate.been_there is not None


def test_what_the_bed_must_have_is_looked_for(who: Any) -> None:
    elder = person()
    stay(elder, bed(who.care_home))
    asked = transfer(who.care_home_nurse, elder, needs=["OXYGEN"])
    bed(who.hospital, "HOSPITAL")

    assert not found(asked)[who.hospital.name].ranked.candidate.features_met
    bed(who.hospital, "HOSPITAL", features=["OXYGEN", "MONITOR"])
    assert found(asked)[who.hospital.name].ranked.candidate.features_met


def test_a_unit_whose_wards_take_nobody_cannot_be_ticked(who: Any, asked: Any) -> None:
    place = room(who.hospital, "301", ward="三病区")
    bed(who.hospital, "HOSPITAL", room=place)
    commands.close_ward_to_offers(by=SYSTEM, at=now(), ward=place.ward, closed=True, reason="outbreak")

    assert not found(asked)[who.hospital.name].open


def test_a_unit_that_was_asked_is_not_asked_twice(who: Any, asked: Any) -> None:
    offered(who.care_home_nurse, asked, who.hospital)

    choice = found(asked)[who.hospital.name]
    assert choice.asked
    assert not choice.open


def test_it_takes_the_same_number_of_statements_for_one_unit_and_for_twenty(
    who: Any, asked: Any, django_assert_num_queries: Any
) -> None:
    agreed(who.care_home_nurse, asked)
    full = pages.transfer(SYSTEM, asked.pk)
    for number in range(20):
        bed(organisation(f"医院{number}", "HOSPITAL"), "HOSPITAL")

    with django_assert_num_queries(4):
        assert len(candidates(full, [])) > 20


def test_a_bed_in_a_room_of_the_other_sex_is_not_proposed(who: Any, asked: Any) -> None:
    shared = room(who.hospital, "301")
    stay(person("李建国", sex="MALE"), bed(who.hospital, "HOSPITAL", room=shared))
    bed(who.hospital, "HOSPITAL", label="301-2", room=shared)
    bed(who.hospital, "HOSPITAL", label="302-1", room=room(who.hospital, "302"))
    accepted(who.care_home_nurse, asked, who.ward_doctor, who.hospital)

    assert [one.label for one in free_beds(pages.transfer(SYSTEM, asked.pk))] == ["302-1"]


def test_a_bed_that_will_be_free_by_then_can_be_promised_for_next_week(who: Any) -> None:
    elder = person(sex="FEMALE")
    stay(elder, bed(who.care_home))
    leaving = bed(who.hospital, "HOSPITAL", label="1")
    staying = bed(who.hospital, "HOSPITAL", label="2")
    stay(person("李建国", sex="FEMALE"), leaving, expected_until=now() + timedelta(days=3))
    stay(person("张建华", sex="FEMALE"), staying)
    asked = transfer(who.care_home_nurse, elder, wanted_from=now() + timedelta(days=7))
    accepted(who.care_home_nurse, asked, who.ward_doctor, who.hospital)

    assert [one.label for one in free_beds(pages.transfer(SYSTEM, asked.pk))] == ["1"]
