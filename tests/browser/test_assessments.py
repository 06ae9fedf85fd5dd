"""A result that is questioned, questions that an elder answers alone, and a diagnosis that moves the level."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.timezone import localdate

from tests.browser.chromium import barriers
from tests.browser.hands import Hands
from tests.browser.story import Story
from yiyang.access import commands as access
from yiyang.access.actors import actor_for
from yiyang.access.models import Notice
from yiyang.access.tests.factories import actor, family
from yiyang.assessments import commands
from yiyang.assessments.models import Assessment, Dispute
from yiyang.assessments.tests.factories import HELPED, WELL, signed
from yiyang.assessments.tests.papers import ability
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import now
from yiyang.people import commands as people

STATUS = "#saved [role=status]"
# The device takes the form over late, and what the page itself sends is answered later still.
SLOW_LINE = """{
  const [get, send] = [window.fetch, XMLHttpRequest.prototype.send];
  window.fetch = (...all) => new Promise((go) => setTimeout(go, 400)).then(() => get(...all));
  XMLHttpRequest.prototype.send = function (...all) {
    const told = this.onload;
    this.onload = (...event) => setTimeout(() => told.apply(this, event), 1200);
    send.apply(this, all);
  };
}"""


def sound(hands: Hands) -> None:
    """Nothing stands in anybody's way on this page, nor is it wider than the window."""
    assert barriers(hands.page) == []
    assert not hands.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not hands.asked_outside


def goes_by_key(hands: Hands, control: Any) -> Hands:
    control.focus()
    with hands.page.expect_navigation(wait_until="load"):
        hands.page.keyboard.press("Enter")
    return hands


def daughter(story: Story) -> Any:
    account = access.open_family_account(
        by=story.who.care_home_nurse, at=now(), organisation=story.who.care_home, kind="RELATIVE",
        name="甄小女", identity_check="ID_CARD", phone="13800138000",
    )  # fmt: skip
    people.delegate_access(
        by=SYSTEM, at=now(), person=story.elder, account_id=account.pk, account_label=account.name, kinship="CHILD",
        scope="FULL", expires_at=now() + timedelta(days=30),
    )  # fmt: skip
    return actor_for(account, now())


def test_a_daughter_questions_a_result_others_assess_again_and_both_results_stand(story: Story) -> None:
    nurse = story.who.care_home_nurse
    other = actor("CARE_HOME_NURSE", story.who.care_home, login="other-nurse")
    story.given_the_elder_is_in_a_bed_of(story.who.care_home, "INSTITUTION", "3-205")
    first = signed(nurse, story.elder, HELPED)

    own = story.at_browser(daughter(story), width=360).opens("assessments:assessment", first.pk)
    own.sees("Needs help").sees("you can ask that other people assess again")
    sound(own)
    own.presses("Ask for another assessment").types("What does not seem right", "she walks alone")
    sound(own)
    own.presses("Ask for another assessment").sees("Others will do it by")
    own.does_not_see("Does this not seem right?")

    # Whoever assessed first is refused in words, others find it in their worklist and begin with an empty form.
    hands = story.at_browser(nurse).opens("assessments:worklist").sees("she walks alone")
    hands.presses("Assess again")
    goes_by_key(hands, hands.page.get_by_role("button", name="Begin"))
    hands.sees("You did the assessment that is questioned. Other assessors do it again.")
    hands = story.at_browser(other).opens("assessments:worklist").presses("Assess again").presses("Begin")
    hands.sees("The first answers are not shown here.")
    assert hands.page.locator("main input:checked").count() == 0
    again = Assessment.objects.get(dispute__isnull=False)
    commands.answer(by=other, at=now(), assessment=again, answers=WELL, revision=again.revision)
    hands.opens("assessments:sign_assessment", again.pk).presses("Sign").sees("The first result")

    # Both stand: each page leads to the other, for staff and for the daughter.
    hands.opens("assessments:assessment", first.pk).sees("Assessed again by others").sees("Needs help")
    sound(hands)
    own.opens("assessments:assessment", first.pk).sees("Others have assessed again.").sees("Needs help")
    own.presses("Open it").sees("Good")
    assert Assessment.objects.filter(pk__in=(first.pk, again.pk), state="SIGNED").count() == 2
    assert Dispute.objects.get().result == "CHANGED"


def test_an_elder_answers_one_question_a_page_alone_and_a_dark_thought_reaches_the_staff_at_once(
    story: Story,
) -> None:
    story.given_the_elder_is_in_a_bed_of(story.who.care_home, "INSTITUTION", "3-205")
    elder = family(person_id=story.elder.pk, name="王秀英")
    hands = story.at_browser(elder, width=360, language="zh-hans")
    hands.opens("assessments:assessments_of_person", story.elder.pk)
    sound(hands)
    hands.presses("最近两周的心情（10 题）").sees("第 1 题，共 10 题").sees("在过去两周里，您有多少时候")
    heights = hands.page.locator(".question-choices button").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert len(heights) == 4 and min(heights) >= 56
    assert hands.page.get_by_role("progressbar", name="进度").get_attribute("value") == "1"
    assert hands.page.get_by_role("button", name="读给我听").is_visible()
    sound(hands)

    # A slip is put right by going back; what was chosen stands there.
    hands.presses("几乎每天").presses("返回").sees("第 1 题")
    assert hands.page.get_by_role("button", name="几乎每天").get_attribute("aria-pressed") == "true"
    hands.presses("完全不会")
    for _number in range(2, 9):
        hands.presses("完全不会")
    hands.sees("第 9 题，共 10 题").presses("好几天").presses("不改，继续").sees("都答完了")
    sound(hands)
    hands.presses("提交").sees("谢谢您")
    sound(hands)
    found = Assessment.objects.get(person=story.elder)
    assert (found.answers["q1"], found.answers["q9"], found.state) == ("0", "1", "DRAFT")
    run_pending()
    told = Notice.objects.get(subject="assessments.alert")
    assert (told.priority, told.organisation_id) == ("EMERGENCY", story.who.care_home.pk)

    # A nurse reads the answers, sees what they demand, and signs.
    nurse = story.at_browser(story.who.care_home_nurse).opens("assessments:worklist")
    nurse.sees("Answered by the person: read and sign")
    section = nurse.page.locator("section").filter(has_text="Answered by the person")
    goes_by_key(nurse, section.get_by_role("link").first).sees("Answered and sent by")
    goes_by_key(nurse, nurse.page.get_by_role("button", name="To the summary")).sees(
        "assess the suicide risk"
    )
    sound(nurse)
    goes_by_key(nurse, nurse.page.get_by_role("button", name="Sign", exact=True))
    nurse.sees("do not leave the person alone").sees("Answered by")
    found.refresh_from_db()
    assert (found.state, found.total, [one["code"] for one in found.alerts]) == ("SIGNED", 1, ["self_harm"])


def test_dementia_in_annex_a_raises_the_level_and_the_amendment_lowers_it_with_both_versions_standing(
    story: Story,
) -> None:
    nurse = story.who.care_home_nurse
    second = actor("CARE_HOME_NURSE", story.who.care_home, login="second-nurse")
    story.given_the_elder_is_in_a_bed_of(story.who.care_home, "INSTITUTION", "3-205")
    begun = commands.begin_assessment(by=nurse, at=now(), person=story.elder, code="GBT42195", reason="FIRST")
    commands.answer(by=nurse, at=now(), assessment=begun, answers=ability(80), revision=begun.revision)

    hands = story.at_browser(nurse)
    hands.context.add_init_script(SLOW_LINE)
    hands.opens("assessments:answer", begun.pk)
    diagnoses(hands, "None of these", "Dementia (F00-F03)")
    both_sign(story, hands, second, begun, "Level 2: Moderately impaired")
    hands.opens("assessments:assessment", begun.pk).sees("Dementia diagnosed (F00–F03): one level higher")
    sound(hands)

    hands.presses("Amend").types("Why", "the memory clinic found no dementia")
    goes_by_key(hands, hands.page.get_by_role("button", name="Begin the new version"))
    hands.sees("A new version of a signed assessment. Reason: the memory clinic found no dementia")
    diagnoses(hands, "Dementia (F00-F03)", "None of these")
    newer = Assessment.objects.get(amends=begun)
    both_sign(story, hands, second, newer, "Level 1: Slightly impaired")

    hands.opens("assessments:assessment", newer.pk).sees("Versions").sees(
        "the memory clinic found no dementia"
    )
    versions = hands.page.locator("section").filter(has=hands.page.get_by_role("heading", name="Versions"))
    said = versions.inner_text()
    assert "Level 1" in said and "Level 2" in said
    goes_by_key(hands, versions.get_by_role("link").first)
    hands.sees("Level 2: Moderately impaired").sees("Replaced by a newer version: the memory clinic")
    begun.refresh_from_db()
    newer.refresh_from_db()
    assert (begun.state, begun.level, begun.answers["A.4.1"]) == ("SUPERSEDED", "2", ["F00-F03"])
    assert (newer.state, newer.level) == ("SIGNED", "1")
    assert newer.assessed_at == begun.assessed_at and newer.valid_until > localdate(now())


def diagnoses(hands: Hands, away: str, there: str) -> None:
    """In Annex A, by keyboard: one diagnosis taken away, another given; each is kept at once.

    The first is pressed before the device has taken the form over, as hasty people do.
    """
    box = hands.page.get_by_role("group", name="Diagnoses (all that apply)")
    with hands.page.expect_response(
        lambda one: one.url.endswith("/answer/") and one.request.method == "POST"
    ):
        for name in (away, there):
            box.get_by_role("checkbox", name=name).focus()
            hands.page.keyboard.press("Space")
    hands.page.locator(STATUS).filter(has_text="All answers are sent.").wait_for()


def both_sign(story: Story, hands: Hands, second: Any, found: Assessment, level: str) -> None:
    goes_by_key(hands, hands.page.get_by_role("button", name="To the summary")).sees(level).presses("Sign")
    hands.sees("It counts once a second assessor has signed.")
    other = story.at_browser(second).opens("assessments:assessment", found.pk)
    other.presses("Read and sign second").sees("signed first by").sees(level).presses("Sign").sees(level)
