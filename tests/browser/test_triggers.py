"""The four triggers of the green channel, each from the request to the arrival, by the roles who do it."""

from __future__ import annotations

from tests.browser.story import Story
from yiyang.beds.tests.factories import whereabouts

HOME, HOSPITAL = "阳光养老院", "区中心医院"


def test_care_environment_worsened_leads_into_an_institution_bed(story: Story) -> None:
    who = story.who
    story.given_the_elder_is_known_to(who.chc)
    story.given_a_free_bed_at(who.care_home, "INSTITUTION", "3-205")

    story.when_a_transfer_is_asked_for(
        who.family_doctor, "care environment worsened", "Care institution", urgency="Routine: within days"
    )
    story.when_a_clinician_finds_it_right(who.family_doctor)
    story.when_the_elder_agrees(who.family_doctor)
    story.when_a_unit_is_asked(who.family_doctor, who.care_home)
    story.when_the_doctor_accepts(who.care_home_nurse)
    story.when_a_bed_is_given(who.care_home_nurse)
    story.when_it_is_handed_over(who.family_doctor, to=who.care_home_nurse)
    story.when_the_elder_departs(who.family_doctor)
    story.when_the_elder_arrives(who.care_home_nurse)

    story.then_the_elder_is(("PRESENT", "INSTITUTION", HOME))
    story.then_the_unit_board_shows(who.care_home_nurse, who.care_home, "3-205")


def test_health_worsened_leads_into_a_hospital_bed_and_the_care_bed_is_kept(story: Story) -> None:
    who = story.who
    story.given_the_elder_is_in_a_bed_of(who.care_home, "INSTITUTION", "3-205")
    story.given_a_free_bed_at(who.hospital, "HOSPITAL", "12-3")

    story.at_browser(who.care_home_nurse, signed_in=False).signs_in_by_keyboard()
    story.when_a_transfer_is_asked_for(who.care_home_nurse, "health worsened", "Hospital")
    story.when_a_clinician_finds_it_right(who.care_home_nurse)
    story.when_the_elder_agrees(who.care_home_nurse)
    story.when_a_unit_is_asked(who.care_home_nurse, who.hospital)
    story.when_the_doctor_accepts(who.ward_doctor)
    story.when_a_bed_is_given(who.admission_office)
    story.when_it_is_handed_over(who.care_home_nurse, to=who.head_nurse)
    story.when_the_elder_departs(who.care_home_nurse)
    story.when_the_elder_arrives(who.admission_office)

    story.then_the_elder_is(("HELD", "INSTITUTION", HOME), ("PRESENT", "HOSPITAL", HOSPITAL))
    story.then_the_person_page_shows(who.care_home_nurse, HOSPITAL, "12-3")


def test_health_improved_leads_back_into_the_bed_that_was_kept(story: Story) -> None:
    who = story.who
    story.given_the_elder_is_in_a_bed_of(who.care_home, "INSTITUTION", "3-205")
    story.given_the_elder_is_in_a_bed_of(who.hospital, "HOSPITAL", "12-3")

    story.when_a_transfer_is_asked_for(
        who.ward_doctor, "health improved", "Care institution", urgency="Routine: within days"
    )
    story.when_a_clinician_finds_it_right(who.ward_doctor)
    story.when_the_elder_agrees(who.ward_doctor)
    story.when_the_kept_bed_takes_the_elder_back(who.care_home_nurse)
    story.when_it_is_handed_over(who.ward_doctor, to=who.care_home_nurse)
    story.when_the_elder_departs(who.ward_doctor)
    story.when_the_elder_arrives(who.care_home_nurse)

    story.then_the_elder_is(("PRESENT", "INSTITUTION", HOME))


def test_terminal_care_leads_into_a_palliative_bed(story: Story) -> None:
    who = story.who
    story.given_the_elder_is_in_a_bed_of(who.care_home, "INSTITUTION", "3-205")
    story.given_a_free_bed_at(who.hospital, "PALLIATIVE", "A-1")

    story.when_a_transfer_is_asked_for(who.care_home_nurse, "terminal care needed", "Palliative care")
    story.when_a_clinician_finds_it_right(who.care_home_nurse)
    story.when_the_elder_agrees(who.care_home_nurse)
    story.when_a_unit_is_asked(who.care_home_nurse, who.hospital)
    story.when_the_doctor_accepts(who.palliative_team)
    story.when_a_bed_is_given(who.palliative_team)
    story.when_it_is_handed_over(who.care_home_nurse, to=who.palliative_team)
    story.when_the_elder_departs(who.care_home_nurse)
    story.when_the_elder_arrives(who.palliative_team)

    story.then_the_transfer_is("COMPLETED")
    assert ("PRESENT", "PALLIATIVE", HOSPITAL) in whereabouts(story.elder)
