"""An emergency at night while a routine transfer is live: nothing waits for an answer, and nothing is lost."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from tests.browser.conftest import Clock
from tests.browser.story import Story
from yiyang.beds import commands
from yiyang.beds.jobs import meet_deadlines
from yiyang.beds.models import Transfer, WaitingEntry
from yiyang.kernel.time import now

HOME, HOSPITAL = "阳光养老院", "区中心医院"


def last_night(hour: int, minute: int = 0) -> datetime:
    """Two evenings ago from noon on, so that all of that night lies in the past."""
    today = timezone.localdate()
    day = today - timedelta(days=2 if hour >= 12 else 1)
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def given_a_routine_transfer_with_a_waiting_place(story: Story) -> tuple[Transfer, WaitingEntry]:
    who = story.who
    story.given_the_elder_is_in_a_bed_of(who.care_home, "INSTITUTION", "3-205")
    story.when_a_transfer_is_asked_for(
        who.care_home_nurse,
        "health worsened",
        "Hospital",
        urgency="Routine: within days",
        reason="hip, planned",
    )
    story.when_a_clinician_finds_it_right(who.care_home_nurse)
    story.when_the_elder_agrees(who.care_home_nurse)
    story.when_a_unit_is_asked(who.care_home_nurse, who.hospital)
    routine = story.transfer
    entry = commands.join_waiting_list(
        by=who.coordinator,
        at=now(),
        person=story.elder,
        kind="HOSPITAL",
        list_owner=who.centre.pk,
        transfer=routine,
    )
    return routine, entry


def when_120_is_called_first(story: Story) -> None:
    hands = story.at_browser(story.who.night_duty_officer)
    hands.opens("people:person", story.elder.pk).presses("Ask for a transfer").sees("Call 120 first")
    hands.chooses("health worsened", "Hospital").chooses("How urgent is it?", "Emergency")
    hands.types("Why?", "chest pain").presses("Ask for the transfer").presses("120 called")


def when_no_unit_answers_and_the_family_is_not_reached(story: Story, clock: Clock) -> None:
    who = story.who
    story.when_a_unit_is_asked(who.night_duty_officer, who.hospital)
    hands = story.opens_the_transfer(who.night_duty_officer).presses("Record agreement")
    hands.chooses("Who decided?", "relative").types("Name", "王小红").types("Relation", "daughter")
    hands.chooses("What was said?", "could not be reached").chooses("How?", "by telephone")
    hands.presses("Record agreement").sees("could not be reached")
    for minute in (16, 40):  # first the offer lapses, then the time to act
        clock.shown = last_night(23, minute)
        meet_deadlines(now())
    story.opens_the_transfer(who.coordinator).sees("Nobody acted in time")


def when_the_ambulance_leaves(story: Story, clock: Clock) -> None:
    clock.shown = last_night(23, 50)
    hands = story.opens_the_transfer(story.who.night_duty_officer)
    hands.presses("Ambulance is here").presses("Ambulance has left").sees("on the way")
    hands.types("Which hospital?", "瑞金医院").presses("Hospital named").sees("瑞金医院")


def when_the_emergency_room_sends_the_elder_back_at_five(story: Story, clock: Clock) -> None:
    hands = story.opens_the_transfer(story.who.night_duty_officer)
    hands.presses("In an emergency room").presses("In an emergency room").sees("in the emergency room")
    clock.shown = last_night(5)
    hands = story.opens_the_transfer(story.who.night_duty_officer).presses("Back, not admitted")
    hands.types("What the hospital said", "nothing found").presses("Back, not admitted")
    hands.sees("sent back without admission")


def test_the_night_takes_nothing_from_the_routine_transfer(story: Story, clock: Clock) -> None:
    clock.shown = last_night(22)
    routine, entry = given_a_routine_transfer_with_a_waiting_place(story)

    clock.shown = last_night(23)
    when_120_is_called_first(story)
    emergency = story.transfer
    story.at_browser(story.who.night_duty_officer).opens("beds:transfer", routine.pk).sees(
        "An emergency goes first"
    )
    when_no_unit_answers_and_the_family_is_not_reached(story, clock)
    when_the_ambulance_leaves(story, clock)
    story.then_the_elder_is(("HELD", "INSTITUTION", HOME))
    when_the_emergency_room_sends_the_elder_back_at_five(story, clock)

    for one in (routine, entry, emergency):
        one.refresh_from_db()
    assert emergency.state == "SENT_BACK"
    assert emergency.ended_at == last_night(5)
    assert (routine.state, routine.suspended_at) == ("AGREED", None)
    assert entry.state == "WAITING"
    story.then_the_elder_is(("PRESENT", "INSTITUTION", HOME))
