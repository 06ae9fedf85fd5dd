"""The board of one unit, and the administration of its beds, by the roles who do it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from yiyang.beds import commands
from yiyang.beds.models import Bed, Room, Ward
from yiyang.beds.queries import figures, units
from yiyang.beds.tests.factories import Cast, allocated, bed, cast, person, room, stay, transfer
from yiyang.beds.tests.screens import page, signed_in, statements
from yiyang.kernel.models import Reading
from yiyang.kernel.time import now

pytestmark = pytest.mark.django_db


def board(of: Any) -> str:
    return reverse("beds:unit", args=[of.pk])


def lived_in() -> tuple[Cast, Any, Any]:
    who = cast()
    elder = person("王秀英", sex="FEMALE")
    return who, elder, stay(elder, bed(who.care_home, label="301A", room=room(who.care_home, "301")))


def test_the_nurse_sees_who_is_where_who_is_away_and_what_can_be_done() -> None:
    who, elder, _episode = lived_in()
    away = stay(person("李国华"), bed(who.care_home, label="302A"))
    commands.begin_leave(
        by=who.care_home_nurse, at=now(), episode=away, companion="son", due_back_at=now() + timedelta(days=1)
    )

    html = page(who.care_home_nurse, board(who.care_home))

    assert "301A" in html
    assert "王秀英" in html
    assert "women" in html
    assert html.index("Away") < html.index("李国华") < html.index("on leave")
    assert "Change bed" in html
    assert "Open a bed" not in html  # a nurse does not manage beds
    assert Reading.objects.filter(persons__contains=[elder.pk], subject_kind="beds.unit").exists()


def test_an_arrival_is_announced_on_the_board_of_the_receiving_unit() -> None:
    who, elder, _episode = lived_in()
    bed(who.hospital, "HOSPITAL", "内科 12")
    asked = transfer(who.care_home_nurse, elder)
    allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital)

    html = page(who.head_nurse, board(who.hospital))

    assert html.index("To come") < html.index("王秀英")


def test_the_cards_and_the_figures_of_the_district_say_the_same() -> None:
    who, _elder, _episode = lived_in()
    bed(who.care_home, label="302A")
    bed(who.care_home, label="302B", extra=True)
    commands.block_bed(by=who.care_home_manager, at=now(), bed=bed(who.care_home), reason="MAINTENANCE")

    [(kind, on_cards)] = units.unit_board(who.care_home_nurse, who.care_home).kinds

    sums = figures.by_kind(figures.counts(who.care_home_nurse))[kind]
    assert on_cards == sums.figures()


def test_the_coordinator_sees_beds_but_names_only_of_those_open_to_them() -> None:
    who, _elder, _episode = lived_in()

    html = page(who.coordinator, board(who.care_home))

    assert "301A" in html
    assert "王秀英" not in html


def test_supervisors_see_states_without_names_age_or_sex() -> None:
    who, _elder, _episode = lived_in()

    html = page(who.supervisor_civil_affairs, board(who.care_home))

    assert "301A" in html
    assert "王秀英" not in html
    assert "Female" not in html


def test_another_operators_nurse_gets_nothing() -> None:
    who, _elder, episode = lived_in()
    place = Bed.objects.get()

    for name, pk in (
        ("unit", who.care_home.pk),
        ("unit_beds", who.care_home.pk),
        ("stay", episode.pk),
        ("change_bed", episode.pk),
        ("discharge", episode.pk),
        ("find_for_bed", place.pk),
        ("admit", episode.person_id),
    ):
        assert signed_in(who.stranger).get(reverse(f"beds:{name}", args=[pk])).status_code == 404, name
    for name in ("close_bed", "block_bed", "change_bed_kind"):
        assert signed_in(who.other_manager).get(reverse(f"beds:{name}", args=[place.pk])).status_code == 404
    assert (
        signed_in(who.stranger).post(reverse("beds:return_to_held_bed", args=[episode.pk])).status_code == 404
    )


def test_the_manager_adds_a_ward_a_room_and_a_bed() -> None:
    who = cast()
    manager = signed_in(who.care_home_manager)

    manager.post(reverse("beds:add_ward", args=[who.care_home.pk]), {"name": "三楼", "floor": "3"})
    manager.post(reverse("beds:add_room", args=[Ward.objects.get().pk]), {"label": "301"})
    manager.post(
        reverse("beds:open_bed", args=[who.care_home.pk]),
        {"kind": "INSTITUTION", "label": "301A", "room": Room.objects.get().pk, "features": ["OXYGEN"]},
    )

    made = Bed.objects.get()
    assert (made.label, made.room.label, made.features, made.extra) == ("301A", "301", ["OXYGEN"], False)
    assert "301A" in page(who.care_home_manager, board(who.care_home))


def test_a_bed_of_a_kind_that_the_unit_may_not_run_is_refused_in_words() -> None:
    who = cast()

    response = signed_in(who.care_home_manager).post(
        reverse("beds:open_bed", args=[who.care_home.pk]), {"kind": "HOSPITAL", "label": "1", "room": ""}
    )

    assert response.status_code == 422
    assert "does not run" in response.content.decode()
    assert not Bed.objects.exists()


def test_blocking_and_releasing_a_bed() -> None:
    who = cast()
    place = bed(who.care_home, label="301A")
    manager = signed_in(who.care_home_manager)

    manager.post(reverse("beds:block_bed", args=[place.pk]), {"reason": "MAINTENANCE"})
    assert units.unit_board(who.care_home_manager, who.care_home).cards[0].state == "MAINTENANCE"
    manager.post(reverse("beds:release_bed", args=[place.pk]))
    assert units.unit_board(who.care_home_manager, who.care_home).cards[0].state == "FREE"


def test_a_bed_with_somebody_in_it_cannot_be_taken_out_of_service() -> None:
    who, _elder, _episode = lived_in()

    response = signed_in(who.care_home_manager).post(
        reverse("beds:close_bed", args=[Bed.objects.get().pk]), {"reason": "old"}
    )

    assert "Move them first" in response.content.decode()
    assert Bed.objects.get().closed_at is None


def test_a_bed_changes_its_kind_and_a_ward_closes_to_new_arrivals() -> None:
    who = cast()
    place = bed(who.hospital, "HOSPITAL", label="12", room=room(who.hospital, "6", ward="内科"))
    office = signed_in(who.admission_office)

    office.post(reverse("beds:change_bed_kind", args=[place.pk]), {"kind": "PALLIATIVE", "reason": "need"})
    office.post(reverse("beds:close_ward_to_offers", args=[Ward.objects.get().pk]), {"reason": "influenza"})

    assert Bed.objects.get(closed_at=None).kind == "PALLIATIVE"
    assert "closed to new arrivals" in page(who.head_nurse, board(who.hospital))


def test_the_number_of_statements_does_not_depend_on_the_beds() -> None:
    who, _elder, _episode = lived_in()
    few = statements(who.care_home_nurse, board(who.care_home))
    for number in range(8):
        stay(person(f"李国华{number}"), bed(who.care_home))
    for episode in list(who.care_home.episodes.all())[:3]:
        transfer(who.care_home_nurse, episode.person, target_kind="HOSPITAL")
    commands.begin_leave(
        by=who.care_home_nurse,
        at=now(),
        episode=who.care_home.episodes.last(),
        companion="son",
        due_back_at=now() + timedelta(days=1),
    )

    many = statements(who.care_home_nurse, board(who.care_home))

    assert many <= few + 1  # one more: leaves
    assert many <= 15
