"""A session that ends: the page says so beforehand, one press goes on, and what was typed is never lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import override_settings
from django.urls import reverse

from tests.browser.chromium import barriers
from tests.browser.hands import Hands
from tests.browser.story import Story
from yiyang.access.tests.factories import PASSWORD
from yiyang.people.models import Person

WARNING = "You will be signed out"
OVER = "You were signed out"


@pytest.fixture
def form(story: Story) -> str:
    story.given_the_elder_is_in_a_bed_of(story.who.care_home, "INSTITUTION", "3-205")
    return reverse("people:add_contact", args=[story.elder.pk])


def typed(hands: Hands, path: str) -> Any:
    assert hands.goes_to(path) == 200
    hands.types("Name", "王小红")
    return hands.page


def ends_at() -> Any:
    return Session.objects.latest("expire_date").expire_date


@pytest.mark.parametrize("width", [1280, 360])
def test_one_press_goes_on_and_keeps_what_was_typed(story: Story, form: str, width: int) -> None:
    with override_settings(SESSION_COOKIE_AGE=122):
        page = typed(story.at_browser(story.who.care_home_nurse, width=width), form)
        page.get_by_role("dialog", name=WARNING).wait_for(timeout=30_000)
        assert barriers(page) == []
        assert page.evaluate("document.activeElement.textContent") == "Stay signed in"
        before = ends_at()
    with override_settings(SESSION_COOKIE_AGE=3600):
        page.keyboard.press("Enter")
        page.get_by_role("dialog").wait_for(state="detached")

    assert (ends_at() - before).total_seconds() > 3000
    assert page.get_by_role("textbox", name="Name").first.input_value() == "王小红"


def test_after_the_end_one_signs_in_elsewhere_and_comes_back_to_what_was_typed(
    story: Story, form: str
) -> None:
    nurse = story.who.care_home_nurse
    with override_settings(SESSION_COOKIE_AGE=12):
        hands = story.at_browser(nurse)
        hands.goes_to(form)
        hands.page.get_by_role("dialog", name=WARNING).wait_for()
        hands.page.keyboard.press("Escape")  # the warning can be put aside
        page = hands.types("Name", "王小红").page
        page.get_by_role("dialog", name=OVER).wait_for(timeout=30_000)
        assert barriers(page) == []
    with page.expect_popup() as opened:
        page.keyboard.press("Enter")
    elsewhere = opened.value
    elsewhere.get_by_role("textbox", name="Login").fill(nurse.account.login)
    elsewhere.get_by_role("textbox", name="Password").fill(PASSWORD)
    elsewhere.keyboard.press("Enter")
    elsewhere.wait_for_url(hands.address + "/")
    elsewhere.close()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.get_by_role("dialog").wait_for(state="detached")

    assert page.get_by_role("textbox", name="Name").first.input_value() == "王小红"
    page.get_by_role("combobox").first.select_option(index=1)
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    assert Person.objects.get().contacts.get().full_name == "王小红"


def test_an_elders_page_warns_in_its_large_letters(story: Story) -> None:
    from yiyang.access.tests.factories import family

    elder = family(person_id=story.elder.pk, name="王秀英")
    elder.account.density = "elder"
    elder.account.save()
    with override_settings(SESSION_COOKIE_AGE=122):
        hands = story.at_browser(elder, language="zh-hans", width=360).opens("people:person", story.elder.pk)
        box = hands.page.get_by_role("dialog", name="您将在")
        box.wait_for(timeout=30_000)

        assert box.get_by_role("button", name="继续使用").evaluate("e => e.offsetHeight") >= 60
        assert barriers(hands.page) == []
