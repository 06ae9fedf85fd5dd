"""What is done about one stay, pressed on its pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from yiyang.beds import commands, queries
from yiyang.beds.models import Episode
from yiyang.beds.tests.factories import Cast, bed, cast, person, room, stay, whereabouts
from yiyang.beds.tests.screens import page, signed_in, statements
from yiyang.kernel.time import clock_at, now

pytestmark = pytest.mark.django_db


def lived_in() -> tuple[Cast, Episode, Client]:
    who = cast()
    episode = stay(person("王秀英"), bed(who.care_home, label="301A", room=room(who.care_home, "301")))
    return who, episode, signed_in(who.care_home_nurse)


def do(client: Client, name: str, episode: Any, **fields: Any) -> str:
    response = client.post(reverse(f"beds:{name}", args=[episode.pk]), fields)
    assert response.status_code in (200, 302, 409, 422)
    return response.content.decode()


def local(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M")


def bed_of(episode: Episode) -> Any:
    return queries.live_rows_of(episode.person)[0].bed


def test_the_page_of_a_stay_says_where_since_when_and_what_can_be_done() -> None:
    who, episode, _client = lived_in()

    html = page(who.care_home_nurse, reverse("beds:stay", args=[episode.pk]))

    for word in ("王秀英", "阳光养老院", "301A", "Change bed", "Begin leave", "End the stay"):
        assert word in html
    assert statements(who.care_home_nurse, reverse("beds:stay", args=[episode.pk])) <= 15


def test_changing_bed() -> None:
    who, episode, client = lived_in()
    other = bed(who.care_home, label="302A")

    do(client, "change_bed", episode, bed=other.pk, reason="nearer to the nurse", version=episode.version)

    assert bed_of(episode) == other


def test_a_page_that_somebody_overtook_is_refused() -> None:
    who, episode, client = lived_in()
    one, other = bed(who.care_home, label="302A"), bed(who.care_home, label="303A")
    do(client, "change_bed", episode, bed=one.pk, version=episode.version)

    html = do(client, "change_bed", episode, bed=other.pk, version=episode.version)

    assert "Someone else changed this" in html
    assert bed_of(episode) == one


def test_two_change_places() -> None:
    who, episode, client = lived_in()
    other = stay(person("李国华"), bed(who.care_home, label="302A"))
    mine, theirs = bed_of(episode), bed_of(other)

    do(client, "swap_beds", episode, other=other.pk)

    assert (bed_of(episode), bed_of(other)) == (theirs, mine)


def test_leave_and_return() -> None:
    _who, episode, client = lived_in()

    do(client, "begin_leave", episode, due_back_at=local(now() + timedelta(days=2)), companion="daughter")
    assert whereabouts(episode.person)[0][0] == "HELD"
    do(client, "extend_hold", episode, until=local(now() + timedelta(days=9)))
    do(client, "return_to_held_bed", episode)

    assert whereabouts(episode.person)[0][0] == "PRESENT"


def test_missing_then_the_bed_is_given_up() -> None:
    _who, episode, client = lived_in()

    do(client, "report_missing", episode, note="by the gate, grey coat")
    assert "call the police" in client.get(reverse("beds:stay", args=[episode.pk])).content.decode()
    do(client, "release_hold", episode, reason="moved to the son")

    assert whereabouts(episode.person) == []


def test_the_end_of_a_stay_is_asked_for_and_names_what_will_happen() -> None:
    _who, episode, client = lived_in()
    asked = client.get(reverse("beds:discharge", args=[episode.pk])).content.decode()
    assert "the bed is cleaned and is then free" in asked

    do(client, "discharge", episode, reason="WISH", version=episode.version)

    episode.refresh_from_db()
    assert episode.close_reason == "WISH"


def test_the_expected_end_and_being_ready() -> None:
    _who, episode, client = lived_in()

    do(client, "set_expected_end", episode, until=local(now() + timedelta(days=3)), ready="on")

    episode.refresh_from_db()
    assert episode.expected_until is not None
    assert episode.ready_to_leave_at is not None


def test_taking_the_whole_room() -> None:
    who, episode, client = lived_in()
    bed(who.care_home, label="301B", room=room(who.care_home, "301"))

    do(client, "take_room", episode)

    assert "room taken as a whole" in page(who.care_home_nurse, reverse("beds:unit", args=[who.care_home.pk]))


def test_a_correction_keeps_the_wrong_entry_readable() -> None:
    who = cast()
    with clock_at(now() - timedelta(days=3)):
        episode = stay(person(), bed(who.care_home, label="301A"))
    row = queries.live_rows_of(episode.person)[0]
    manager = signed_in(who.care_home_manager)

    manager.post(
        reverse("beds:correct_occupancy", args=[row.pk]),
        {"since": local(now() - timedelta(days=2)), "until": "", "reason": "came a day later"},
    )

    html = manager.get(reverse("beds:stay", args=[episode.pk])).content.decode()
    assert "entered in error" in html


def test_a_death_is_recorded_with_its_hour() -> None:
    who = cast()
    with clock_at(now() - timedelta(days=3)):
        episode = stay(person(), bed(who.care_home))

    do(signed_in(who.care_home_nurse), "record_death", episode, died_at=local(now() - timedelta(days=1)))

    episode.refresh_from_db()
    assert episode.close_reason == "DIED"


def test_somebody_who_comes_by_themselves_is_found_and_admitted() -> None:
    who = cast()
    place = bed(who.care_home, label="301A")
    guest = person("李国华", organisation_id=who.care_home.pk)
    nurse = signed_in(who.care_home_nurse)

    found = nurse.post(reverse("beds:find_for_bed", args=[place.pk]), {"q": "liguohua"}).content.decode()
    assert f"/people/{guest.pk}/admit/?bed={place.pk}" in found
    nurse.post(reverse("beds:admit", args=[guest.pk]), {"bed": place.pk, "why": "wish"})

    assert whereabouts(guest) == [("PRESENT", "INSTITUTION", "阳光养老院")]


def test_the_fee_rule_of_a_held_bed_is_said_in_words() -> None:
    who = cast()
    episode = stay(person("王秀英"), bed(who.care_home))
    commands.begin_leave(
        by=who.care_home_nurse, at=now(), episode=episode, companion="son",
        due_back_at=now() + timedelta(days=1),
    )  # fmt: skip

    for name in ("stay", "extend_hold"):
        html = page(who.care_home_nurse, reverse(f"beds:{name}", args=[episode.pk]))
        assert "the bed is paid for, meals are not" in html
        assert "BED_FEE" not in html
