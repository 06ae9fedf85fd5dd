"""A home medical bed through a hospital stay: inside a care home, and at a plain home."""

from __future__ import annotations

from tests.browser.story import Story
from yiyang.beds import commands
from yiyang.beds.tests.factories import bed
from yiyang.kernel.time import now

HOME, HOSPITAL, CENTRE = "阳光养老院", "区中心医院", "江宁路社区卫生服务中心"


def given_a_home_medical_bed_was_set_up(story: Story) -> None:
    """Application, doctor's visit, agreement, insurance filing, set-up: by commands, as they have no pages."""
    who = story.who
    bed(who.chc, "HOME_MEDICAL", "B-7")
    doctor = {"by": who.home_bed_doctor, "at": now()}
    setup = commands.apply_for_home_bed(
        **doctor, person=story.elder, unit_id=who.chc.pk, reason="after a stroke", place="3 楼"
    )
    commands.record_home_visit(**doctor, setup=setup, findings="stable, needs daily visits", fit=True)
    commands.sign_home_bed_agreement(**doctor, setup=setup, signer=story.elder.full_name)
    commands.file_with_insurance(**doctor, setup=setup, filing_number="F-1")
    commands.set_up_home_bed(**doctor, setup=setup)


def when_the_hospital_takes_the_elder(story: Story, by: object) -> None:
    who = story.who
    story.when_a_transfer_is_asked_for(by, "health worsened", "Hospital")
    story.when_a_clinician_finds_it_right(by)
    story.when_the_elder_agrees(by)
    story.when_a_unit_is_asked(by, who.hospital)
    story.when_the_doctor_accepts(who.ward_doctor)
    story.when_a_bed_is_given(who.admission_office)
    story.when_it_is_handed_over(by, to=who.head_nurse)
    story.when_the_elder_departs(by)
    story.when_the_elder_arrives(who.admission_office)


def test_inside_a_care_home_both_beds_wait_for_the_return(story: Story) -> None:
    who = story.who
    story.given_the_elder_is_in_a_bed_of(who.care_home, "INSTITUTION", "3-205")
    story.given_the_elder_is_known_to(who.chc)
    given_a_home_medical_bed_was_set_up(story)
    story.given_a_free_bed_at(who.hospital, "HOSPITAL", "12-3")

    when_the_hospital_takes_the_elder(story, who.care_home_nurse)
    story.then_the_elder_is(
        ("HELD", "INSTITUTION", HOME), ("HELD", "HOME_MEDICAL", CENTRE), ("PRESENT", "HOSPITAL", HOSPITAL)
    )

    story.when_the_stay_ends(who.admission_office, "HOSPITAL")
    story.when_the_elder_is_back_in_the_bed(who.care_home_nurse, "INSTITUTION")

    story.then_the_elder_is(("PRESENT", "INSTITUTION", HOME), ("PRESENT", "HOME_MEDICAL", CENTRE))


def test_at_a_plain_home_the_home_medical_bed_goes_on_after_the_discharge(story: Story) -> None:
    who = story.who
    story.given_the_elder_is_known_to(who.chc)
    given_a_home_medical_bed_was_set_up(story)
    story.given_a_free_bed_at(who.hospital, "HOSPITAL", "12-3")
    story.given_a_contract_between(who.chc, who.hospital)

    when_the_hospital_takes_the_elder(story, who.home_bed_doctor)
    story.then_the_elder_is(("HELD", "HOME_MEDICAL", CENTRE), ("PRESENT", "HOSPITAL", HOSPITAL))

    story.when_the_stay_ends(who.admission_office, "HOSPITAL")

    story.then_the_elder_is(("PRESENT", "HOME_MEDICAL", CENTRE))
    story.then_the_person_page_shows(who.home_bed_doctor, "B-7")
