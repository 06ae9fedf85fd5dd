"""A palliative stay: before the person is told, and after a clinician has asked, told and noted it on pages."""

from __future__ import annotations

import re
from typing import Any

from tests.browser.chromium import barriers
from tests.browser.story import Story
from yiyang.access.tests.factories import account, actor_for, licence
from yiyang.beds.tests.factories import bed, room, stay
from yiyang.kernel.time import now

SHOWS = re.compile("palliative|hospice|安宁", re.IGNORECASE)


def given_the_elder_lies_on_a_palliative_ward(story: Story) -> Any:
    hospital = story.who.hospital
    licence(hospital, ["PALLIATIVE"])
    place = room(hospital, "301", ward="安宁疗护科")
    place.ward.floor = "三楼"
    place.ward.save()
    stay(story.elder, bed(hospital, "PALLIATIVE", "12", room=place))
    return actor_for(account(story.elder.full_name, kind="ELDER", person_id=story.elder.pk), now())


def when_a_clinician_notes_what_was_told(story: Story) -> None:
    doctor = story.at_browser(story.who.ward_doctor).opens("people:person", story.elder.pk)
    doctor.sees("What may be said before this person").sees("Not told")
    doctor.presses("Enter what they want to know")
    doctor.chooses("The person", "wants an answer when they ask").presses("Save").sees("wants an answer")
    doctor.presses("Note what they were told").chooses(
        "What they were told", "That the stay is a palliative one"
    )
    doctor.types("Who was there", "女儿").presses("Save").sees("Was told:")
    assert not barriers(doctor.page)


def when_they_write_to_the_ward_and_it_answers(story: Story, hands: Any) -> None:
    hospital = story.who.hospital
    hands.opens("portals:home").presses("给照护团队留言").types("留言内容", "我什么时候能回家？").presses(
        "发送"
    )
    doctor = story.at_browser(story.who.ward_doctor).opens("beds:unit_messages", story.elder.pk, hospital.pk)
    doctor.goes_to(f"/people/{story.elder.pk}/units/{hospital.pk}/messages/?side=PERSON")
    doctor.sees("What may be said before this person").types(
        "Your message", "安宁疗护科陈医生明天来"
    ).presses("Send")
    assert not barriers(doctor.page)
    hands.opens("portals:home").sees("1条新回复")
    hands.opens("beds:unit_messages", story.elder.pk, hospital.pk).sees("陈医生明天来")
    assert not SHOWS.search(hands.page.content())
    assert not barriers(hands.page)


def when_a_sentence_is_recorded(story: Story, sentence: str) -> None:
    """By microphone, on the page of the coordinator."""
    hands = (
        story.at_browser(story.who.coordinator).opens("portals:recorded_sentences").sees("not recorded yet")
    )
    hands.opens("portals:record_sentence", sentence, "MANDARIN")
    hands.page.get_by_role("button", name="Record now").press("Enter")
    hands.page.wait_for_timeout(700)
    hands.page.get_by_role("button", name="Stop recording").press("Enter")
    hands.page.get_by_text("Recorded. Listen to it").wait_for()
    assert not barriers(hands.page)
    hands.presses("Keep the recording").sees("Recorded: 您现在在病房。")
    assert hands.page.locator(f"#{sentence} audio").count() == 1
    assert not barriers(hands.page)
    assert not hands.complaints


def then_the_telephone_without_a_voice_plays_it_and_says_that_the_rest_is_not_read(hands: Any) -> None:
    hands.opens("portals:home")
    button = hands.page.locator("[data-read-aloud]")
    with hands.page.expect_response(lambda answer: "/spoken/ON_THE_WARD/" in answer.url) as played:
        button.click()
    assert played.value.status in (200, 206)
    assert played.value.headers["content-type"] == "audio/wav"
    assert "没有中文语音" in hands.page.inner_text("[data-read-aloud-status]")
    hands.page.locator("[data-read-aloud][aria-pressed=false]").wait_for()  # it was played to its end
    assert "没有中文语音" in hands.page.inner_text("[data-read-aloud-status]")
    assert not barriers(hands.page)


def test_a_palliative_stay_is_named_only_once_the_person_was_told(story: Story) -> None:
    own = given_the_elder_lies_on_a_palliative_ward(story)
    hands = story._at_browser(own, language="zh-hans", width=360)

    for name, args in (("portals:home", ()), ("people:person", (story.elder.pk,)), ("access:inbox", ())):
        hands.opens(name, *args)
        assert not SHOWS.search(hands.page.content())
        assert not barriers(hands.page)
    hands.opens("portals:home").sees("三楼病房")

    when_a_sentence_is_recorded(story, "ON_THE_WARD")
    then_the_telephone_without_a_voice_plays_it_and_says_that_the_rest_is_not_read(hands)

    when_they_write_to_the_ward_and_it_answers(story, hands)

    when_a_clinician_notes_what_was_told(story)

    hands.opens("portals:home").sees("安宁疗护科")
    assert not hands.complaints
