"""Every sheet that somebody holds in the hand: on paper what the screen says, nothing blank, in both languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from tests.browser.chromium import barriers
from tests.browser.hands import Hands
from yiyang.access.tests.factories import Cast, cast
from yiyang.beds import commands
from yiyang.beds.tests.factories import allocated, bed, person, stay, transfer
from yiyang.duty.tests import factories as duty
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people import commands as people
from yiyang.people.commands.consenting import Said
from yiyang.people.rules.consents import Witness
from yiyang.people.rules.kinds_of_data import KindOfData, Sensitive

LONG_NAME = "阿不都热合曼·买买提依明·吐尔逊江·努尔买买提"
LONGER = "一家名字字数特别多的五床联动签约示范养老服务有限公司综合照护中心"
UNKNOWN = {"en": "not known", "zh-hans": "不详"}
NOBODY = {"en": "nobody", "zh-hans": "无人"}
MEDICINES = [
    {"name": f"第{n}种药品缓释片", "dose": "30 mg 口服", "times": "3", "amount": f"{n} 片"}
    for n in range(1, 41)
]
# A PDF keeps some characters as the radicals that look like them.
RADICALS = str.maketrans("⻓⺠⻔⻋⻅⻚⻛⻝⻢⻥⻦⻮⻰⻩⻘⻄⻆⺟", "长民门车见页风食马鱼鸟齿龙黄青西角母")
VALUABLES = [{"what": f"第{n}件首饰", "number": 1} for n in range(1, 13)]
HANDED_OVER = {
    "condition": "神志清，体温 38.5", "medicines_carried": MEDICINES, "hearing_aid": "LEFT", "cash_fen": 12050,
    "valuables": VALUABLES, "counted_by": "李敏", "counted_with": "张丽",
}  # fmt: skip


def moved(who: Cast, name: str, sheet: dict[str, Any] | None) -> Any:
    """Somebody for whom a bed is given elsewhere; handed over in full, or not at all."""
    elder = person(name)
    stay(elder, bed(who.care_home))
    asked = transfer(who.care_home_nurse, elder)
    found = allocated(
        who.care_home_nurse, asked, who.ward_doctor, who.admission_office, who.hospital,
        bed(who.hospital, "HOSPITAL"),
    )  # fmt: skip
    if sheet:
        commands.hand_over(by=who.care_home_nurse, at=now(), transfer=found, sheet=sheet)
    return found


def refused(who: Cast) -> Any:
    """By somebody of whom neither sex nor age is known."""
    elder = person(LONG_NAME, sex="UNKNOWN", born_on=None)
    stay(elder, bed(who.care_home))
    asked = transfer(who.care_home_nurse, elder, urgency="ROUTINE")
    commands.record_agreement(
        by=who.care_home_nurse, at=now(), transfer=asked, outcome="REFUSED", by_whom="PERSON",
        name=elder.full_name, how="IN_PERSON", statement="我不去，我就住在这里。",
    )  # fmt: skip
    return asked


def agreed(who: Cast, elder: Any, **terms: Any) -> Any:
    terms = {"kind": "ADMISSION", **terms}
    return people.sign_agreement(
        by=who.care_home_manager, at=now(), person=elder, unit_id=who.care_home.pk, from_on=now().date(),
        to_on=None, signed_on=now().date(), signer=elder.full_name, capacity="PERSON", paper=b"%PDF", **terms,
    )  # fmt: skip


def sheets(who: Cast) -> Iterator[tuple[str, Any, str, str, str]]:
    """What it is, who prints it, its address, the screen that says the same, and what must stand on it."""
    full, bare = moved(who, LONG_NAME, HANDED_OVER), moved(who, LONG_NAME, None)
    no, nurse, manager = refused(who), who.care_home_nurse, who.care_home_manager
    screen = reverse("beds:transfer", args=[full.pk])
    for name in ("transfer_sheet", "valuables_sheet"):
        yield f"{name}, full", nurse, reverse(f"beds:{name}", args=[full.pk]), screen, LONG_NAME
        yield f"{name}, empty", nurse, reverse(f"beds:{name}", args=[bare.pk]), "", "unknown"
    setting_up = reverse("beds:establishment_form", args=[full.person_id, "INSTITUTION"])
    yield "setting up a bed, full", nurse, setting_up, "", LONG_NAME
    moving = reverse("beds:evaluation_form", args=[full.pk])
    yield "moving to another bed, full", nurse, moving, "", LONG_NAME
    yield "refusal", nurse, reverse("beds:refusal_notice", args=[no.pk]), "", "unknown"
    given = agreed(who, full.person, payer=LONGER, guarantor="王大明", hold_days=30, number="2026-0001")
    papers = reverse("people:agreements", args=[full.person_id])
    yield "agreement", manager, reverse("people:agreement_sheet", args=[given.pk]), papers, LONGER
    without = agreed(who, bare.person)
    yield "agreement, empty", manager, reverse("people:agreement_sheet", args=[without.pk]), "", "unknown"
    witnessed = Said(
        given_by=LONG_NAME, way="THUMB_PRINT", read_by="周社工",
        witnesses=[Witness("王芳", "女儿"), Witness("李大妈", "邻居")],
    )  # fmt: skip
    opened = people.give_consent(
        by=nurse, at=now(), person=full.person, organisation_id=who.chc.pk, others=[who.other_home.pk], scope="BASIC",
        kinds=KindOfData.values, labels=Sensitive.values, purpose="远程会诊", said=witnessed,
    )  # fmt: skip
    yield "consent", nurse, reverse("people:consent_sheet", args=[opened.pk]), "", "李大妈"
    yield "consent to be signed", nurse, reverse("people:consent_form", args=[bare.person_id]), "", "☐"
    post = duty.post(who.care_home, "NIGHT_DUTY", name=LONGER, telephone="021-5550 1000")
    duty.shift(post, nurse, now() - timedelta(hours=1), deputy=who.care_worker)
    week = reverse("duty:roster", args=[who.care_home.pk])
    yield "roster", manager, reverse("duty:roster_sheet", args=[who.care_home.pk]), week, "021-5550 1000"
    helped = people.start_assistance(
        by=nurse, at=now(), person=full.person, channel="COUNTER", identity_check="ID_CARD", bound_to="test"
    )
    yield "slip", nurse, reverse("people:assistance", args=[helped.pk]), "", LONG_NAME
    commands.depart(by=nurse, at=now(), transfer=full)
    commands.arrive(by=SYSTEM, at=now(), transfer=full)
    yield "questions", who.head_nurse, reverse("beds:experience_sheet", args=[full.pk]), "", LONG_NAME


def printed(page: Any) -> tuple[int, str]:
    paper = PdfReader(BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    return len(paper.pages), squeezed("".join(one.extract_text() for one in paper.pages))


def squeezed(text: str) -> str:
    """Without spaces, breaks and dashes; the characters that a PDF keeps in older forms as the usual ones."""
    return re.sub(r"[\s‐-―]+", "", unicodedata.normalize("NFKC", text).translate(RADICALS))


def said(page: Any, where: str) -> list[str]:
    """What a reader sees in these places, without what is not printed and without times, said otherwise on paper."""
    return list(
        page.eval_on_selector_all(
            where,
            """all => all.filter(e => !e.closest('.no-print, .actions') && !e.querySelector('time, dd, details, .tag'))
            .map(e => e.innerText)""",
        )
    )


def blank(page: Any) -> list[str]:
    return list(
        page.eval_on_selector_all(
            "main dd, main td, main p, main li",
            "all => all.filter(e => !e.closest('.no-print, .signed') && !e.innerText.trim()"
            " && !e.querySelector('img, svg, .line'))"
            ".map(e => e.parentElement.outerHTML.slice(0, 160))",
        )
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_sheet_says_on_paper_what_the_screen_says_and_nothing_is_blank(
    at_browser: Callable[..., Hands], language: str
) -> None:
    who, wrong, seated = cast(), [], {}
    for what, by, address, screen, must in list(sheets(who)):
        hands = seated.get(by.role) or seated.setdefault(by.role, at_browser(by, language=language))
        facts = []
        if screen:
            hands.goes_to(screen)
            facts = said(hands.page, ".handover-part dd, .handover-part td, .rows .facts dd, .shift strong")
            if "valuables" in what:
                facts = [one for one in facts if "首饰" in one or one in ("李敏", "张丽")]
        if hands.goes_to(address) != 200:
            wrong.append(f"{what}: not shown")
            continue
        wrong += [f"{what} leaves blank: {one}" for one in blank(hands.page)]
        if language == "en":
            wrong += [f"{what}: {one}" for one in barriers(hands.page)]
        pages, words = printed(hands.page)
        needed = [
            UNKNOWN[language] if must == "unknown" else must,
            *facts,
            *said(hands.page, "main dd, main td"),
        ]
        for line in {part for text in needed for part in text.split("\n")}:
            if squeezed(line) not in words:
                wrong.append(f"{what} does not print “{line}”")
        if "full" not in what and "transfer_sheet" not in what and pages > 1:
            wrong.append(f"{what} takes {pages} pages")
        if what == "roster" and NOBODY[language] not in words:
            wrong.append("the roster does not say where nobody is")

    assert not wrong, "\n".join(wrong)
