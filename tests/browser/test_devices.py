"""Devices as staff live with them: a fall at night that nobody answers, one that falls silent, limits for one person."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.browser.chromium import barriers
from tests.browser.conftest import Clock
from tests.browser.hands import Hands
from tests.browser.story import NAME, Story
from tests.browser.test_emergency import last_night
from yiyang.access.commands import remind_notices
from yiyang.devices import jobs
from yiyang.devices.commands import packing
from yiyang.devices.commands.intake import take_in
from yiyang.devices.models import Alarm, Device, Limit
from yiyang.devices.tests.factories import lent
from yiyang.devices.tests.lending import own_key, pack
from yiyang.duty import jobs as duty_jobs
from yiyang.duty.tests import factories as duty
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import now
from yiyang.people.tests.factories import person

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def given_a_device_of_the_home(story: Story, kind: str, since: datetime) -> Device:
    story.given_the_elder_is_in_a_bed_of(story.who.care_home, "INSTITUTION", "3-205")
    return lent(story.elder, story.who.care_home, since, kind=kind).device


def given_the_nurse_is_on_duty_with_the_care_worker_as_deputy(story: Story, since: datetime) -> None:
    who = story.who
    duty.shift(duty.post(who.care_home), who.care_home_nurse, since, deputy=who.care_worker)


def when_it_tells(device: Device, *readings: tuple[str, datetime, float]) -> None:
    take_in([(own_key(device), pack(device, *readings))], now=now())
    run_pending()


def when_time_comes_to(clock: Clock, at: datetime) -> None:
    clock.shown = at
    remind_notices(by=SYSTEM, at=at)
    duty_jobs.go_on(at)
    run_pending()


def then_the_page_is_sound(hands: Hands) -> Hands:
    assert not barriers(hands.page)
    assert not hands.complaints
    return hands


def then_it_is_filled_in(hands: Hands, cause: str) -> None:
    chosen = hands.page.locator("input[type=radio]:checked").evaluate_all("all => all.map(one => one.value)")
    assert {"HEALTH_WORSENED:HOSPITAL:", "EMERGENCY"} <= set(chosen)
    assert cause in hands.page.get_by_role("textbox", name="Why?").first.input_value()


def test_a_fall_at_night_that_nobody_answers_reaches_the_deputy_and_becomes_a_transfer(
    story: Story, clock: Clock
) -> None:
    who, night = story.who, last_night(23)
    clock.shown = night - 60 * MINUTE
    detector = given_a_device_of_the_home(story, "FALL_DETECTOR", now())
    given_the_nurse_is_on_duty_with_the_care_worker_as_deputy(story, now())

    clock.shown = night
    when_it_tells(detector, ("FALL", night, 1))
    nurse = story.at_browser(who.care_home_nurse)
    nurse.opens("devices:alarms").sees(NAME).sees("3-205").sees("nobody has taken it")
    then_the_page_is_sound(nurse)
    when_time_comes_to(clock, night + 3 * MINUTE)
    nurse.opens("access:inbox").sees("reminded once").sees("You are on duty (emergency)")

    when_time_comes_to(clock, night + 4 * MINUTE)
    deputy = story.at_browser(who.care_worker, width=360)
    deputy.opens("access:inbox").sees("You are the deputy").presses("I take it").sees("You have taken it")
    then_the_page_is_sound(deputy.sees("taken")).presses("I have seen the person").sees("person seen")
    assert deputy.page.evaluate("document.documentElement.scrollWidth") <= 360
    run_pending()
    nurse.opens("access:inbox").does_not_see("You are on duty (emergency)")

    nurse.opens("devices:alarm", Alarm.objects.get().pk).presses("Ask for a transfer")
    then_it_is_filled_in(then_the_page_is_sound(nurse), "Fall")
    nurse.presses("Ask for the transfer").sees("requested")
    assert (story.transfer.urgency, story.transfer.target_kind) == ("EMERGENCY", "HOSPITAL")
    nurse.opens("devices:alarm", Alarm.objects.get().pk).sees("Transfer: ")
    nurse.presses("Close the alarm").chooses("What was it?", "it was real").types(
        "What was done", "to hospital"
    )
    nurse.presses("Close the alarm").sees("to hospital")


def test_a_device_that_falls_silent_stands_first_on_the_wall_until_it_speaks_again(story: Story) -> None:
    who, at = story.who, now()
    bracelet = given_a_device_of_the_home(story, "BRACELET", at - DAY)
    other = lent(person("李桂兰", organisation_id=who.care_home.pk), who.care_home, at - DAY).device
    Device.objects.filter(pk=other.pk).update(last_seen_at=at)
    Device.objects.filter(pk=bracelet.pk).update(last_seen_at=at - 40 * MINUTE)

    jobs.watch(now())
    nurse = story.at_browser(who.care_home_nurse)
    nurse.opens("devices:wall").sees("1 with a silent device")
    first = nurse.page.locator("main tbody tr").first.inner_text()
    assert NAME in first and "silent" in first
    then_the_page_is_sound(nurse)
    nurse.opens("devices:alarms").presses("1 alarm of devices themselves").sees("Device is not heard from")

    when_it_tells(bracelet, ("HEART_RATE", now(), 72))
    jobs.watch(now())

    nurse.opens("devices:wall").sees("0 with silent devices").sees("72")
    nurse.opens("devices:alarm", Alarm.objects.get().pk).sees("over by itself")


def test_a_nurse_changes_the_limits_of_one_person_after_seeing_what_they_would_have_done(
    story: Story,
) -> None:
    at = now().replace(microsecond=0)
    oximeter = given_a_device_of_the_home(story, "OXIMETER", at - 20 * DAY)
    usual = [("OXYGEN", at - 9 * DAY + minute * MINUTE, 89.0) for minute in range(4)]
    well = [("OXYGEN", at - 9 * DAY + minute * MINUTE, 96.0) for minute in range(10, 14)]
    when_it_tells(oximeter, *usual, *well)
    packing.pack(at)
    assert not Alarm.objects.exists()

    nurse = story.at_browser(story.who.care_home_nurse)
    nurse.opens("devices:alarm_limits", story.elder.pk).presses("Own limits")
    nurse.selects("What is measured", "Oxygen saturation %").types("Reason", "COPD, usually 89 %")
    low = nurse.page.get_by_role("spinbutton", name="Alarm below")
    low.fill("91")
    nurse.presses("Try on last month").sees("makes 1 alarms of this person; these limits would make 1")
    then_the_page_is_sound(nurse)
    low.fill("86")
    nurse.presses("Sign these limits").sees("these limits would make 0")  # other numbers are tried first
    assert not Limit.objects.exists()
    nurse.presses("Sign these limits").sees("Signed").sees("COPD, usually 89 %")
    then_the_page_is_sound(nurse)

    when_it_tells(oximeter, *(("OXYGEN", at - minute * MINUTE, 89.0) for minute in (9, 8, 7)))
    assert not Alarm.objects.exists()
    when_it_tells(oximeter, *(("OXYGEN", at - minute * MINUTE, 84.0) for minute in (3, 2, 1)))
    nurse.opens("devices:alarms").presses(f"Oxygen too low · {NAME}").sees("own limit 86")
