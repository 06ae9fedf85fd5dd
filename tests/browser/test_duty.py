"""Who answers at night: an hour that nobody has planned, and a shift that changes while somebody waits."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from tests.browser.chromium import barriers
from tests.browser.conftest import Clock
from tests.browser.story import Story
from yiyang.access.models import Account
from yiyang.beds import commands
from yiyang.duty import jobs
from yiyang.duty.models import Matter, PhoneCall, Post, Shift
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import now

HOSPITAL = "区中心医院"
MINUTE = timedelta(minutes=1)


def tonight(hour: int, minute: int = 0) -> datetime:
    return timezone.localtime(now()).replace(hour=hour, minute=minute, second=0, microsecond=0)


def given_the_elder_is_agreed_to_go(story: Story) -> None:
    """The home's nurse asks for a hospital bed, urgently; evaluation and agreement are done."""
    who = story.who
    story.given_the_elder_is_in_a_bed_of(who.care_home, "INSTITUTION", "3-205")
    story.given_a_free_bed_at(who.hospital, "HOSPITAL", "8-01")
    asked = commands.request_transfer(
        by=who.care_home_nurse, at=now(), person=story.elder, trigger="HEALTH_WORSENED", urgency="URGENT",
        target_kind="HOSPITAL", reason="fever",
    )  # fmt: skip
    commands.evaluate_transfer(by=SYSTEM, at=now(), transfer=asked, outcome="FIT", statement="needs a ward")
    commands.record_agreement(
        by=SYSTEM, at=now(), transfer=asked, outcome="AGREED", by_whom="PERSON", name=story.elder.full_name,
        how="IN_PERSON",
    )  # fmt: skip


def when_a_post_is_added(story: Story, by: Any, unit: Any, kind: str, telephone: str) -> None:
    hands = story.at_browser(by).opens("duty:roster", unit.pk).presses("Add a post")
    hands.selects("Post", kind).types("Telephone of the post", telephone)
    hands.chooses("Somebody must be there", "day and night").presses("Add the post").sees(telephone)


def when_a_shift_is_planned(
    story: Story, by: Any, who: Account, since: datetime, until: datetime, deputy: Account | None = None
) -> Shift:
    post = Post.objects.get()
    hands = story.at_browser(by).opens("duty:add_shift", post.pk)
    hands.selects("Who", who.name)
    if deputy is not None:
        hands.selects("Deputy", deputy.name)
    for label, at in (("since", since), ("until", until)):
        hands.page.locator(f"[name={label}]").fill(timezone.localtime(at).strftime("%Y-%m-%dT%H:%M"))
    hands.presses("Plan the shift").sees(who.name)
    return Shift.objects.get(account=who, period__startswith=since)


def then_the_pages_are_sound(story: Story) -> None:
    for hands in story._seated.values():
        assert not barriers(hands.page)
        assert not hands.complaints


def test_at_night_an_hour_that_nobody_planned_goes_at_once_to_the_manager(story: Story, clock: Clock) -> None:
    who = story.who
    clock.set(tonight(12) - timedelta(days=1))
    when_a_post_is_added(
        story, who.admission_office, who.hospital, "emergency or ward doctor", "021-5550 2002"
    )
    when_a_shift_is_planned(story, who.admission_office, who.ward_doctor.account, tonight(8), tonight(22))
    jobs.tell_gaps(now())
    run_pending()
    office = story.at_browser(who.admission_office)
    office.opens("access:inbox").sees("Nobody is on duty as emergency or ward doctor")
    office.opens("duty:gaps").sees("the manager was told")

    clock.set(tonight(23))
    given_the_elder_is_agreed_to_go(story)
    story.when_a_unit_is_asked(who.care_home_nurse, who.hospital)
    run_pending()

    matter = Matter.objects.get()
    assert [step.rung for step in matter.steps.all()] == ["MANAGER"]
    story.opens_the_transfer(who.care_home_nurse).sees("nobody on duty").sees("the unit's manager")
    office.opens("access:inbox").sees("Nobody is on duty in your unit")
    clock.set(tonight(23, 10))
    jobs.go_on(now())
    assert [step.rung for step in matter.steps.order_by("at")] == ["MANAGER", "COORDINATOR"]
    coordinator = story.at_browser(who.coordinator)
    coordinator.opens("access:inbox").sees(f"{HOSPITAL} has not acted")
    coordinator.opens("duty:gaps").sees(HOSPITAL)

    hands = story.opens_the_transfer(who.coordinator)
    with hands.page.expect_navigation():
        hands.page.get_by_role("link", name="I phoned").first.press("Enter")
    hands.chooses("What came of it", "reached: will act").types("Whom I phoned", "Dr Wang")
    hands.types("What was said", "comes in ten minutes").presses("Record the call")
    hands.sees("reached: will act").sees("Dr Wang")
    assert PhoneCall.objects.get().to_unit_id == who.hospital.pk
    coordinator.opens("duty:calls").sees("comes in ten minutes")
    matter.refresh_from_db()
    assert matter.next_at is None or matter.next_at > now()
    then_the_pages_are_sound(story)


def test_the_shift_changes_while_somebody_waits_urgently(story: Story, clock: Clock) -> None:
    who = story.who
    clock.set(tonight(21))
    when_a_post_is_added(
        story, who.admission_office, who.hospital, "emergency or ward doctor", "021-5550 2002"
    )
    plan = {"story": story, "by": who.admission_office}
    evening = when_a_shift_is_planned(
        **plan, who=who.ward_doctor.account, since=tonight(14), until=tonight(22)
    )
    night = when_a_shift_is_planned(
        **plan, who=who.palliative_team.account, since=tonight(22), until=tonight(23) + timedelta(hours=9)
    )

    clock.set(tonight(21, 55))
    given_the_elder_is_agreed_to_go(story)
    story.when_a_unit_is_asked(who.care_home_nurse, who.hospital)
    run_pending()
    doctor = story.at_browser(who.ward_doctor)
    doctor.opens("access:inbox").sees("You are on duty (urgent): answer a request")
    doctor.opens("duty:shift", evening.pk).presses("Write a hand-over note")
    doctor.types("What the next shift must know", "a home asks for a bed, ECG is on its way")
    doctor.presses("Write it down").sees("not yet read")

    clock.set(tonight(22, 1))
    jobs.go_on(now())
    follower = story.at_browser(who.palliative_team)
    follower.opens("portals:home").sees("You are on duty (urgent)")
    follower.opens("duty:duty").presses("Read the notes and take over")
    follower.sees("ECG is on its way").sees("answer a request").presses("Take over the shift")
    follower.presses("I take over").sees("taken over").sees("read by")
    doctor.opens("access:inbox").does_not_see("You are on duty (urgent)")
    story.opens_the_transfer(who.care_home_nurse).sees(f"on duty: {night.account.name}")

    matter = Matter.objects.get()
    assert [(step.rung, step.shift_id) for step in matter.steps.order_by("at")] == [
        ("ON_DUTY", evening.pk), ("ON_DUTY", night.pk),
    ]  # fmt: skip
    story.when_the_doctor_accepts(who.palliative_team)
    jobs.go_on(now())
    matter.refresh_from_db()
    assert matter.closed_at is not None
    then_the_pages_are_sound(story)


def test_a_person_on_two_posts_is_planned_only_with_a_reason(story: Story) -> None:
    who = story.who
    hands = story.at_browser(who.care_home_manager, width=360)
    when_a_post_is_added(story, who.care_home_manager, who.care_home, "care-home nurse", "021-5550 1001")
    when_a_shift_is_planned(
        story,
        who.care_home_manager,
        who.care_home_nurse.account,
        tonight(20),
        tonight(20) + timedelta(hours=10),
    )
    hands.presses("Add a post").selects("Post", "night duty officer")
    hands.types("Telephone of the post", "021-5550 1000").chooses("Somebody must be there", "nights")
    hands.presses("Add the post")
    post = Post.objects.get(kind="NIGHT_DUTY")
    day = timezone.localdate(now()).isoformat()

    hands.goes_to(reverse("duty:add_shift", args=[post.pk]) + f"?since={day}T21:00&until={day}T23:00")
    hands.selects("Who", who.care_home_nurse.account.name)
    hands.page.get_by_role("button", name="Plan the shift").press("Enter")
    hands.page.wait_for_selector(".error-summary")
    hands.sees("is on another post then")
    hands.complaints.clear()  # Chromium says aloud that the form was answered with 422
    hands.types("Why on two posts at once", "one nurse at night").presses("Plan the shift")

    hands.sees("on two posts")
    assert hands.page.evaluate("document.documentElement.scrollWidth") <= 360
    then_the_pages_are_sound(story)
