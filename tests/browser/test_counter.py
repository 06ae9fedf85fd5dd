"""An elder without a telephone, served at the counter from the application to the bed, with slips to take home."""

from __future__ import annotations

from tests.browser.chromium import barriers
from tests.browser.story import Story
from yiyang.beds.models import Transfer
from yiyang.people.models import Assistance, Person

HOME = "阳光养老院"


def test_an_elder_without_a_telephone_gets_a_bed_by_the_counter(story: Story) -> None:
    who = story.who
    adviser = story.at_browser(who.adviser)
    story.given_a_free_bed_at(who.care_home, "INSTITUTION", "2-101")

    # The adviser registers somebody who stands at the counter, and acts for her.
    adviser.opens("people:register_person").types("Full name", "李秀英").selects("Sex", "Female")
    adviser.presses("Register")
    story.elder = Person.objects.get(full_name="李秀英")
    serve(story, "Act for this person").chooses("How do they ask?", "at the counter").selects(
        "How did you check who it is?", "Resident identity card, compared with the face"
    ).presses("Begin")
    adviser.presses("Ask for a transfer").chooses("care environment worsened", "Institution").chooses(
        "How urgent is it?", "Routine: within days"
    ).types("Why?", "lives alone and falls").unfolds("More").selects(
        "The person wishes this unit", who.care_home.name_zh
    ).presses("Ask for the transfer")
    assert not barriers(adviser.page)
    slip = (
        adviser.presses("End, and print the slip")
        .sees("Transfer requested")
        .sees("institution bed")
        .sees("李秀英")
    )
    slip.page.emulate_media(media="print")
    assert slip.page.pdf().startswith(b"%PDF") and not slip.page.locator(".acting").count()
    slip.page.emulate_media(media="screen")

    asked = Transfer.objects.get(person=story.elder)
    assert asked.asker == "PERSON" and asked.requested_by.startswith("李秀英（窗口代办：")
    assert asked.requested_unit_id == who.centre.pk

    # The unit's side goes on as ever; her word is taken at the counter.
    story.when_a_clinician_finds_it_right(who.coordinator)
    serve(story, "Act for this person").selects(
        "How did you check who it is?", "Known to me in person"
    ).presses("Begin")
    adviser.opens("beds:transfer", asked.pk).presses("Say what you decide").presses("Record agreement")
    adviser.presses("End, and print the slip").sees("Agreement or refusal recorded").sees("agreed")
    assert Assistance.objects.filter(person=story.elder, ended_at__isnull=False).count() == 2

    story.when_a_unit_is_asked(who.coordinator, who.care_home)
    story.when_the_doctor_accepts(who.care_home_nurse)
    story.when_a_bed_is_given(who.care_home_nurse)
    story.when_it_is_handed_over(who.coordinator, to=who.care_home_nurse)
    story.when_the_elder_departs(who.coordinator)
    story.when_the_elder_arrives(who.care_home_nurse)
    story.then_the_elder_is(("PRESENT", "INSTITUTION", HOME))


def serve(story: Story, button: str):  # type: ignore[no-untyped-def]
    return story.at_browser(story.who.adviser).opens("people:person", story.elder.pk).presses(button)
