"""Home medical beds on their pages: done, refused, and hidden from strangers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from yiyang.beds import commands
from yiyang.beds.models import HomeBedReview, HomeBedSetup
from yiyang.beds.tests.factories import Cast, allocated, bed, cast, person, stay, transfer, whereabouts
from yiyang.beds.tests.screens import page, signed_in, statements
from yiyang.beds.tests.test_home_beds import applied, at_home, filed
from yiyang.kernel.time import clock_at, now
from yiyang.people.tests.factories import seen_by

pytestmark = pytest.mark.django_db
LIST = "/home-beds/"


def do(client: Client, name: str, pk: Any, **fields: Any) -> str:
    response = client.post(reverse(f"beds:{name}", args=[pk]), fields, follow=True)
    assert response.status_code in (200, 422)
    return response.content.decode()


def at_version(setup: HomeBedSetup) -> int:
    setup.refresh_from_db()
    return setup.version


def test_from_the_page_of_the_person_to_the_bed() -> None:
    who = cast()
    elder = at_home(who)
    bed(who.chc, "HOME_MEDICAL", label="JB-7")
    doctor = signed_in(who.home_bed_doctor)
    assert "Apply for a home bed" in page(who.home_bed_doctor, f"/people/{elder.pk}/")

    html = do(
        doctor, "apply_for_home_bed", elder.pk, unit=who.chc.pk, reason="bedridden", place="Jiangning Rd 4"
    )
    assert "Record the doctor&#x27;s visit" in html
    setup = HomeBedSetup.objects.get()
    do(doctor, "record_home_visit", setup.pk, fit="yes", findings="stroke", version=at_version(setup))
    do(doctor, "sign_home_bed_agreement", setup.pk, signer="daughter", version=at_version(setup))
    html = do(doctor, "file_with_insurance", setup.pk, filing_number="F-1", version=at_version(setup))
    assert "Set up the bed" in html
    html = do(doctor, "set_up_home_bed", setup.pk, version=at_version(setup))

    assert "The home medical bed is set up" in html
    assert "No visit is recorded yet" in html
    assert whereabouts(elder) == [("PRESENT", "HOME_MEDICAL", who.chc.name_zh)]
    assert "Apply for a home bed" not in page(who.home_bed_doctor, f"/people/{elder.pk}/")


def test_the_page_of_a_set_up_shows_the_next_act_first_and_what_was_recorded() -> None:
    who = cast()
    setup = applied(who, at_home(who))

    html = page(who.home_bed_nurse, reverse("beds:home_bed", args=[setup.pk]))

    assert html.index("Record the doctor&#x27;s visit") < html.index("Give up the set-up")
    assert "3 楼" in html
    assert statements(who.home_bed_nurse, reverse("beds:home_bed", args=[setup.pk])) <= 15


def test_a_step_out_of_order_is_refused_and_says_what_comes_next() -> None:
    who = cast()
    setup = applied(who, at_home(who))
    nurse = signed_in(who.home_bed_nurse)
    address = reverse("beds:file_with_insurance", args=[setup.pk])

    looked = nurse.get(address)
    pressed = nurse.post(address, {"filing_number": "F-1", "version": setup.version}).content.decode()

    assert looked.status_code == 409
    assert "Next comes the doctor&#x27;s visit" in looked.content.decode()
    assert "Next comes the doctor&#x27;s visit" in pressed
    assert "F-1" in pressed


def test_a_visit_that_finds_no_need_ends_the_set_up() -> None:
    who = cast()
    setup = applied(who, at_home(who))

    html = do(signed_in(who.home_bed_doctor), "record_home_visit", setup.pk, fit="no", findings="walks well")

    assert "walks well" in html
    assert "Give up the set-up" not in html


def test_giving_up_names_what_will_happen_and_needs_a_reason() -> None:
    who = cast()
    setup = applied(who, at_home(who))
    nurse = signed_in(who.home_bed_nurse)
    address = reverse("beds:cancel_home_bed", args=[setup.pk])
    assert "means a new application" in nurse.get(address).content.decode()

    nurse.post(address, {"reason": ""})
    assert HomeBedSetup.objects.get().state == "APPLIED"
    nurse.post(address, {"reason": "moved to the son"})

    assert HomeBedSetup.objects.get().state == "CANCELLED"


def test_the_list_has_the_next_step_the_cycle_and_the_next_review() -> None:
    who = cast()
    empty = page(who.home_bed_nurse, LIST)
    assert "No home bed is being set up" in empty
    assert "No home bed is in use" in empty
    applied(who, at_home(who))
    with clock_at(now() - timedelta(days=100)):
        elder = person("李国华")
        seen_by(elder, who.chc.pk)
        stay(elder, bed(who.chc, "HOME_MEDICAL"))

    html = page(who.home_bed_nurse, LIST)

    assert "the doctor&#x27;s visit" in html
    assert "cycle is over: renew or close" in html
    assert "not planned" in html


def test_the_list_takes_as_many_statements_for_many_as_for_few() -> None:
    who = cast()
    applied(who, at_home(who))
    stay(at_home(who), bed(who.chc, "HOME_MEDICAL"))
    few = statements(who.home_bed_nurse, LIST)
    for _number in range(3):
        applied(who, at_home(who))
        stay(at_home(who), bed(who.chc, "HOME_MEDICAL"))

    assert statements(who.home_bed_nurse, LIST) == few <= 15


def test_a_visit_and_a_renewal_are_recorded_from_the_stay() -> None:
    who = cast()
    episode = stay(at_home(who), bed(who.chc, "HOME_MEDICAL"))
    nurse = signed_in(who.home_bed_nurse)
    ends_on = episode.cycle_ends_on
    assert "Record a visit" in page(who.home_bed_nurse, reverse("beds:stay", args=[episode.pk]))

    refused = do(nurse, "review_home_bed", episode.pk, what="VISIT", next_on="2020-01-01")
    html = do(nurse, "review_home_bed", episode.pk, what="VISIT", note="wound dry")
    do(nurse, "review_home_bed", episode.pk, what="RENEWAL")

    assert "This day is past" in refused
    assert "wound dry" in html
    assert HomeBedReview.objects.count() == 2
    episode.refresh_from_db()
    assert episode.cycle_ends_on > ends_on


def test_a_bed_of_another_kind_has_no_home_bed_review() -> None:
    who = cast()
    elder = at_home(who)
    episode = stay(elder, bed(who.care_home))

    page(who.home_bed_nurse, reverse("beds:review_home_bed", args=[episode.pk]), status=422)


def test_a_stranger_finds_nothing() -> None:
    who = cast()
    elder = at_home(who)
    setup = applied(who, elder)
    away = signed_in(who.stranger)
    other_chc = signed_in(who.palliative_team)

    assert away.get(LIST).status_code == 403
    for name, pk in (
        ("home_bed", setup.pk),
        ("record_home_visit", setup.pk),
        ("cancel_home_bed", setup.pk),
        ("apply_for_home_bed", elder.pk),
    ):
        assert other_chc.get(reverse(f"beds:{name}", args=[pk])).status_code == 404
    assert elder.full_name not in other_chc.get(LIST).content.decode()


def waiting_transfer(who: Cast) -> Any:
    elder = person()
    stay(elder, bed(who.care_home))
    seen_by(elder, who.chc.pk)
    asked = transfer(who.care_home_nurse, elder, target_kind="HOME_MEDICAL")
    place = bed(who.chc, "HOME_MEDICAL")
    return allocated(who.care_home_nurse, asked, who.home_bed_doctor, who.home_bed_nurse, who.chc, place)


def test_a_transfer_to_a_home_bed_leads_to_its_set_up_and_the_arrival_opens_it() -> None:
    who = cast()
    moving = waiting_transfer(who)
    address = reverse("beds:transfer", args=[moving.pk])
    apply = reverse("beds:apply_for_home_bed", args=[moving.person_id]) + f"?transfer={moving.pk}"
    assert apply in page(who.home_bed_doctor, address)
    assert "apply-for-home-bed" not in page(who.care_home_nurse, address)

    signed_in(who.home_bed_doctor).post(apply, {"unit": who.chc.pk, "reason": "stroke", "place": "3 楼"})
    setup = HomeBedSetup.objects.get()
    assert setup.transfer_id == moving.pk
    assert reverse("beds:home_bed", args=[setup.pk]) in page(who.home_bed_doctor, address)


def test_a_filed_set_up_of_a_transfer_goes_on_in_the_transfer() -> None:
    who = cast()
    moving = waiting_transfer(who)
    setup = filed(who, moving.person)

    html = page(who.home_bed_doctor, reverse("beds:home_bed", args=[setup.pk]))
    pressed = signed_in(who.home_bed_doctor).get(reverse("beds:set_up_home_bed", args=[setup.pk]))

    assert "Go on in the transfer" in html
    assert pressed.headers["Location"] == reverse("beds:transfer", args=[moving.pk])


def test_the_page_of_a_set_up_refuses_while_a_transfer_to_the_bed_is_under_way() -> None:
    who = cast()
    moving = waiting_transfer(who)
    setup = filed(who, moving.person)
    address = reverse("beds:set_up_home_bed", args=[setup.pk])

    pressed = signed_in(who.home_bed_doctor).post(address, {"version": setup.version, "bed": ""})

    assert pressed.status_code == 409
    assert "is under way" in pressed.content.decode()
    assert HomeBedSetup.objects.get().state == "FILED"


def test_a_set_up_whose_transfer_is_only_asked_for_says_so_before_it_is_filled_in() -> None:
    who = cast()
    elder = person()
    seen_by(elder, who.chc.pk)
    setup = filed(who, elder)
    transfer(who.home_bed_doctor, elder, target_kind="HOME_MEDICAL")

    looked = signed_in(who.home_bed_doctor).get(reverse("beds:set_up_home_bed", args=[setup.pk]))

    assert looked.status_code == 409
    assert elder.full_name in looked.content.decode()


def test_a_declared_emergency_stands_on_the_bed_board_until_it_is_ended() -> None:
    who = cast()
    declared = commands.declare_emergency(
        by=who.coordinator, at=now(), organisation_id=who.centre.pk, reason="flood in the east"
    )

    seen_by_nurse, seen_by_coordinator = (
        page(who.care_home_nurse, "/board/"),
        page(who.coordinator, "/board/"),
    )
    assert "flood in the east" in seen_by_nurse
    assert "End the emergency" not in seen_by_nurse
    assert "End the emergency" in seen_by_coordinator

    commands.end_emergency(by=who.coordinator, at=now(), emergency=declared)
    assert "flood in the east" not in page(who.care_home_nurse, "/board/")
