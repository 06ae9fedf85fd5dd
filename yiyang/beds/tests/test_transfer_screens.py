"""The screens of a transfer: each does its job, says why it refuses, and shows strangers nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from yiyang.beds import commands
from yiyang.beds.models import Transfer
from yiyang.beds.tests.factories import (
    accepted,
    agreed,
    allocated,
    bed,
    cast,
    offered,
    person,
    stay,
    transfer,
    whereabouts,
)
from yiyang.duty.tests import factories as duty
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people import commands as people

pytestmark = pytest.mark.django_db


def browser(actor: Any) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["django_language"] = "en"
    client.force_login(actor.account)
    return client


def page(actor: Any, name: str, /, *args: Any, **query: Any) -> Any:
    return browser(actor).get(reverse(f"beds:{name}", args=args), query)


def send(actor: Any, name: str, /, *args: Any, **typed: Any) -> Any:
    return browser(actor).post(reverse(f"beds:{name}", args=args), typed)


def text(response: Any) -> str:
    return response.content.decode()


@pytest.fixture
def who() -> Any:
    return cast()


@pytest.fixture
def elder(who: Any) -> Any:
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home, label="3-205"))
    bed(who.hospital, "HOSPITAL", label="12-3")
    return elder


def test_the_main_job_is_done_by_clicking(who: Any, elder: Any) -> None:
    answer = send(
        who.care_home_nurse,
        "request_transfer",
        elder.pk,
        path="HEALTH_WORSENED:HOSPITAL:",
        urgency="URGENT",
        reason="fever for three days",
        keep_bed="on",
    )
    found = Transfer.objects.get()
    assert answer.url == reverse("beds:transfer", args=[found.pk])

    send(
        who.care_home_nurse, "evaluate_transfer", found.pk, version=found.version, outcome="FIT",
        statement="pneumonia", criterion_UNSTABLE="YES", criterion_NEEDS_DAILY_DOCTOR="YES",
        criterion_NEEDS_TESTS="UNKNOWN",
    )  # fmt: skip
    send(
        who.care_home_nurse, "record_agreement", found.pk, by_whom="PERSON", outcome="AGREED", how="IN_PERSON"
    )  # fmt: skip
    choices = browser(who.care_home_nurse).get(
        reverse("beds:offer_transfer", args=[found.pk]), headers={"hx-request": "true"}
    )
    assert "区中心医院" in text(choices)
    assert "designated in the agreement" not in text(choices)
    today = now().date()
    people.sign_agreement(
        by=SYSTEM, at=now(), person=found.person, unit_id=who.care_home.pk, kind="FIVE_BEDS", from_on=today,
        to_on=None, signed_on=today, signer="王桂兰", capacity="PERSON", designated_hospital_id=who.hospital.pk,
    )  # fmt: skip
    choices = browser(who.care_home_nurse).get(
        reverse("beds:offer_transfer", args=[found.pk]), headers={"hx-request": "true"}
    )
    assert "Hospital designated in the agreement: 区中心医院" in text(choices)
    assert "designated hospital of the agreement · " in text(choices)
    send(who.care_home_nurse, "offer_transfer", found.pk, units=[str(who.hospital.pk)])
    offer = found.offers.get()
    assert offer.rank_reasons

    answer = send(who.ward_doctor, "accept_offer", offer.pk, doctor="Dr Chen", version=offer.version)
    assert answer.url == reverse("beds:transfer", args=[found.pk])
    send(who.admission_office, "allocate_bed", found.pk)
    send(who.care_home_nurse, "hand_over", found.pk, condition="awake, 38.5", allergies="penicillin")
    send(who.head_nurse, "confirm_handover_read", found.pk)
    send(who.care_home_nurse, "depart", found.pk)
    send(who.admission_office, "arrive", found.pk)

    found.refresh_from_db()
    assert found.state == "COMPLETED"
    assert found.handover.read_at
    assert ("PRESENT", "HOSPITAL", "区中心医院") in whereabouts(elder)
    assert "awake, 38.5" in text(page(who.ward_doctor, "transfer", found.pk))


def test_before_acceptance_the_asked_unit_sees_age_and_evaluation_but_no_name(who: Any, elder: Any) -> None:
    asked = transfer(who.care_home_nurse, elder, reason="王秀英 has a fever")
    [offer] = offered(who.care_home_nurse, asked, who.hospital)

    shown = text(page(who.ward_doctor, "transfer", asked.pk))
    inbox = text(page(who.ward_doctor, "offers"))
    answering = text(page(who.ward_doctor, "accept_offer", offer.pk))

    for one in (shown, inbox, answering):
        assert "王秀英" not in one
        assert "has a fever" in one
    assert "needs a ward" in shown

    commands.accept_offer(by=who.ward_doctor, at=now(), offer=offer, doctor="Dr Chen")
    assert "王秀英" in text(page(who.ward_doctor, "transfer", asked.pk))


PAGES = (
    "transfer",
    "transfer_changes",
    "evaluate_transfer",
    "record_agreement",
    "change_urgency",
    "cancel_transfer",
    "resume_transfer",
    "offer_transfer",
    "allocate_bed",
    "take_back",
    "look_elsewhere",
    "hand_over",
    "depart",
    "arrive",
    "arrive_outside",
    "enter_emergency_room",
    "move_on",
    "send_back",
    "fail_transfer",
    "transfer_sheet",
    "refusal_notice",
)


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_finds_no_page_of_a_transfer(who: Any, elder: Any, name: str) -> None:
    asked = transfer(who.care_home_nurse, elder)

    for outsider in (who.stranger, who.other_elder, who.supervisor_health, who.system_administrator):
        assert page(outsider, name, asked.pk).status_code == 404
        assert send(outsider, name, asked.pk).status_code in (404, 405)
    asked.refresh_from_db()
    assert asked.state == "REQUESTED"


@pytest.mark.parametrize(
    "name", ["accept_offer", "decline_offer", "answer_offer_otherwise", "give_information"]
)
def test_a_stranger_finds_no_offer(who: Any, elder: Any, name: str) -> None:
    [offer] = offered(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.hospital)

    for outsider in (who.stranger, who.other_elder, who.supervisor_health):
        assert page(outsider, name, offer.pk).status_code == 404
        assert send(outsider, name, offer.pk).status_code == 404
    assert page(who.stranger, "request_transfer", elder.pk).status_code == 404


def test_a_step_that_is_not_open_is_refused_before_it_is_filled_in(who: Any, elder: Any) -> None:
    asked = transfer(who.care_home_nurse, elder)

    answer = page(who.care_home_nurse, "hand_over", asked.pk)

    assert answer.status_code == 409
    assert "a clinician evaluates" in text(answer)


def test_a_role_without_the_permission_is_told_so(who: Any, elder: Any) -> None:
    asked = transfer(who.care_home_nurse, elder)

    assert page(who.care_worker, "evaluate_transfer", asked.pk).status_code == 403
    assert "Evaluate" not in text(page(who.care_worker, "transfer", asked.pk)).split("<h2>")[0]


def test_a_stale_page_says_so_keeps_what_was_typed_and_then_goes_on(who: Any, elder: Any) -> None:
    asked = transfer(who.care_home_nurse, elder)
    stale = asked.version
    commands.change_urgency(
        by=who.care_home_nurse, at=now(), transfer=asked, urgency="ROUTINE", reason="calm"
    )

    answer = send(
        who.care_home_nurse, "cancel_transfer", asked.pk, version=stale, reason="not needed any more"
    )

    assert answer.status_code == 409
    assert "not needed any more" in text(answer)
    assert "Someone else changed this" in text(answer)
    asked.refresh_from_db()
    assert f'name="version" value="{asked.version}"' in text(answer)


def test_a_live_transfer_is_shown_before_a_second_is_asked_for(who: Any, elder: Any) -> None:
    first = transfer(who.care_home_nurse, elder)

    form = text(page(who.care_home_nurse, "request_transfer", elder.pk))
    second = send(
        who.care_home_nurse, "request_transfer", elder.pk, path="WISH:HOSPITAL:", urgency="ROUTINE", reason="x"
    )  # fmt: skip

    assert form.index(reverse("beds:transfer", args=[first.pk])) < form.index(
        '<form method="post" class="form'
    )
    assert second.status_code == 409
    assert "already under way" in text(second)


def test_a_target_outside_the_trigger_is_refused_without_scripts(who: Any, elder: Any) -> None:
    answer = send(
        who.care_home_nurse, "request_transfer", elder.pk, path="HEALTH_WORSENED:PALLIATIVE:", urgency="URGENT",
        reason="x",
    )  # fmt: skip

    assert answer.status_code == 422
    assert not Transfer.objects.exists()


def test_an_emergency_is_noted_by_one_tap_each_and_departs_without_acceptance(who: Any, elder: Any) -> None:
    send(
        who.night_duty_officer, "request_transfer", elder.pk, path="HEALTH_WORSENED:HOSPITAL:",
        urgency="EMERGENCY", reason="chest pain", keep_bed="on",
    )  # fmt: skip
    found = Transfer.objects.get()
    shown = text(page(who.night_duty_officer, "transfer", found.pk))
    assert shown.index("tel:120") < shown.index("ribbon")

    send(who.night_duty_officer, "note_emergency_time", found.pk, what="called_120")
    send(who.night_duty_officer, "depart", found.pk, quick="1")
    send(who.night_duty_officer, "note_emergency_time", found.pk, what="hospital_named", hospital="瑞金医院")
    send(who.night_duty_officer, "enter_emergency_room", found.pk, hospital="瑞金医院")
    send(who.night_duty_officer, "send_back", found.pk, note="nothing found")

    found.refresh_from_db()
    assert found.called_120_at
    assert found.departed_at
    assert found.destination_outside == "瑞金医院"
    assert found.state == "SENT_BACK"
    assert whereabouts(elder) == [("PRESENT", "INSTITUTION", "阳光养老院")]


def test_a_refusal_stops_a_routine_transfer_and_prints_the_notice(who: Any, elder: Any) -> None:
    asked = transfer(who.care_home_nurse, elder, urgency="ROUTINE")

    send(
        who.care_home_nurse, "record_agreement", asked.pk, by_whom="PERSON", outcome="REFUSED", how="IN_PERSON",
        statement="I stay here",
    )  # fmt: skip

    asked.refresh_from_db()
    assert asked.state == "REFUSED"
    notice = text(page(who.care_home_nurse, "refusal_notice", asked.pk))
    assert "I stay here" in notice
    assert page(who.care_home_nurse, "transfer", asked.pk).status_code == 200


def test_an_agreement_by_telephone_without_two_witnesses_says_so_at_the_field(who: Any, elder: Any) -> None:
    asked = transfer(who.care_home_nurse, elder)

    answer = send(
        who.care_home_nurse, "record_agreement", asked.pk, by_whom="RELATIVE", name="Li Hong", outcome="AGREED",
        how="TELEPHONE", witness="Wang",
    )  # fmt: skip

    assert answer.status_code == 422
    assert "two witnesses" in text(answer)
    assert "Li Hong" in text(answer)


def test_a_paper_is_shown_to_those_who_know_the_person_and_only_as_what_it_is(who: Any, elder: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    asked = transfer(who.care_home_nurse, elder)
    typed = {"by_whom": "PERSON", "outcome": "AGREED", "how": "PAPER"}
    script = SimpleUploadedFile("x.png", b"<script>alert(1)</script>", "image/png")
    photo = SimpleUploadedFile("x.html", b"\xff\xd8\xff\xe0 photo", "text/html")

    assert send(who.care_home_nurse, "record_agreement", asked.pk, paper=script, **typed).status_code == 422
    assert send(who.care_home_nurse, "record_agreement", asked.pk, paper=photo, **typed).status_code == 302

    paper = asked.agreements.get()
    answer = page(who.care_home_nurse, "agreement_paper", asked.pk, paper.pk)
    assert answer["Content-Type"] == "image/jpeg"
    assert page(who.stranger, "agreement_paper", asked.pk, paper.pk).status_code == 404


def test_an_offer_is_declined_with_a_code_and_answered_otherwise(who: Any, elder: Any) -> None:
    [offer] = offered(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.hospital)

    send(
        who.ward_doctor,
        "answer_offer_otherwise",
        offer.pk,
        answer="NEED_INFORMATION",
        text="Which medicines?",
    )
    assert "Which medicines?" in text(page(who.care_home_nurse, "transfer", offer.transfer_id))
    send(who.care_home_nurse, "give_information", offer.pk, text="None")
    without_words = send(who.ward_doctor, "decline_offer", offer.pk, code="OTHER")
    send(who.ward_doctor, "decline_offer", offer.pk, code="NO_BED")

    assert without_words.status_code == 422
    offer.refresh_from_db()
    assert offer.state == "DECLINED"
    assert offer.decline_code == "NO_BED"


def test_a_small_unit_is_led_from_acceptance_to_the_bed(who: Any) -> None:
    elder = person(sex="FEMALE")
    stay(elder, bed(who.hospital, "HOSPITAL"))
    bed(who.care_home)
    asked = transfer(
        who.ward_doctor, elder, trigger="HEALTH_IMPROVED", target_kind="INSTITUTION", urgency="URGENT"
    )
    [offer] = offered(who.ward_doctor, asked, who.care_home)

    answer = send(who.care_home_nurse, "accept_offer", offer.pk, doctor="Dr Wu")

    assert answer.url == reverse("beds:allocate_bed", args=[asked.pk])
    assert "1 bed fits" in text(page(who.care_home_nurse, "allocate_bed", asked.pk))


def test_a_return_to_the_kept_bed_needs_no_offer(who: Any, elder: Any) -> None:
    stay(elder, bed(who.hospital, "HOSPITAL"))
    back = transfer(
        who.ward_doctor, elder, trigger="HEALTH_IMPROVED", urgency="ROUTINE", target_kind="INSTITUTION"
    )
    agreed(who.ward_doctor, back)

    shown = text(page(who.care_home_nurse, "transfer", back.pk))
    assert "has kept bed 3-205" in shown
    send(who.care_home_nurse, "take_back", back.pk, lacking="oxygen")

    back.refresh_from_db()
    assert back.state == "ALLOCATED"


def test_the_board_keeps_its_filters_in_the_address_and_exports_the_same_rows(who: Any, elder: Any) -> None:
    asked = transfer(who.care_home_nurse, elder)
    ended = transfer(who.care_home_nurse, person_in(who), urgency="ROUTINE")
    commands.cancel_transfer(by=who.care_home_nurse, at=now(), transfer=ended, reason="no")

    active = text(page(who.care_home_nurse, "transfers", urgency="URGENT", sort="-requested_at"))
    none = text(page(who.care_home_nurse, "transfers", urgency="EMERGENCY"))
    archive = text(page(who.care_home_nurse, "transfers", tab="ended"))
    csv = page(who.care_home_nurse, "transfers", format="csv").content.decode("utf-8-sig")
    xlsx = page(who.care_home_nurse, "transfers", format="xlsx")

    assert str(asked.pk) in active
    assert str(ended.pk) not in active
    assert str(asked.pk) not in none
    assert str(ended.pk) in archive
    assert "王秀英" in csv
    assert xlsx.content.startswith(b"PK")
    assert str(asked.pk) not in text(page(who.stranger, "transfers"))


def person_in(who: Any) -> Any:
    other = person("李建国", sex="MALE")
    stay(other, bed(who.care_home))
    return other


def test_odd_addresses_of_the_board_are_survived(who: Any) -> None:
    for query in (
        {"after": "99999999999999"},
        {"after": "-1"},
        {"sort": "x; drop"},
        {"state": "NOPE"},
        {"unit": "1"},
        {"tab": "\x00"},
        {"format": "exe"},
    ):
        assert page(who.care_home_nurse, "transfers", **query).status_code == 200


def test_what_was_read_is_recorded(who: Any, elder: Any) -> None:
    from yiyang.kernel.models import Reading

    asked = transfer(who.care_home_nurse, elder)
    page(who.care_home_nurse, "transfer", asked.pk)

    assert Reading.objects.filter(persons__contains=[elder.pk]).exists()


def test_the_number_of_statements_stays_the_same_whatever_the_rows(
    who: Any, elder: Any, django_assert_max_num_queries: Any
) -> None:
    asked = transfer(who.care_home_nurse, elder)
    client = browser(who.care_home_nurse)
    agreed(who.care_home_nurse, asked)
    for _ in range(3):
        commands.record_agreement(
            by=who.care_home_nurse, at=now(), transfer=asked, outcome="AGREED", by_whom="PERSON", name="x",
            how="IN_PERSON",
        )  # fmt: skip
    for _ in range(4):
        transfer(who.care_home_nurse, person_in(who))
    client.get(reverse("beds:transfers"))

    for name, args in (
        ("transfer", [asked.pk]),
        ("transfers", []),
        ("offers", []),
        ("request_transfer", [elder.pk]),
        ("offer_transfer", [asked.pk]),
    ):
        with django_assert_max_num_queries(15):
            assert client.get(reverse(f"beds:{name}", args=args)).status_code == 200


@pytest.mark.parametrize("urgency", ["ROUTINE", "EMERGENCY"])
def test_a_transfer_takes_no_more_statements_at_any_step(who: Any, elder: Any, urgency: str) -> None:
    """With somebody on duty at both units, and a wish of the person that staff must know."""
    for unit, stands, deputy in (
        (who.care_home, who.care_home_nurse, who.care_home_manager),
        (who.hospital, who.ward_doctor, who.admission_office),
    ):
        duty.shift(duty.post(unit), stands, now(), deputy=deputy)
    people.set_disclosure(by=SYSTEM, at=now(), person=elder, wish="WHEN_ASKING")
    people.record_told(by=SYSTEM, at=now(), person=elder, topic="PALLIATIVE")
    readers = {one.role: browser(one) for one in (who.care_home_nurse, who.ward_doctor, who.coordinator)}
    asked = transfer(who.care_home_nurse, elder, urgency=urgency)
    for reader in readers.values():
        reader.get(reverse("beds:transfers"))  # the first page of a session also notes the session

    for _step in steps_to_departure(who, asked):
        for role, reader in readers.items():
            reader.get(reverse("beds:transfer", args=[asked.pk]))  # the first look leaves a receipt
            with CaptureQueriesContext(connection) as taken:
                reader.get(reverse("beds:transfer", args=[asked.pk]))
            assert len(taken) <= 15, (asked.state, role)


def steps_to_departure(who: Any, asked: Transfer) -> Iterator[Any]:
    """Each act on the way out of the care home, done when it is asked for."""
    yield agreed(who.care_home_nurse, asked)
    at = {"by": who.care_home_nurse, "transfer": asked}
    yield commands.offer_transfer(**at, at=now(), units=[who.hospital.pk])
    offer = asked.offers.get()
    yield commands.accept_offer(by=who.ward_doctor, at=now(), offer=offer, doctor="Dr Chen")
    asked.refresh_from_db()
    yield commands.allocate_bed(by=who.admission_office, at=now(), transfer=asked, bed=None)
    asked.refresh_from_db()
    yield commands.hand_over(**at, at=now(), condition="awake")
    yield commands.depart(**at, at=now())


def test_a_transfer_sheet_goes_along(who: Any, elder: Any) -> None:
    asked = transfer(who.care_home_nurse, elder)
    allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital)
    commands.hand_over(by=who.care_home_nurse, at=now(), transfer=asked, condition="awake")

    sheet = text(page(who.care_home_nurse, "transfer_sheet", asked.pk))

    assert "王秀英" in sheet
    assert "awake" in sheet


def test_looking_elsewhere_frees_the_bed(who: Any, elder: Any) -> None:
    asked = transfer(who.care_home_nurse, elder)
    accepted(who.care_home_nurse, asked, who.ward_doctor, who.hospital)

    send(who.care_home_nurse, "look_elsewhere", asked.pk, reason="the ward has an outbreak")

    asked.refresh_from_db()
    assert asked.state == "AGREED"
    assert asked.to_unit_id is None


def test_an_offer_after_its_deadline_says_so(who: Any, elder: Any) -> None:
    from yiyang.kernel.time import clock_at

    [offer] = offered(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.hospital)
    with clock_at(now() + timedelta(days=2)):
        answer = send(who.ward_doctor, "accept_offer", offer.pk, doctor="Dr Chen")

    assert answer.status_code == 409
    assert "The time to answer ended" in text(answer)


def test_the_page_of_a_person_shows_the_ribbon_the_transfers_and_how_to_ask(
    who: Any, elder: Any, django_assert_max_num_queries: Any
) -> None:
    asked = transfer(who.care_home_nurse, elder)
    client = browser(who.care_home_nurse)
    client.get(reverse("people:person", args=[elder.pk]))

    with django_assert_max_num_queries(15):
        shown = text(client.get(reverse("people:person", args=[elder.pk])))

    assert "ribbon" in shown
    assert "Transfer to hospital bed: asked for" in shown
    assert reverse("beds:transfer", args=[asked.pk]) in shown
    assert reverse("beds:request_transfer", args=[elder.pk]) in shown


def test_the_ribbon_shows_when_a_transfer_was_asked_for_accepted_left_and_arrived(
    who: Any, elder: Any
) -> None:
    asked = allocated(
        who.care_home_nurse, transfer(who.care_home_nurse, elder), who.ward_doctor, who.admission_office,
        who.hospital,
    )  # fmt: skip
    commands.hand_over(by=who.care_home_nurse, at=now(), transfer=asked, condition="awake")
    commands.depart(by=who.care_home_nurse, at=now(), transfer=asked)
    commands.arrive(by=who.admission_office, at=now(), transfer=asked)

    shown = text(browser(who.care_home_nurse).get(reverse("people:person", args=[elder.pk])))

    drawn, listed = shown.split("ribbon-table", 1)
    for what in ("asked for", "accepted", "left", "arrived"):
        assert f"Transfer to {who.hospital.name}: {what}" in drawn
        assert f"Transfer to {who.hospital.name}: {what}" in listed
    assert drawn.count('class="notch"') == 1  # all on one day: one mark, drawn as the last of them


def test_whoever_sees_name_and_address_alone_sees_neither_ribbon_nor_transfers(who: Any, elder: Any) -> None:
    from yiyang.people.tests.factories import seen_by

    asked = transfer(who.care_home_nurse, elder)
    seen_by(elder, who.other_home.pk, basis="AREA", scope="BASIC")

    shown = text(browser(who.stranger).get(reverse("people:person", args=[elder.pk])))

    assert "王秀英" in shown
    assert "ribbon-grid" not in shown
    assert str(asked.pk) not in shown
    assert page(who.stranger, "transfer", asked.pk).status_code == 404


def test_an_open_page_learns_that_somebody_has_gone_on(who: Any, elder: Any) -> None:
    asked = transfer(who.care_home_nurse, elder)
    seen_version = asked.version
    still = text(page(who.care_home_nurse, "transfer_changes", asked.pk, version=seen_version))
    agreed(who.care_home_nurse, asked)

    gone_on = text(page(who.care_home_nurse, "transfer_changes", asked.pk, version=seen_version))

    assert still.strip() == ""
    assert "gone on" in gone_on


def test_a_list_that_is_kept_live_fetches_its_rows_alone(who: Any, elder: Any) -> None:
    offered(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.hospital)

    for name in ("offers", "transfers"):
        rows = browser(who.ward_doctor).get(reverse(f"beds:{name}"), headers={"HX-Request": "true"})
        assert "<html" not in text(rows)
        assert "阳光养老院" in text(rows)


def test_the_coordinator_declares_and_ends_an_emergency_of_the_district(who: Any, elder: Any) -> None:
    from yiyang.beds.models import DistrictEmergency

    asked = transfer(who.care_home_nurse, elder, urgency="ROUTINE")
    assert "Declare an emergency" not in text(page(who.care_home_nurse, "transfers"))
    assert page(who.care_home_manager, "declare_emergency").status_code == 403

    send(who.coordinator, "declare_emergency", reason="flood")
    emergency = DistrictEmergency.objects.get()
    assert "flood" in text(page(who.care_home_nurse, "transfers"))
    assert page(who.care_home_nurse, "offer_transfer", asked.pk).status_code == 200
    assert send(who.care_home_manager, "end_emergency", emergency.pk).status_code == 403
    send(who.coordinator, "end_emergency", emergency.pk)

    assert page(who.care_home_nurse, "offer_transfer", asked.pk).status_code == 409


def test_a_relative_sees_what_happens_and_says_only_their_own_word(who: Any, elder: Any) -> None:
    from yiyang.access.tests.factories import family
    from yiyang.people.tests.factories import seen_by

    daughter = family("RELATIVE", name="王芳")
    seen_by(elder, account_id=daughter.account_id, basis="DELEGATION")
    asked = transfer(who.care_home_nurse, elder)
    commands.evaluate_transfer(
        by=who.care_home_nurse, at=now(), transfer=asked, outcome="FIT", statement="needs a ward"
    )

    shown = text(page(daughter, "transfer", asked.pk))
    form = text(page(daughter, "record_agreement", asked.pk))
    send(
        daughter,
        "record_agreement",
        asked.pk,
        by_whom="RELATIVE",
        name="王芳",
        outcome="AGREED",
        how="IN_PERSON",
    )
    send(daughter, "record_agreement", asked.pk, by_whom="PERSON", name="王秀英", outcome="AGREED")

    assert "Say what you decide" in shown
    assert "Cancel the transfer" not in shown
    assert 'value="PERSON"' not in form
    assert set(asked.agreements.values_list("by_whom", "name")) == {("RELATIVE", "王芳")}
