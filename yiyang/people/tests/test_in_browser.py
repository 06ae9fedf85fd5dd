"""The pages about persons in real Chromium: accessible, and no wider than a phone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from yiyang.access.tests.factories import cast, family
from yiyang.people.tests.factories import person, seen_by
from yiyang.people.tests.test_screens import client, full_person

AXE = Path(__file__).resolve().parents[3] / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium")
RULES = "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed"),
    pytest.mark.skipif(not AXE.exists(), reason="run npm ci"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # playwright keeps a loop in this thread
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.mark.parametrize("width", [1280, 360])
def test_every_page_is_accessible_and_fits(live_server: Any, browser: Any, width: int) -> None:
    made = cast()
    who = full_person(made)
    other = person("王绣英", organisation_id=made.care_home.pk)
    for one in (who, other):
        seen_by(one, made.centre.pk)
    of_person = {"args": [who.pk]}
    visits: list[tuple[Any, list[str]]] = [
        (made.care_home_nurse, [
            reverse("people:search"), reverse("people:register_person"), reverse("people:break_glass"),
            *(reverse(f"people:{name}", **of_person)
              for name in ("person", "edit_person", "history", "sight", "consents", "give_consent", "delegations", "delegate_access", "add_group")),
        ]),
        (made.coordinator, [reverse("people:merge_persons", **of_person) + f"?with={other.pk}"]),
        (family(person_id=who.pk), [
            reverse(f"people:{name}", **of_person) for name in ("person", "sight", "consents", "give_consent", "delegations", "delegate_access")
        ]),
    ]  # fmt: skip

    wrong = []
    for actor, addresses in visits:
        context = browser.new_context(viewport={"width": width, "height": 900})
        session = client(actor).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        for address in addresses:
            page.goto(live_server.url + address)
            page.evaluate(AXE.read_text())
            wrong += [(address, found["id"]) for found in page.evaluate(RULES)["violations"]]
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append((address, "wider than the screen"))
        context.close()

    assert wrong == []
