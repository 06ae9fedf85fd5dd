"""From a home care bed to the hospital and back, with the bed held."""

from __future__ import annotations

from tests.browser.story import Story

HOME, HOSPITAL = "阳光养老院", "区中心医院"


def test_a_home_care_bed_is_kept_through_a_hospital_stay(story: Story) -> None:
    who = story.who
    story.given_the_elder_is_in_a_bed_of(who.care_home, "HOME_CARE", "J-12")
    story.given_a_free_bed_at(who.hospital, "HOSPITAL", "12-3")

    story.when_a_transfer_is_asked_for(who.care_home_nurse, "health worsened", "Hospital")
    story.when_a_clinician_finds_it_right(who.care_home_nurse)
    story.when_the_elder_agrees(who.care_home_nurse)
    story.when_a_unit_is_asked(who.care_home_nurse, who.hospital)
    story.when_the_doctor_accepts(who.ward_doctor)
    story.when_a_bed_is_given(who.admission_office)
    story.when_it_is_handed_over(who.care_home_nurse, to=who.head_nurse)
    story.when_the_elder_departs(who.care_home_nurse)
    story.when_the_elder_arrives(who.admission_office)
    story.then_the_elder_is(("HELD", "HOME_CARE", HOME), ("PRESENT", "HOSPITAL", HOSPITAL))
    story.then_the_unit_board_shows(who.care_home_nurse, who.care_home, "J-12", "bed kept until")

    story.when_a_transfer_is_asked_for(
        who.ward_doctor, "health improved", "Home care", urgency="Routine: within days", reason="well again"
    )
    story.when_a_clinician_finds_it_right(who.ward_doctor)
    story.when_the_elder_agrees(who.ward_doctor)
    story.when_the_kept_bed_takes_the_elder_back(who.care_home_nurse)
    story.when_it_is_handed_over(who.ward_doctor, to=who.care_home_nurse)
    story.when_the_elder_departs(who.ward_doctor)
    story.when_the_elder_arrives(who.care_home_nurse)

    story.then_the_elder_is(("PRESENT", "HOME_CARE", HOME))
