"""The handover in real Chromium: typed on a phone and at a desk, and on paper the same as on the screen."""

from __future__ import annotations

import os
import re
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from yiyang.beds import commands
from yiyang.beds.models import HandoverDraft, Transfer
from yiyang.beds.tests.factories import allocated, bed, cast, person, stay, transfer
from yiyang.beds.tests.test_transfers_in_browser import Desk, passes
from yiyang.kernel.tests.chromium import IN_CHROMIUM, chromium, nothing_stays_open
from yiyang.kernel.time import now

__all__ = ["chromium", "nothing_stays_open"]

pytestmark = IN_CHROMIUM
SHOTS = os.environ.get("SHOTS", "")
LONG_NAME = "阿不都热合曼·买买提依明·吐尔逊江·努尔买买提"


def given(who: Any, name: str = "王秀英") -> Transfer:
    elder = person(name, sex="FEMALE", languages="上海话", form_of_address="王阿婆")
    stay(elder, bed(who.care_home))
    bed(who.hospital, "HOSPITAL")
    asked = transfer(who.care_home_nurse, elder)
    return allocated(who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital)


def shot(desk: Desk, name: str) -> None:
    if SHOTS:
        desk.page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


@pytest.mark.parametrize("width", [1280, 360])
def test_the_form_fits_is_accessible_and_keeps_what_is_typed(
    live_server: Any, chromium: Any, width: int
) -> None:
    who = cast()
    found = given(who)
    nurse = Desk(chromium, live_server, who.care_home_nurse, width)

    passes(nurse, "hand_over", found.pk, width=width)
    nurse.page.fill("[name=condition]", "awake")
    nurse.page.wait_for_selector("#draft time", timeout=30_000)
    shot(nurse, f"hand_over_{width}")

    assert HandoverDraft.objects.get().typed["condition"] == "awake"


def test_two_nurses_who_write_at_once_choose_what_counts(live_server: Any, chromium: Any) -> None:
    who = cast()
    found = given(who)
    first = Desk(chromium, live_server, who.care_home_nurse)
    second = Desk(chromium, live_server, who.care_home_manager, 360)
    in_language(second, live_server, who.care_home_manager, "zh-hans")
    first.open("hand_over", found.pk)
    second.open("hand_over", found.pk)
    first.page.fill("[name=condition]", "awake and clear")
    first.page.select_option("[name=fall_risk]", "HIGH")
    first.page.wait_for_selector("#draft time", timeout=30_000)

    second.page.fill("[name=condition]", "drowsy")
    second.page.fill("[name=allergies]", "penicillin")
    second.page.wait_for_selector(".draft-conflict", timeout=30_000)
    shot(second, "draft_conflict_360")
    assert second.page.input_value("[name=condition]") == "drowsy"
    second.page.check("#take-condition-theirs")
    second.page.click("[name=settle]")

    second.page.wait_for_selector("#draft time")
    assert second.page.input_value("[name=condition]") == "awake and clear"
    assert second.page.input_value("[name=allergies]") == "penicillin"
    assert HandoverDraft.objects.get().typed["fall_risk"] == "HIGH"
    shot(second, "draft_settled_360")


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_paper_says_what_the_screen_says_with_forty_medicines(
    live_server: Any, chromium: Any, tmp_path: Path, language: str
) -> None:
    who = cast()
    found = given(who, LONG_NAME)
    medicines = [
        {"name": f"第{n}种药品缓释片", "dose": "30 mg 口服", "times": "3", "amount": f"{n} 片"}
        for n in range(1, 41)
    ]
    commands.hand_over(
        by=who.care_home_nurse, at=now(), transfer=found,
        sheet={"condition": "神志清，体温 38.5", "medicines_carried": medicines, "hearing_aid": "LEFT",
               "cash_fen": 12050, "counted_by": "李敏", "counted_with": "张丽"},
    )  # fmt: skip
    nurse = Desk(chromium, live_server, who.care_home_nurse)
    in_language(nurse, live_server, who.care_home_nurse, language)
    nurse.open("transfer_sheet", found.pk)
    shot(nurse, f"sheet_{language}")

    paper = printed(nurse.page, tmp_path / "sheet.pdf")
    pages, words = paper.count("\f"), squeezed(paper)

    assert squeezed(LONG_NAME) in words
    for one in medicines:
        assert squeezed(str(one["name"])) in words
    for line in nurse.page.locator(
        ".handover-part dd, .handover-part td, .handover-part h3, .stub dd"
    ).all_inner_texts():
        for part in line.split("\n"):
            assert squeezed(part) in words, part
    head = squeezed("Last dose given at" if language == "en" else "末次用药时间")
    assert pages >= 1
    assert words.count(head) >= 2  # the head of the table again on the next page
    assert ("notknown" if language == "en" else "不详") in words


def in_language(desk: Desk, server: Any, actor: Any, language: str) -> None:
    type(actor.account).objects.filter(pk=actor.account.pk).update(language=language)
    desk.page.context.add_cookies([{"name": "django_language", "value": language, "url": server.url}])


def printed(page: Any, path: Path) -> str:
    """The words of the page as Chromium prints it, a form feed between two sheets of paper."""
    page.pdf(path=str(path), format="A4")
    if SHOTS:
        (Path(SHOTS) / path.name).write_bytes(path.read_bytes())
    return "\f".join(sheet.extract_text() for sheet in PdfReader(path).pages)


def squeezed(text: str) -> str:
    """Without spaces and breaks; the characters that a PDF keeps in older forms as the usual ones."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("width", [1280, 360])
def test_a_place_on_the_body_is_marked_by_tap_and_by_keyboard(
    live_server: Any, chromium: Any, width: int
) -> None:
    who = cast()
    found = given(who)
    nurse = Desk(chromium, live_server, who.care_home_nurse, width)

    passes(nurse, "check_skin_at_departure", found.pk, width=width)
    nurse.page.click("a[href='#skin-SACRUM'] ellipse")
    nurse.page.select_option("[name=SACRUM-finding]", "PRESSURE_INJURY")
    nurse.page.focus("a[href='#skin-LEFT_HEEL']")
    nurse.page.keyboard.press("Enter")
    nurse.page.select_option("[name=LEFT_HEEL-finding]", "BRUISE")
    shot(nurse, f"skin_{width}")
    nurse.press("main form.form .button.primary")
    passes(nurse, "transfer", found.pk, width=width)
    shot(nurse, f"transfer_{width}")

    assert [one["region"] for one in found.skin_checks.get().findings] == ["SACRUM", "LEFT_HEEL"]
