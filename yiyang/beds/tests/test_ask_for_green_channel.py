"""A routine transfer has priority only by an agreement or an explicit request; what is urgent always has."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from yiyang.access.acting import stand_in
from yiyang.access.tests.factories import family
from yiyang.beds import commands
from yiyang.beds.commands.requests import NothingToOpen, WhoAsks
from yiyang.beds.models import WaitingEntry
from yiyang.beds.queries.green_channel import green_channel
from yiyang.beds.rules.green_channel import opened_by
from yiyang.beds.tests.factories import cast, person, transfer
from yiyang.beds.tests.screens import signed_in
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people import commands as people
from yiyang.people.queries import standing
from yiyang.people.tests.factories import seen_by

pytestmark = pytest.mark.django_db

RULES = """
HEALTH_WORSENED | ROUTINE   | no  | no  ||
HEALTH_WORSENED | ROUTINE   | yes | no  || AGREEMENT
TERMINAL_CARE   | ROUTINE   | no  | yes || REQUEST
HEALTH_IMPROVED | ROUTINE   | yes | yes || AGREEMENT
HEALTH_WORSENED | URGENT    | no  | no  || URGENCY
HEALTH_WORSENED | EMERGENCY | no  | no  || URGENCY
WISH            | ROUTINE   | yes | yes ||
"""


def test_what_opens_it():
    for line in RULES.strip().splitlines():
        given, _, opened = line.partition("||")
        trigger, urgency, agreement, asked = (part.strip() for part in given.split("|"))

        assert (
            opened_by(trigger, urgency, agreement=agreement == "yes", asked=asked == "yes") == opened.strip()
        )


@pytest.fixture
def who() -> Any:
    return cast()


@pytest.fixture
def elder(who: Any) -> Any:
    elder = person("王秀英")
    for unit in (who.care_home, who.centre):
        seen_by(elder, unit.pk)
    return elder


def routine(by: Any, elder: Any, **told: Any) -> Any:
    return transfer(
        by, elder, urgency="ROUTINE", trigger="CARE_ENVIRONMENT_WORSENED", target_kind="INSTITUTION", **told
    )


def waits(who: Any, asked: Any) -> WaitingEntry:
    return commands.join_waiting_list(
        by=who.coordinator,
        at=now(),
        person=asked.person,
        kind="INSTITUTION",
        list_owner=who.centre.pk,
        transfer=asked,
    )


def sign(who: Any, elder: Any, kind: str) -> None:
    today = now().date()
    people.sign_agreement(
        by=SYSTEM, at=now(), person=elder, unit_id=who.care_home.pk, kind=kind, from_on=today, to_on=None,
        signed_on=today, signer="王秀英", capacity="PERSON",
    )  # fmt: skip


def test_without_paper_or_request_a_routine_transfer_waits_in_its_turn_until_they_ask(who, elder):
    asked = routine(who.care_home_nurse, elder)
    entry = waits(who, asked)
    page = signed_in(who.care_home_nurse)
    shown = page.get(reverse("beds:transfer", args=[asked.pk])).content.decode()
    ask = reverse("beds:ask_for_green_channel", args=[asked.pk])

    assert entry.channel == "ORDINARY" and ask in shown
    with pytest.raises(WhoAsks):
        commands.ask_for_green_channel(by=who.care_home_nurse, at=now(), transfer=asked, asker="RELATIVE")
    assert page.post(ask, {"asker": "RELATIVE", "asker_name": "王芳"}).status_code == 302

    entry.refresh_from_db()
    assert (
        entry.channel == "PRIORITY"
        and green_channel(asked.__class__.objects.get(pk=asked.pk)).opened == "REQUEST"
    )
    with pytest.raises(NothingToOpen):
        commands.ask_for_green_channel(by=who.care_home_nurse, at=now(), transfer=asked, asker="PERSON")


def test_a_fitting_agreement_opens_it_also_for_those_who_wait(who, elder):
    asked = routine(who.care_home_nurse, elder)
    entry = waits(who, asked)

    sign(who, elder, "HOME_MEDICAL_BED")
    assert green_channel(asked).asks
    sign(who, elder, "FIVE_BEDS")
    commands.follow_agreement(by=SYSTEM, at=now(), transfer=asked)

    entry.refresh_from_db()
    assert green_channel(asked).opened == "AGREEMENT" and entry.channel == "PRIORITY"


def test_who_asks_for_themselves_asks_explicitly_and_urgency_needs_nothing(who, elder):
    herself = family("ELDER", person_id=elder.pk, name="王秀英")
    own = routine(herself, elder)
    urgent = transfer(who.care_home_nurse, person("李桂兰", organisation_id=who.care_home.pk))

    assert (own.asker, own.asker_name) == ("PERSON", "王秀英") and waits(who, own).channel == "PRIORITY"
    assert green_channel(urgent).opened == "URGENCY"


def test_the_slip_of_a_counter_says_no_more_than_the_person_was_told(who, elder):
    begun = people.start_assistance(
        by=who.care_home_nurse,
        at=now(),
        person=elder,
        channel="COUNTER",
        identity_check="KNOWN",
        bound_to="test",
    )
    herself = stand_in(who.care_home_nurse, standing(who.care_home_nurse, begun))
    asked = transfer(herself, elder, urgency="ROUTINE", trigger="TERMINAL_CARE", target_kind="PALLIATIVE")
    people.end_assistance(by=who.care_home_nurse, at=now(), assistance=begun)
    slip = reverse("people:assistance", args=[begun.pk])

    printed = signed_in(who.care_home_nurse).get(slip).content.decode()

    assert green_channel(asked).opened == "REQUEST" and asked.requested_unit_id == who.care_home.pk
    assert "Transfer requested" in printed and "alliative" not in printed and "ward" in printed
