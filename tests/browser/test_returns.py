"""The way back into a care home: declined because of a tube until it is out, and open while a ward is closed."""

from __future__ import annotations

from typing import Any

from tests.browser.chromium import barriers
from tests.browser.story import Story
from yiyang.beds import commands
from yiyang.beds.tests.factories import agreed, person, stay, transfer
from yiyang.beds.tests.factories import bed as a_bed
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now

HOME, HOSPITAL = "阳光养老院", "区中心医院"


def given_the_elder_is_in_hospital_and_may_go_back(story: Story) -> Any:
    """The home keeps the bed; the ward's doctor has found the elder well enough, who agrees."""
    who = story.who
    story.given_the_elder_is_in_a_bed_of(who.care_home, "INSTITUTION", "3-205")
    story.given_the_elder_is_in_a_bed_of(who.hospital, "HOSPITAL", "12-3")
    asked = transfer(who.ward_doctor, story.elder, trigger="HEALTH_IMPROVED", target_kind="INSTITUTION")
    commands.evaluate_transfer(by=SYSTEM, at=now(), transfer=asked, outcome="FIT", statement="stable")
    commands.record_agreement(
        by=SYSTEM, at=now(), transfer=asked, outcome="AGREED", by_whom="PERSON", name=story.elder.full_name,
        how="IN_PERSON",
    )  # fmt: skip
    return asked


def then_the_pages_are_sound(story: Story) -> None:
    for hands in story._seated.values():
        assert not barriers(hands.page)
        assert not hands.complaints


def test_a_return_is_declined_because_of_a_tube_the_home_cannot_manage_and_taken_once_it_is_out(
    story: Story,
) -> None:
    who = story.who
    given_the_elder_is_in_hospital_and_may_go_back(story)

    home = story.at_browser(who.care_home_nurse, width=360)
    story.opens_the_transfer(who.care_home_nurse).presses("Cannot take back as things are")
    home.ticks("tracheostomy").types("What the unit lacks", "no nurse who can suction at night")
    home.presses("Cannot take back as things are").sees("no nurse who can suction at night")

    ward = story.opens_the_transfer(who.ward_doctor)
    ward.sees("no nurse who can suction at night").sees("tracheostomy")
    story.then_the_elder_is(("HELD", "INSTITUTION", HOME), ("PRESENT", "HOSPITAL", HOSPITAL))

    # The cannula is out: the home takes its resident back into the bed that it kept.
    story.when_the_kept_bed_takes_the_elder_back(who.care_home_nurse)
    story.when_it_is_handed_over(who.ward_doctor, to=who.care_home_nurse)
    story.when_the_elder_departs(who.ward_doctor)
    story.when_the_elder_arrives(who.care_home_nurse)
    story.then_the_elder_is(("PRESENT", "INSTITUTION", HOME))
    then_the_pages_are_sound(story)


def test_an_outbreak_closes_the_ward_to_offers_in_and_not_to_its_own_resident(story: Story) -> None:
    who = story.who
    given_the_elder_is_in_hospital_and_may_go_back(story)
    newcomer = person("李国华")
    stay(newcomer, a_bed(who.hospital, "HOSPITAL"))
    a_bed(who.care_home)

    manager = story.at_browser(who.care_home_manager, width=360)
    manager.opens("beds:unit", who.care_home.pk).presses("Declare an outbreak").selects("Ward", "三楼")
    manager.types("What has broken out", "norovirus, 6 ill")
    with manager.page.expect_navigation():
        manager.page.get_by_role("button", name="Close to new arrivals").press("Enter")
    manager.sees("norovirus, 6 ill").sees("Nobody new is offered here")

    into = transfer(who.ward_doctor, newcomer, trigger="CARE_ENVIRONMENT_WORSENED", target_kind="INSTITUTION")
    agreed(who.ward_doctor, into)
    ward = story.at_browser(who.ward_doctor).opens("beds:transfer", into.pk)
    ward.sees("closed for an outbreak")
    closed = ward.page.locator("li").filter(has_text=HOME).filter(has_text="closed for an outbreak")
    assert closed.count() and not closed.get_by_role("checkbox").count()
    story.at_browser(who.coordinator).opens("portals:home").sees("三楼")

    story.when_the_kept_bed_takes_the_elder_back(who.care_home_nurse)
    story.when_it_is_handed_over(who.ward_doctor, to=who.care_home_nurse)
    story.when_the_elder_departs(who.ward_doctor)
    story.at_browser(who.care_home_nurse).opens("portals:home").sees("comes back")
    story.when_the_elder_arrives(who.care_home_nurse)
    story.then_the_elder_is(("PRESENT", "INSTITUTION", HOME))
    then_the_pages_are_sound(story)
