"""The components in real Chromium: accessible in both densities, themes and languages, on a phone too."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from yiyang.kernel.tests.chromium import IN_CHROMIUM, barriers, chromium

__all__ = ["chromium"]

pytestmark = IN_CHROMIUM


@pytest.fixture(autouse=True)
def samples() -> Iterator[None]:
    with override_settings(DEMO=True, PUSH_PORT=None):
        yield


def opened(chromium: Any, url: str, width: int = 1280, **cookies: str) -> tuple[Any, list[str]]:
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, is_mobile=width < 500, has_touch=width < 500
    )
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in cookies.items()])
    page, complaints = context.new_page(), []
    page.on(
        "console",
        lambda m: (
            complaints.append(m.text) if m.type == "error" and "/events" not in m.location["url"] else None
        ),
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(url)
    page.wait_for_load_state("load")
    return page, complaints


@pytest.mark.parametrize("path", ["/gallery/", "/gallery/elder/", "/nowhere/"])
@pytest.mark.parametrize(("width", "language", "theme"), [(1280, "zh-hans", "light"), (360, "en", "dark")])
def test_every_component_is_accessible_and_fits(
    live_server: Any, chromium: Any, path: str, width: int, language: str, theme: str
) -> None:
    page, complaints = opened(chromium, live_server.url + path, width, django_language=language, theme=theme)

    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert [c for c in complaints if "404" not in c] == []


def test_no_request_leaves_the_installation(live_server: Any, chromium: Any) -> None:
    page, _complaints = opened(chromium, live_server.url + "/404-is-a-page-too")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(live_server.url + "/gallery/")
    page.wait_for_selector(".chart-canvas.drawn")

    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []


def test_errors_take_the_focus_and_lead_to_their_field(live_server: Any, chromium: Any) -> None:
    page, _complaints = opened(chromium, live_server.url + "/gallery/")

    assert page.evaluate("document.activeElement.className") == "error-summary"
    page.click(".error-summary a >> nth=0")

    assert page.evaluate("document.activeElement.name") == "wrong-name"


def test_targets_are_large_enough_for_old_hands(live_server: Any, chromium: Any) -> None:
    page, _complaints = opened(chromium, live_server.url + "/gallery/elder/", 360, django_language="zh-hans")

    heights = page.evaluate(
        "[...document.querySelectorAll('main .button, .door')].map(e => e.getBoundingClientRect().height)"
    )
    sizes = page.evaluate(
        "[...document.querySelectorAll('main p, main li, main a')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    )

    assert min(heights) >= 60
    assert min(sizes) >= 18


def test_the_question_mark_shows_the_keys_and_g_goes(live_server: Any, chromium: Any) -> None:
    page, _complaints = opened(chromium, live_server.url + "/gallery/", django_language="en")

    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    assert "Show the keys" in page.inner_text("dialog")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("t")

    page.wait_for_url("**/gallery/#transfers")


LIVE_PAGE = """<!doctype html><html lang="en"><head><title>live</title><meta name="push-url" content="/events">
<script src="/static/kernel/build/yiyang.js" defer></script></head><body><div id="not-live" role="status"></div>
<div id="board" data-live="/board-now" data-topics="occupancy.">old</div>
<div id="other" data-live="/other-now" data-topics="contract.">old</div>
<script type="application/json" id="words">{"not_live": "Not live since {time}."}</script></body></html>"""


def live_page(live_server: Any, chromium: Any) -> Any:
    page = chromium.new_context().new_page()
    page.route("**/live-page", lambda route: route.fulfill(body=LIVE_PAGE, content_type="text/html"))
    page.route("**/board-now", lambda route: route.fulfill(body="<b>new</b>", content_type="text/html"))
    page.route("**/other-now", lambda route: route.fulfill(body="<b>new</b>", content_type="text/html"))
    return page


def test_a_fact_refreshes_what_shows_its_topic_and_nothing_else(live_server: Any, chromium: Any) -> None:
    page = live_page(live_server, chromium)
    fact = f"id: 1.2.a\nevent: fact\ndata: {json.dumps({'name': 'occupancy.opened'})}\n\nretry: 60000\n\n"
    page.route("**/events*", lambda route: route.fulfill(body=fact, content_type="text/event-stream"))

    page.goto(live_server.url + "/live-page")
    page.wait_for_selector("#board b")

    assert page.inner_text("#other") == "old"


def test_a_page_that_is_not_live_says_since_when(live_server: Any, chromium: Any) -> None:
    page = live_page(live_server, chromium)
    page.route("**/events*", lambda route: route.fulfill(status=503, body=""))

    page.goto(live_server.url + "/live-page")
    page.wait_for_function("document.getElementById('not-live').textContent.startsWith('Not live since')")


def test_a_browser_that_cannot_read_aloud_says_so_instead_of_hiding_it(
    live_server: Any, chromium: Any
) -> None:
    page, _complaints = opened(chromium, live_server.url + "/gallery/elder/", 360, django_language="zh-hans")
    page.add_init_script("delete window.speechSynthesis")
    page.reload()

    page.click("[data-read-aloud]")

    assert "无法朗读" in page.inner_text("[data-read-aloud-status]")


ASKING_PAGE = """<!doctype html><html lang="en"><head><title>asking</title>
<script src="/static/kernel/build/yiyang.js" defer></script></head><body><a href="/{question}" data-dialog>End it</a></body></html>"""
QUESTION = """<!doctype html><html><body><h1>End it?</h1><div class="confirm"><form method="post">{field}
<button class="button danger">End it</button> <a class="button quiet" href="/asking">Back</a></form></div></body></html>"""


@pytest.mark.parametrize(("field", "focused"), [("", "Back"), ("<input name=why>", "")])
def test_a_question_without_a_field_begins_at_the_way_back(
    live_server: Any, chromium: Any, field: str, focused: str
) -> None:
    page = chromium.new_context().new_page()
    asking, question = ASKING_PAGE.format(question="question"), QUESTION.format(field=field)
    page.route("**/asking", lambda route: route.fulfill(body=asking, content_type="text/html"))
    page.route("**/question", lambda route: route.fulfill(body=question, content_type="text/html"))
    page.goto(live_server.url + "/asking")

    page.click("a[data-dialog]")
    page.wait_for_selector("dialog[open]")

    assert page.evaluate("document.activeElement.textContent") == focused
    assert page.evaluate("document.querySelector('dialog').contains(document.activeElement)")
