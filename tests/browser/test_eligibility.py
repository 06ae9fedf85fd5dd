"""The only carer has died: the same ability now means an institution bed with priority. And an emergency goes first."""

from __future__ import annotations

from datetime import timedelta

from tests.browser.chromium import barriers
from tests.browser.story import Story
from yiyang.beds.models import EligibilityOverride
from yiyang.beds.tests.test_eligibility import CHILD, NOBODY, ability, assessed
from yiyang.kernel.time import now


def test_the_carers_death_opens_an_institution_bed_and_an_emergency_overrides_with_a_reason(
    story: Story,
) -> None:
    elder, nurse = story.elder, story.who.care_home_nurse
    type(elder).objects.filter(pk=elder.pk).update(born_on=(now() - timedelta(days=31_000)).date())
    story.given_the_elder_is_known_to(story.who.care_home)
    ability(elder, "1")
    assessed(elder, "CARE_ENVIRONMENT", "ENSURED", CHILD)

    hands = story.at_browser(nurse).opens("people:person", elder.pk).presses("Which bed fits")
    hands.sees("Care institution").sees("does not qualify").does_not_see("Comes first")
    hands.unfolds("What if something were otherwise?").unfolds("Care environment")
    hands.selects("Who is the main carer now", "Nobody").presses("Show what would follow")
    hands.sees("What if: nothing of this is saved.").sees("an institution bed with priority")
    assert barriers(hands.page) == []
    hands.presses("Back to what is so").does_not_see("Comes first")

    assessed(elder, "CARE_ENVIRONMENT", "NOT_ENSURED", NOBODY, days_ago=0)
    hands.opens("beds:eligibility", elder.pk).sees("Comes first").sees("institution bed with priority")

    story.when_a_transfer_is_asked_for(nurse, "health worsened", "Hospital", urgency="Emergency: call 120")
    hands = story.opens_the_transfer(nurse).presses("Evaluate").sees("An emergency does not wait")
    assessed(elder, "NEWS2", total=1, answers={"sbp": 120}, days_ago=0)
    for criterion in (
        hands.page.get_by_role("group").filter(has=hands.page.locator("[name^=criterion_]")).all()
    ):
        criterion.get_by_role("radio", name="no", exact=True).check()
    hands.chooses("Judgement", "the target bed is right").types("Reasons in words", "the ambulance insists")
    hands.presses("Evaluate").sees("the ambulance insists")
    kept = EligibilityOverride.objects.get()
    assert (kept.computed, kept.given, kept.transfer_id) == ("NOT_ELIGIBLE", "ELIGIBLE", story.transfer.pk)
