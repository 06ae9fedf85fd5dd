"""The handover: everything told once, nothing lost, what is not known said to be not known."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import override

from yiyang.access.tests.calling import caller
from yiyang.beds import commands
from yiyang.beds.commands.handovers import ConditionNotTold, CountedByTwo, DraftTooLong, SheetNotValid
from yiyang.beds.models import Handover, HandoverDraft, Transfer
from yiyang.beds.queries import handover_drafts
from yiyang.beds.rules import handover_sheet
from yiyang.beds.tests.factories import Cast, allocated, bed, cast, person, stay, transfer
from yiyang.beds.tests.screens import page, signed_in
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.reactions import run_pending
from yiyang.kernel.time import now
from yiyang.records.queries import vital_signs

pytestmark = pytest.mark.django_db
MEDICINES = [
    {"name": f"药品{n}", "dose": "1 片", "last_given": "2026-05-01T08:00:00+08:00"} for n in range(40)
]


@pytest.fixture
def who() -> Cast:
    return cast()


@pytest.fixture
def given(who: Cast) -> Transfer:
    """Accepted, with a bed: the handover is owed."""
    elder = person(
        "王秀英", sex="FEMALE", languages="上海话", form_of_address="王阿婆", residence_address="江宁路 1 号"
    )
    stay(elder, bed(who.care_home))
    bed(who.hospital, "HOSPITAL")
    asked = transfer(who.care_home_nurse, elder)
    return allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital)


def hand_over(who: Cast, given: Transfer, **sheet: Any) -> Transfer:
    told = {"condition": "awake, 38.5", **sheet}
    return commands.hand_over(by=who.care_home_nurse, at=now(), transfer=given, sheet=told)


def url(name: str, given: Transfer) -> str:
    return reverse(f"beds:{name}", args=[given.pk])


def test_the_form_asks_nothing_that_the_platform_knows(who: Cast, given: Transfer) -> None:
    shown = page(who.care_home_nurse, url("hand_over", given))

    for known in ("王秀英", "江宁路 1 号", 'value="上海话"', 'value="王阿婆"'):
        assert known in shown


def test_the_whole_sheet_is_handed_over_by_the_form_and_read_by_the_ward(who: Cast, given: Transfer) -> None:
    nurse = signed_in(who.care_home_nurse)

    answer = nurse.post(
        url("hand_over", given),
        {
            "condition": "awake, 38.5", "consciousness": "DROWSY", "hearing_aid": "LEFT",
            "vitals-0-at": "2026-05-01T08:00", "vitals-0-temperature": "38.5",
            "tubes-0-kind": "URINARY", "tubes-0-since": "2026-04-20",
            "medicines_carried-0-name": "阿莫西林", "medicines_carried-3-name": "氨氯地平",
            "cash_fen": "120.50", "counted_by": "李敏", "counted_with": "张丽",
        },
    )  # fmt: skip

    assert answer.status_code == 302, answer.content.decode()
    sheet = Handover.objects.get().sheet
    assert sheet["cash_fen"] == 12050
    assert [one["name"] for one in sheet["medicines_carried"]] == ["阿莫西林", "氨氯地平"]
    shown = page(who.head_nurse, url("transfer", given))
    for told in ("drowsy", "left ear", "urinary catheter", "38.5", "氨氯地平", "120.50"):
        assert told in shown


def test_what_is_empty_is_said_to_be_not_known_on_screen_and_on_paper(who: Cast, given: Transfer) -> None:
    hand_over(who, given)

    for name in ("transfer", "transfer_sheet"):
        shown = page(who.care_home_nurse, url(name, given))
        told = [one for one in handover_sheet.items() if one.name != "condition"]
        back = [one for section in handover_sheet.SECTIONS if section.back for one in section.items]
        assert shown.count("not known</strong>") >= len(told) - len(back)


def test_nothing_typed_is_lost_and_a_draft_tells_nobody(who: Cast, given: Transfer) -> None:
    nurse = signed_in(who.care_home_nurse)

    saved = nurse.post(
        url("save_handover_draft", given),
        {"condition": "half a sent", "vitals-0-temperature": "3x"},
        headers={"HX-Request": "true"},
    )

    assert "Draft saved" in saved.content.decode()
    form = page(who.care_home_nurse, url("hand_over", given))
    assert "half a sent" in form
    assert 'value="3x"' in form
    assert "half a sent" not in page(who.head_nurse, url("transfer", given))
    hand_over(who, given)
    assert not HandoverDraft.objects.exists()


def test_two_who_write_one_draft_compare_and_lose_nothing(who: Cast, given: Transfer) -> None:
    first, second = signed_in(who.care_home_nurse), signed_in(who.care_home_manager)
    quietly = {"HX-Request": "true"}
    draft = url("save_handover_draft", given)
    first.post(draft, {"condition": "awake", "fall_risk": "HIGH", "seen": ""}, headers=quietly)
    mine = {"condition": "drowsy", "allergies": "penicillin", "seen": ""}

    late = second.post(draft, mine, headers=quietly).content.decode()
    shown = second.post(url("hand_over", given), mine)

    kept = HandoverDraft.objects.get()
    assert kept.typed["condition"] == "awake"
    assert kept.saved_by in late
    assert "Nothing of yours is lost" in late
    assert all(word in late for word in ("awake", "drowsy", "penicillin"))
    assert shown.status_code == 409
    assert "drowsy" in shown.content.decode()
    second.post(draft, mine | {"settle": str(kept.mark), "take-condition": "theirs"})
    settled = HandoverDraft.objects.get()
    assert settled.typed == {"condition": "awake", "fall_risk": "HIGH", "allergies": "penicillin"}
    assert settled.replaced["typed"] == kept.typed
    assert first.post(draft, {"condition": "x", "seen": str(kept.mark), "save": "1"}).status_code == 409
    handed = second.post(url("hand_over", given), {"condition": "asleep", "seen": str(settled.mark)})
    assert handed.status_code == 302


def test_rows_of_a_table_are_never_mixed(who: Cast, given: Transfer) -> None:
    mine = {"medicines_carried-0-name": "阿莫西林"}
    theirs = {"medicines_carried-0-name": "阿司匹林", "medicines_carried-0-dose": "100 mg"}

    [one] = handover_drafts.differences(mine, theirs, {})

    assert (one.mine, one.theirs, one.takes_theirs) == ("阿莫西林", "阿司匹林 · 100 mg", False)
    assert handover_drafts.settled(mine, theirs, {}) == mine
    assert handover_drafts.settled(mine, theirs, {"medicines_carried": "theirs"}) == theirs


def test_a_draft_can_be_begun_before_a_bed_is_given(who: Cast) -> None:
    elder = person("王秀英", sex="FEMALE")
    stay(elder, bed(who.care_home))
    asked = transfer(who.care_home_nurse, elder)

    assert "Prepare the handover" in page(who.care_home_nurse, url("save_handover_draft", asked))
    answer = signed_in(who.care_home_nurse).post(
        url("save_handover_draft", asked), {"condition": "x", "save": "1"}
    )

    assert answer.status_code == 302
    assert page(who.ward_doctor, url("save_handover_draft", asked), 404)


def test_more_rows_are_given_without_scripts_and_keep_what_was_typed(who: Cast, given: Transfer) -> None:
    nurse = signed_in(who.care_home_nurse)

    answer = nurse.post(
        url("hand_over", given), {"medicines_carried-1-name": "氨氯地平", "more": "medicines_carried"}
    )
    form = nurse.get(answer.url.split("#")[0]).content.decode()

    assert "medicines_carried-6-name" in form
    assert "氨氯地平" in form


def test_cash_is_counted_by_two_people(who: Cast, given: Transfer) -> None:
    for counted in ({}, {"counted_by": "李敏"}, {"counted_by": "李敏", "counted_with": "李敏"}):
        with pytest.raises(CountedByTwo):
            hand_over(who, given, cash_fen=100, **counted)
    answer = signed_in(who.care_home_nurse).post(
        url("hand_over", given), {"condition": "x", "cash_fen": "1", "counted_by": "李敏"}
    )
    assert answer.status_code == 422
    assert "counted by two different people" in answer.content.decode()

    hand_over(who, given, cash_fen=0, counted_by="李敏", counted_with="张丽")
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.update(sheet={"valuables": [{"what": "戒指"}], "counted_by": "李敏"})


@pytest.mark.parametrize(
    "wrong", [{"cash_fen": -1}, {"fall_risk": "HUGE"}, {"nobody": "x"}, {"vitals": [{"temperature": 99}]}]
)
def test_what_cannot_be_so_is_refused(who: Cast, given: Transfer, wrong: dict[str, Any]) -> None:
    with pytest.raises(SheetNotValid):
        hand_over(who, given, **wrong)


def test_the_condition_is_the_least(who: Cast, given: Transfer) -> None:
    with pytest.raises(ConditionNotTold):
        commands.hand_over(by=who.care_home_nurse, at=now(), transfer=given, sheet={"diet": "soft"})


def test_a_draft_without_end_is_refused(who: Cast, given: Transfer) -> None:
    with pytest.raises(DraftTooLong):
        commands.save_handover_draft(
            by=who.care_home_nurse, at=now(), transfer=given, typed={"condition": "x" * 200_001}, seen=""
        )


def test_a_handover_of_the_first_days_is_shown_in_the_same_form(who: Cast, given: Transfer) -> None:
    commands.hand_over(
        by=who.care_home_nurse, at=now(), transfer=given, condition="awake", medicines="阿司匹林",
        transport="AMBULANCE_120",
    )  # fmt: skip

    shown = page(who.head_nurse, url("transfer", given))

    for told in ("awake", "阿司匹林", "120 ambulance"):
        assert told in shown


def test_the_sheet_goes_over_the_api_with_its_schema(who: Cast, given: Transfer) -> None:
    nurse = caller(who.care_home_nurse)
    path = f"/transfers/{given.pk}"
    told = {"condition": "awake", "medicines_carried": MEDICINES, "cash_fen": 5, "counted_by": "a"}

    wrong = nurse.post(f"{path}/hand-over", {"sheet": {"fall_risk": "HUGE"}})
    alone = nurse.post(f"{path}/hand-over", {"sheet": told})
    done = nurse.post(f"{path}/hand-over", {"sheet": told | {"counted_with": "b"}})

    assert wrong.body["errors"][0]["pointer"] == "/sheet/fall_risk"
    assert (alone.status, alone.body["code"]) == (422, "COUNTED_BY_TWO")
    assert done.body["state"] == "HANDED_OVER"
    sheet = nurse.get(path).body["handover"]["sheet"]
    assert len(sheet["medicines_carried"]) == 40
    assert sheet["diet"] is None


def test_the_way_back_carries_the_discharge_summary_and_changed_medicines(who: Cast, given: Transfer) -> None:
    given.trigger = "HEALTH_IMPROVED"
    given.save()

    form = page(who.care_home_nurse, url("hand_over", given))
    hand_over(who, given, discharge_summary="pneumonia, healed", changed_medicines=[{"name": "利尿剂"}])
    paper = page(who.care_home_nurse, url("transfer_sheet", given))

    assert "discharge_summary" in form
    assert "Two-way referral form: return" in paper
    assert "pneumonia, healed" in paper


def test_the_vital_signs_of_a_handover_stand_in_the_record_once_and_corrected(
    who: Cast, given: Transfer
) -> None:
    measured = {"at": "2026-05-01T08:00:00+08:00", "pulse": 96, "oxygen": 12}

    hand_over(who, given, vitals=[measured])
    run_pending()
    hand_over(who, given, vitals=[{**measured, "pulse": 69}])
    run_pending()

    found = vital_signs.latest(
        SYSTEM, given.person_id, ["8867-4", "59408-5"], at=now(), within=timedelta(days=999)
    )
    with override("en"):
        assert {code: one.words for code, one in found.items()} == {"8867-4": "69 /min"}
