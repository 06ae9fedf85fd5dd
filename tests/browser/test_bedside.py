"""An assessment at the bedside without a connection: kept on the device, sent by itself, and never lost to another's."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from tests.browser.chromium import barriers
from tests.browser.hands import SILENT_STREAM, Hands
from tests.browser.story import NAME, Story
from yiyang.access.tests.factories import actor
from yiyang.assessments import commands
from yiyang.assessments.models import Assessment
from yiyang.assessments.tests.factories import WELL, draft
from yiyang.kernel.tests.chromium import CHROMIUM
from yiyang.kernel.time import now

STATUS = "#saved [role=status]"
LEFT = "async () => [...await caches.keys(), ...(await indexedDB.databases()).map(one => one.name)]"
NO_LINE = ("ERR_INTERNET_DISCONNECTED", "ERR_FAILED")


class Telephone:
    """A browser of its own, that keeps what it keeps in one folder, and whose process can be killed."""

    def __init__(self, chromium: Any, folder: Path) -> None:
        self._chromium, self._folder = chromium, folder
        self._window: dict[str, Any] = {}

    def new_context(self, **window: Any) -> Any:
        self._window = window
        return self._chromium.browser_type.launch_persistent_context(
            self._folder, executable_path=CHROMIUM, args=["--no-sandbox"], **window
        )

    def dies(self, hands: Hands) -> None:
        """Killed without a word, and started again where there is no network. Who signed in is signed in."""
        signed_in = hands.context.cookies()
        [process] = filter(self._is_mine, Path("/proc").glob("[0-9]*/cmdline"))
        with hands.context.expect_event("close"):
            os.kill(int(process.parent.name), signal.SIGKILL)
        hands.context = self.new_context(**self._window)
        hands.context.set_default_timeout(30_000)
        hands.context.set_offline(True)
        hands.context.add_cookies(signed_in)
        hands.context.add_init_script(SILENT_STREAM)

    def _is_mine(self, command: Path) -> bool:
        try:
            words = command.read_bytes().decode(errors="replace")
        except OSError:
            return False
        return f"--user-data-dir={self._folder}" in words and "--type=" not in words


@pytest.fixture
def telephone(chromium: Any, tmp_path: Path) -> Telephone:
    return Telephone(chromium, tmp_path / "telephone")


@pytest.fixture
def held(telephone: Telephone, live_server: Any) -> Iterator[Any]:
    """`held(actor)`: somebody signed in on that telephone."""
    opened: list[Hands] = []

    def take(actor: Any) -> Hands:
        opened.append(Hands(telephone, live_server.url, actor, width=360))
        return opened[-1]

    yield take
    for one in opened:
        one.leave()


def says(page: Any, words: str) -> None:
    page.locator(STATUS).filter(has_text=words).wait_for()


def press(page: Any, name: str, key: str = "Enter", role: str = "button") -> None:
    page.get_by_role(role, name=name).focus()
    page.keyboard.press(key)


def opened(hands: Hands, found: Assessment) -> Any:
    hands.page = hands.context.new_page()
    hands.page.on("console", hands._hear)
    hands.page.on("pageerror", lambda error: hands.complaints.append(str(error)))
    hands.page.goto(hands.address + reverse("assessments:answer", args=[found.pk]))
    return hands.page


def sound(hands: Hands) -> None:
    assert barriers(hands.page) == []
    assert not hands.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    wrong = [one for one in hands.complaints if not any(word in one for word in (*NO_LINE, "409"))]
    assert not wrong and not hands.asked_outside


def test_what_is_answered_without_a_connection_is_sent_later_and_stands_beside_what_another_signed(
    story: Story, telephone: Telephone, held: Any
) -> None:
    nurse = story.who.care_home_nurse
    other = actor("CARE_HOME_NURSE", story.who.care_home, login="second-nurse")
    story.given_the_elder_is_in_a_bed_of(story.who.care_home, "INSTITUTION", "3-205")
    found = draft(nurse, story.elder, {})
    hands = held(nurse)
    page = hands.opens("assessments:answer", found.pk).page
    says(page, "All answers are sent.")
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")

    # The network is cut: a question that now is put appears by the rules on the device.
    hands.context.set_offline(True)
    assert page.get_by_role("group", name="Where somebody fell").count() == 0
    press(page, "With help", "Space", "radio")
    page.get_by_role("checkbox", name="At home").focus()
    page.keyboard.press("Space")
    page.get_by_role("textbox", name="Weight").fill("61.5")
    says(page, "3 answers wait to be sent")
    telephone.dies(hands)
    commands.answer(by=other, at=now(), assessment=found, answers={"weight": 60}, revision=found.revision)

    # The browser was killed, and is opened again without a network: everything is there, and signing waits for the summary.
    page = opened(hands, found)
    page.get_by_role("radio", name="With help").wait_for()
    assert NAME in page.inner_text("main") and page.get_by_role("radio", name="With help").is_checked()
    says(page, "3 answers wait to be sent")
    press(page, "To the summary")
    says(page, "Not signed yet")
    sound(hands)

    # With a network it goes up by itself; where somebody else answered otherwise, the assessor chooses.
    hands.context.set_offline(False)
    page.get_by_role("group", name="Weight").wait_for()
    says(page, "1 answer waits to be sent")
    found.refresh_from_db()
    assert found.answers == {"walk": "1", "fell": ["home"], "weight": 60}
    sound(hands)
    press(page, "Mine: 61.5 kg", "Space", "radio")
    press(page, "Keep what I chose")
    says(page, "All answers are sent.")
    found.refresh_from_db()
    assert found.answers["weight"] == 61.5

    # Once more without a network, while the other signs the same draft.
    hands.context.set_offline(True)
    page.get_by_role("group", name="Thoughts of self-harm").get_by_role("radio", name="Yes").focus()
    page.keyboard.press("Space")
    says(page, "1 answer waits to be sent")
    done = commands.answer(by=other, at=now(), assessment=found, answers=WELL, revision=found.revision)
    commands.sign_assessment(by=other, at=now(), assessment=done)
    hands.context.set_offline(False)
    page.get_by_role("heading", name="Your answers came too late").wait_for()
    page.get_by_text("signed it first").wait_for()
    row = page.get_by_role("row").filter(has_text="Thoughts of self-harm").inner_text()
    assert "Yes" in row and "No" in row
    sound(hands)
    with page.expect_navigation(wait_until="load"):
        press(page, "Keep mine as a new version")
    says(page, "All answers are sent.")
    amended = Assessment.objects.get(amends=found)
    found.refresh_from_db()
    assert (found.state, found.answers["harm"]) == ("SIGNED", "no")
    assert (amended.state, amended.answers["harm"]) == ("DRAFT", "yes")

    # Signing out leaves nothing on the device.
    assert page.evaluate(LEFT)
    with page.expect_navigation(wait_until="load"):
        page.get_by_role("button", name="Menu").or_(page.locator("summary", has_text="Menu")).first.click()
        page.get_by_role("button", name="Sign out").last.click()
    assert page.evaluate(LEFT) == []
