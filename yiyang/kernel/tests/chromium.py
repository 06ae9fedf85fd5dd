"""Real Chromium for the tests of every context: where it is, when it can be asked, one browser for a module."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
BUILD = ROOT / "yiyang" / "kernel" / "static" / "kernel" / "build" / "yiyang.js"
# The shell is the same engine without the windows and menus that a person needs. The program itself goes before
# Debian's script of that name, which would stay beside it as a process of its own.
PROGRAMS = os.pathsep.join(("/usr/lib/chromium", os.environ.get("PATH", os.defpath)))
CHROMIUM = shutil.which("chromium-headless-shell", path=PROGRAMS) or shutil.which("chromium")
# Only what is wrong is gathered, without the paths of elements that are shown by their HTML.
RULES = """axe.run(document, {
  resultTypes: ['violations'],
  runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'],
  selectors: false,
})"""

IN_CHROMIUM = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="chromium-headless-shell is not installed"),
    pytest.mark.skipif(not (AXE.exists() and BUILD.exists()), reason="run npm ci and npm run build"),
    pytest.mark.django_db(transaction=True),
]


@contextmanager
def started(*arguments: str) -> Iterator[Any]:
    """A browser; it ends with the block, because its event loop lives in this thread."""
    from playwright.sync_api import sync_playwright

    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", *arguments])
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with started() as browser:
        yield browser


@pytest.fixture(autouse=True)
def nothing_stays_open(chromium: Any, transactional_db: None) -> Iterator[None]:
    """A page that is left open goes on asking the server, while the database is emptied for the next test."""
    yield
    for context in list(chromium.contexts):
        for page in context.pages:
            with suppress(Exception):  # a page that asks for ever is closed all the same
                page.wait_for_load_state("networkidle", timeout=3000)
        context.close()


def barriers(page: Any) -> list[tuple[str, str]]:
    """What axe finds on the page as it is shown now."""
    page.evaluate(AXE.read_text())
    return [(found["id"], found["nodes"][0]["html"]) for found in page.evaluate(RULES)["violations"]]
