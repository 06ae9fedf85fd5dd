"""The family refuses a routine transfer: it stops, and the notice is printed."""

from __future__ import annotations

from tests.browser.story import Story
from yiyang.kernel.time import now

HOME = "阳光养老院"


def test_the_familys_refusal_stops_a_routine_transfer_and_is_printed(story: Story) -> None:
    who = story.who
    story.given_the_elder_is_in_a_bed_of(who.care_home, "INSTITUTION", "3-205")
    story.when_a_transfer_is_asked_for(
        who.care_home_nurse, "health worsened", "Hospital", urgency="Routine: within days"
    )
    story.when_a_clinician_finds_it_right(who.care_home_nurse)

    story.when_somebody_says(who.care_home_nurse, "the person", "cannot decide")
    story.when_somebody_says(
        who.care_home_nurse, "relative", "refused", name="王小红", words="She stays here with us."
    )
    story.then_the_transfer_is("REFUSED")
    hands = story.opens_the_ended_transfer(who.care_home_nurse).presses("Print the notice of refusal")

    hands.sees("Notice of refusal of a transfer").sees("She stays here with us.").sees("王小红")
    hands.page.emulate_media(media="print")
    assert not hands.page.get_by_role("navigation").first.is_visible()
    assert str(now().year) in hands.printed_time()
    assert hands.page.pdf().startswith(b"%PDF")
    story.then_the_elder_is(("PRESENT", "INSTITUTION", HOME))
