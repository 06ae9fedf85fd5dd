"""Setting up a home medical bed, step by step, and keeping it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from yiyang.beds import commands
from yiyang.beds.commands.home_beds import SetupOutOfOrder, SetupUnderWay, TransferWaits
from yiyang.beds.models import HomeBedSetup
from yiyang.beds.tests.factories import (
    Cast,
    allocated,
    bed,
    cast,
    person,
    stay,
    transfer,
    whereabouts,
)
from yiyang.kernel.time import now
from yiyang.people.models import Person
from yiyang.people.tests.factories import seen_by

pytestmark = pytest.mark.django_db


def applied(who: Cast, elder: Person) -> HomeBedSetup:
    return commands.apply_for_home_bed(
        by=who.home_bed_doctor, at=now(), person=elder, unit_id=who.chc.pk, reason="stroke", place="3 楼"
    )


def filed(who: Cast, elder: Person) -> HomeBedSetup:
    setup = applied(who, elder)
    commands.record_home_visit(by=who.home_bed_doctor, at=now(), setup=setup, findings="bedridden", fit=True)
    commands.sign_home_bed_agreement(by=who.home_bed_nurse, at=now(), setup=setup, signer="daughter")
    return commands.file_with_insurance(by=who.home_bed_nurse, at=now(), setup=setup, filing_number="JB-1")


def at_home(who: Cast) -> Person:
    elder = person()
    seen_by(elder, who.chc.pk)
    return elder


def test_application_visit_agreement_filing_and_set_up() -> None:
    who = cast()
    elder = at_home(who)
    bed(who.chc, "HOME_MEDICAL")

    commands.set_up_home_bed(by=who.home_bed_doctor, at=now(), setup=filed(who, elder))

    assert whereabouts(elder) == [("PRESENT", "HOME_MEDICAL", "江宁路社区卫生服务中心")]


def test_no_step_can_be_left_out() -> None:
    who = cast()
    setup = applied(who, at_home(who))

    with pytest.raises(SetupOutOfOrder) as refusal:
        commands.file_with_insurance(by=who.home_bed_nurse, at=now(), setup=setup, filing_number="JB-1")

    assert "医生" in str(refusal.value) or "visit" in str(refusal.value)


def test_a_second_set_up_for_one_person_is_refused() -> None:
    who = cast()
    elder = at_home(who)
    applied(who, elder)

    with pytest.raises(SetupUnderWay):
        applied(who, elder)


def test_a_transfer_to_a_home_medical_bed_waits_for_the_filing() -> None:
    who = cast()
    elder = person()
    stay(elder, bed(who.care_home))
    seen_by(elder, who.chc.pk)
    asked = allocated(
        who.care_home_nurse,
        transfer(who.care_home_nurse, elder, target_kind="HOME_MEDICAL"),
        who.home_bed_doctor,
        who.home_bed_nurse,
        who.chc,
        bed(who.chc, "HOME_MEDICAL"),
    )

    with pytest.raises(SetupOutOfOrder):
        commands.arrive(by=who.home_bed_nurse, at=now(), transfer=asked)
    filed(who, elder)
    commands.arrive(by=who.home_bed_nurse, at=now(), transfer=asked)

    assert [row[:2] for row in whereabouts(elder)] == [
        ("PRESENT", "INSTITUTION"),
        ("PRESENT", "HOME_MEDICAL"),
    ]


def test_a_bed_is_not_set_up_past_a_transfer_that_is_under_way_to_it() -> None:
    who = cast()
    elder = at_home(who)
    bed(who.chc, "HOME_MEDICAL")
    setup = filed(who, elder)
    asked = transfer(who.home_bed_doctor, elder, target_kind="HOME_MEDICAL")

    with pytest.raises(TransferWaits) as refused:
        commands.set_up_home_bed(by=who.home_bed_doctor, at=now(), setup=setup)
    assert refused.value.details["transfer"] == str(asked.pk)
    assert elder.full_name in str(refused.value)
    assert whereabouts(elder) == []

    commands.cancel_transfer(by=who.home_bed_doctor, at=now(), transfer=asked, reason="asked for twice")
    commands.set_up_home_bed(by=who.home_bed_doctor, at=now(), setup=setup)
    assert whereabouts(elder) == [("PRESENT", "HOME_MEDICAL", "江宁路社区卫生服务中心")]


def test_a_transfer_to_another_kind_of_bed_keeps_no_home_bed_waiting() -> None:
    who = cast()
    elder = at_home(who)
    bed(who.chc, "HOME_MEDICAL")
    setup = filed(who, elder)
    transfer(who.home_bed_doctor, elder, target_kind="INSTITUTION", trigger="WISH")

    opened = commands.set_up_home_bed(by=who.home_bed_doctor, at=now(), setup=setup)

    assert opened.state == "OPENED"


def test_renewal_moves_the_end_of_the_cycle() -> None:
    who = cast()
    elder = at_home(who)
    episode = stay(elder, bed(who.chc, "HOME_MEDICAL"))
    ends_on = episode.cycle_ends_on
    assert ends_on is not None

    commands.review_home_bed(by=who.home_bed_doctor, at=now(), episode=episode, what="RENEWAL")

    episode.refresh_from_db()
    assert episode.cycle_ends_on == ends_on + timedelta(days=90)


def test_a_refused_visit_ends_the_set_up() -> None:
    who = cast()
    setup = applied(who, at_home(who))

    ended = commands.record_home_visit(
        by=who.home_bed_doctor, at=now(), setup=setup, findings="walks to the clinic", fit=False
    )

    assert ended.state == "REFUSED"
