"""A daughter inside WeChat's browser, on a telephone, with letters of double size; and an elder with a card."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from tests.browser.chromium import WECHAT, barriers
from tests.browser.hands import Hands
from tests.district import District, fill
from yiyang.access import commands as access
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people import commands as people
from yiyang.people.models import Person

PHONE = "13800138000"
BEYOND = """() => [...document.querySelectorAll('body *')]
  .filter(one => one.getBoundingClientRect().right > innerWidth + 1)
  .map(one => `${one.tagName}.${one.className}`).slice(0, 6)"""
DOUBLE = "document.documentElement.style.fontSize = '200%'"


@pytest.fixture
def district(db: None) -> District:
    return fill()


@pytest.fixture
def wechat(live_server: Any, chromium: Any) -> Iterator[Any]:
    """A page inside WeChat on a small telephone; what a page complains of fails the test."""
    context = chromium.new_context(viewport={"width": 360, "height": 740}, user_agent=WECHAT, locale="zh-CN")
    context.set_default_timeout(30_000)
    context.route("**/events*", lambda route: route.fulfill(body="", content_type="text/event-stream"))
    page = context.new_page()
    page.base = live_server.url
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("download", lambda _download: complaints.append("a download, which WeChat blocks"))
    yield page
    context.close()
    assert not complaints


def daughter(district: District, *persons: Person) -> Any:
    account = access.open_family_account(
        by=district.cast.care_home_nurse, at=now(), organisation=district.cast.care_home, kind="RELATIVE",
        name="甄小女", identity_check="ID_CARD", phone=PHONE,
    )  # fmt: skip
    for person in persons:
        people.delegate_access(
            by=SYSTEM, at=now(), person=person, account_id=account.pk, account_label=account.name, kinship="CHILD",
            scope="FULL", expires_at=now() + timedelta(days=30),
        )  # fmt: skip
    return account


def comes_in(page: Any, phone: str = PHONE) -> None:
    page.fill("[name=phone]", phone)
    page.keyboard.press("Enter")
    page.wait_for_url("**/code/")
    code = re.search(r"验证码是\s*(\d{6})", page.inner_text("main"))
    assert code
    page.fill("[name=code]", code.group(1))
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def fits(page: Any) -> list[str]:
    """What is wrong with the page at double size of letters: wider than the telephone, or a barrier."""
    page.evaluate(DOUBLE)
    found = [f"{page.url}: {one}" for one in barriers(page)]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append(f"{page.url} is wider than the telephone: {page.evaluate(BEYOND)}")
    return found


def test_a_forwarded_link_shows_nothing_in_wechat_until_she_says_who_she_is(
    wechat: Any, district: District
) -> None:
    daughter(district, district.person)
    link = f"{wechat.base}/people/{district.person.pk}/"

    wechat.goto(link)
    assert district.person.full_name not in wechat.content()

    wechat.click("text=用手机号登录")
    comes_in(wechat)
    assert wechat.url == link
    assert district.person.full_name in wechat.content()


def test_one_login_shows_all_her_elders_with_letters_of_double_size(wechat: Any, district: District) -> None:
    from yiyang.people.tests import factories as persons

    mother_in_law = persons.person("钱婆婆")
    daughter(district, district.person, mother_in_law)
    wrong = []

    for path in ("/sign-in/", "/sign-in/card/", "/sign-in/phone/"):
        wechat.goto(wechat.base + path)
        wrong += fits(wechat)
    comes_in(wechat)
    assert district.person.full_name in wechat.content() and "钱婆婆" in wechat.content()
    wrong += fits(wechat)
    for path in ("/account/", "/account/messages/", "/inbox/", "/account/card/lost/"):
        assert wechat.goto(wechat.base + path).status == 200
        wrong += fits(wechat)

    assert not wrong, "\n".join(wrong)


def test_a_wrong_code_says_how_many_tries_are_left_and_keeps_the_way(wechat: Any, district: District) -> None:
    daughter(district)
    wechat.goto(f"{wechat.base}/sign-in/phone/")
    wechat.fill("[name=phone]", PHONE)
    wechat.keyboard.press("Enter")
    wechat.wait_for_url("**/code/")
    code = re.search(r"验证码是\s*(\d{6})", wechat.inner_text("main"))
    assert code

    wechat.fill("[name=code]", f"{(int(code.group(1)) + 1) % 10**6:06d}")
    wechat.keyboard.press("Enter")
    wechat.wait_for_selector(".error-summary, [role=alert]")

    assert "还可以试 4 次" in wechat.inner_text("main")
    assert code.group(1) not in wechat.url and PHONE not in wechat.url


def test_a_card_is_made_at_the_counter_and_opens_by_its_square_until_it_is_lost(
    wechat: Any, district: District, at_browser: Any
) -> None:
    account = daughter(district, district.person)
    nurse: Hands = at_browser(district.cast.care_home_nurse, language="zh-hans")
    nurse.page.goto(f"{nurse.address}/accounts/families/{account.pk}/card/")
    nurse.page.check("[name=identity_check][value=ID_CARD]")
    nurse.page.fill("[name=pin]", "275918")
    nurse.page.keyboard.press("Enter")
    nurse.page.wait_for_url("**/sheet/")
    number = nurse.page.inner_text(".card-number")
    assert not barriers(nurse.page)
    [sheet] = PdfReader(BytesIO(nurse.page.pdf(format="A4"))).pages
    words = re.sub(r"\s", "", unicodedata.normalize("NFKC", sheet.extract_text()))
    assert number.replace(" ", "") in words and account.name in words

    wechat.goto(f"{wechat.base}/sign-in/card/#{number.replace(' ', '')}")
    assert wechat.input_value("[name=number]") == number
    assert "#" not in wechat.url
    wechat.fill("[name=pin]", "275918")
    wechat.keyboard.press("Enter")
    wechat.wait_for_url(f"{wechat.base}/")
    assert district.person.full_name in wechat.content()

    nurse.page.goto(f"{nurse.address}/accounts/families/{account.pk}/card/lost/")
    nurse.page.click("main button[type=submit]")
    nurse.page.wait_for_url(f"**/accounts/families/{account.pk}/")
    wechat.reload()
    assert "/sign-in/" in wechat.url and district.person.full_name not in wechat.content()


def test_the_inbox_offers_the_sound_and_remembers_that_it_is_off(district: District, at_browser: Any) -> None:
    nurse: Hands = at_browser(district.cast.care_home_nurse, language="zh-hans")
    access.notify(
        by=SYSTEM, at=now(), subject="beds.offer_declined", account=nurse.actor.account, priority="URGENT"
    )
    nurse.page.goto(f"{nurse.address}/inbox/")
    nurse.page.wait_for_selector("#pressing:not([hidden])")
    assert "紧急通知" in nurse.page.inner_text("#pressing")

    switch = nurse.page.locator("[data-sound-switch]")
    switch.click()
    assert switch.inner_text() == "打开紧急通知的声音"
    nurse.page.reload()
    assert nurse.page.locator("[data-sound-switch]").inner_text() == "打开紧急通知的声音"
