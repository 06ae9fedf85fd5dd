"""Two daughters who disagree: both words stay, the guardian decides, each reads a respectful page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.browser.chromium import barriers
from tests.browser.story import Story
from yiyang.access.tests.factories import family
from yiyang.beds import commands
from yiyang.beds.tests.factories import bed, stay, transfer
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people import commands as people

ELDER, YOUNGER, GUARDIAN = "王芳", "王兰", "静安寺街道居委会 刘敏"


def given_two_daughters_and_a_guardian(story: Story) -> tuple[Any, Any, Any]:
    found = []
    for name, role in ((ELDER, "RELATIVE"), (YOUNGER, "RELATIVE"), (GUARDIAN, "GUARDIAN")):
        one = family(role, name=name)
        guards: dict[str, Any] = {}
        if role == "GUARDIAN":
            guards = {
                "may_decide": True, "basis": "GUARDIAN", "finding_by": "陈医生", "finding_on": now().date(),
                "evidence": "判决书",
            }  # fmt: skip
        people.delegate_access(
            by=SYSTEM, at=now(), person=story.elder, account_id=one.account_id, account_label=name,
            kinship="CHILD" if role == "RELATIVE" else "OTHER", scope="FULL",
            expires_at=now() + timedelta(days=90), **guards,
        )  # fmt: skip
        found.append(one)
    return tuple(found)  # type: ignore[return-value]


def given_a_move_is_proposed_and_the_elder_cannot_decide(story: Story) -> None:
    who = story.who
    stay(story.elder, bed(who.care_home))
    asked = transfer(who.care_home_nurse, story.elder, urgency="ROUTINE")
    commands.evaluate_transfer(
        by=who.care_home_nurse, at=now(), transfer=asked, outcome="FIT", statement="needs a ward"
    )
    commands.record_agreement(
        by=who.care_home_nurse, at=now(), transfer=asked, outcome="CANNOT_DECIDE", by_whom="PERSON",
        name=story.elder.full_name, how="IN_PERSON",
    )  # fmt: skip


def when_she_says(story: Story, daughter: Any, said: str, words: str) -> Any:
    """From "what we need from you" on her own first page, on a telephone."""
    hands = story._at_browser(daughter, language="zh-hans", width=360).opens("portals:home")
    hands.sees("需要您做的").presses("看一看，再决定").presses("说明您的决定")
    hands.page.get_by_label(said, exact=True).check()
    hands.types("您想说的话", words)
    assert not barriers(hands.page)
    hands.page.get_by_role("main").locator("form button[type=submit]").first.click()
    return hands


def test_both_words_stay_and_the_guardian_decides(story: Story) -> None:
    elder, younger, guardian = given_two_daughters_and_a_guardian(story)
    given_a_move_is_proposed_and_the_elder_cannot_decide(story)

    first = when_she_says(story, elder, "我同意", "去医院放心")
    second = when_she_says(story, younger, "我不同意", "妈妈怕医院")

    for hands in (first, second):
        hands.opens("beds:transfer", story.transfer.pk).sees("家属的意见不一致").sees("去医院放心").sees(
            "妈妈怕医院"
        )
        assert not barriers(hands.page)
    story.then_the_transfer_is("EVALUATED")
    staff = story.opens_the_transfer(story.who.care_home_nurse)
    staff.sees("The relatives do not say the same").sees(ELDER).sees(YOUNGER)

    when_she_says(story, guardian, "我同意", "按医生的意见办")

    story.then_the_transfer_is("AGREED")
    for hands in (first, second):
        hands.opens("beds:transfer", story.transfer.pk).sees("由监护人决定").sees("去医院放心").sees(
            "妈妈怕医院"
        )
        assert not hands.complaints
