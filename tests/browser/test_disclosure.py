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


def test_a_palliative_stay_is_named_only_once_the_person_was_told(story: Story) -> None:
    own = given_the_elder_lies_on_a_palliative_ward(story)
    hands = story._at_browser(own, language="zh-hans", width=360)

    for name, args in (("portals:home", ()), ("people:person", (story.elder.pk,)), ("access:inbox", ())):
        hands.opens(name, *args)
        assert not SHOWS.search(hands.page.content())
        assert not barriers(hands.page)
    hands.opens("portals:home").sees("三楼病房")

    when_a_clinician_notes_what_was_told(story)

    hands.opens("portals:home").sees("安宁疗护科")
    assert not hands.complaints
