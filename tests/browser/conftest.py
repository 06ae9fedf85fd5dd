"""Journeys in real Chromium over a live server: one browser for all of them, one clock for all threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.http import FileResponse

from tests.browser.chromium import AXE_ADDRESS
from tests.browser.hands import Hands
from tests.browser.story import Story
from yiyang.kernel import time
from yiyang.kernel.tests.chromium import AXE, BUILD, CHROMIUM, started


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = os.path.dirname(__file__)
    missing = None
    if not CHROMIUM:
        missing = "Chromium is not installed (apt install chromium-headless-shell)"
    elif not (AXE.exists() and BUILD.exists()):
        missing = "the front end is not built (npm ci, npm run build)"
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))
            if missing:
                item.add_marker(pytest.mark.skip(reason=missing))


# A microphone that beeps, and nobody who has to allow it.
MICROPHONE = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Any]:
    """One browser for the whole folder; it ends with it, because its event loop lives in this thread."""
    with started(*MICROPHONE) as browser:
        yield browser


@pytest.fixture(autouse=True, scope="package")
def _style_sheets_are_kept() -> Iterator[None]:
    """By the browser, for as long as a window is open; the product names them by their content and says the same."""
    served = StaticFilesHandler.serve

    def serve(handler: StaticFilesHandler, request: Any) -> Any:
        if request.path == AXE_ADDRESS:
            answer = FileResponse(AXE.open("rb"), content_type="text/javascript")
        else:
            answer = served(handler, request)
        answer["Cache-Control"] = "max-age=3600"
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandler, "serve", serve)
        yield


@pytest.fixture
def at_browser(live_server: Any, chromium: Any) -> Iterator[Callable[..., Hands]]:
    """`at_browser(actor)`: somebody of the cast, signed in, at a window of their own."""
    opened: list[Hands] = []

    def sit_down(actor: Any, **how: Any) -> Hands:
        opened.append(Hands(chromium, live_server.url, actor, **how))
        return opened[-1]

    yield sit_down
    for one in opened:
        one.leave()


@pytest.fixture
def story(at_browser: Callable[..., Hands]) -> Story:
    return Story(at_browser)


class Clock:
    """Stands in for the clock of one thread: what it shows holds for the live server's threads too."""

    def __init__(self) -> None:
        self.shown: datetime | None = None

    def get(self) -> datetime | None:
        return self.shown

    def set(self, instant: datetime | None) -> datetime | None:
        before, self.shown = self.shown, instant
        return before

    reset = set


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(time, "_fixed", clock)
    return clock
