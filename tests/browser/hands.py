"""Somebody at a browser: what they open, press by keyboard, type and see, found as a screen reader finds it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.test import Client
from django.urls import reverse

from yiyang.access.tests.factories import PASSWORD

# A part that is fetched by itself stands as a link until it has come; without scripts it stays one.
PARTS_ARE_THERE = """() => !window.htmx || [...document.querySelectorAll('[hx-trigger="load"]')].every(
    part => !part.querySelector(`:scope > p > a[href="${part.getAttribute('hx-get')}"]`))"""

# The push process is not part of these tests: its stream is open, and silent. (To answer it from here instead would
# make the browser ask about every single file of a page, and keep none.)
SILENT_STREAM = """window.EventSource = class extends EventTarget {
  readyState = 1;
  close() {}
};"""


class Hands:
    def __init__(
        self,
        chromium: Any,
        address: str,
        actor: Any,
        *,
        language: str = "en",
        width: int = 1280,
        signed_in: bool = True,
        **window: Any,
    ) -> None:
        self.address, self.actor = address, actor
        self.complaints: list[str] = []
        self.asked_outside: list[str] = []
        self.context = chromium.new_context(
            viewport={"width": width, "height": 900}, locale="zh-CN", **window
        )
        self.context.set_default_timeout(30_000)
        self._cookie("django_language", language)
        if signed_in:
            client = Client()
            client.force_login(actor.account)
            self._cookie("sessionid", client.cookies["sessionid"].value)
        self.context.add_init_script(SILENT_STREAM)
        self.page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._notice)

    def _cookie(self, name: str, value: str) -> None:
        self.context.add_cookies([{"name": name, "value": value, "url": self.address}])

    def _hear(self, message: Any) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

    def _notice(self, request: Any) -> None:
        inside = (self.address, "data:", "blob:")
        if not request.url.startswith(inside) and "/events" not in request.url:
            self.asked_outside.append(request.url)

    def leave(self) -> None:
        """Not before the page has its parts: the database is emptied next."""
        with suppress(Exception):
            self.page.wait_for_function(PARTS_ARE_THERE, timeout=3000)
        self.context.close()

    # Opening pages

    def opens(self, name: str, *args: Any) -> Hands:
        answer = self.goes_to(reverse(name, args=args))
        assert answer == 200, f"{name} answered {answer}"
        return self

    def goes_to(self, path: str) -> int:
        return int(self.page.goto(self.address + path).status)

    def signs_in_by_keyboard(self) -> Hands:
        self.goes_to("/")
        self.page.get_by_role("textbox", name="Login").focus()
        self.page.keyboard.type(self.actor.account.login)
        self.page.keyboard.press("Tab")
        self.page.keyboard.type(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(self.address + "/")
        return self

    # Acting

    def presses(self, name: str, *, within: Any = None) -> Hands:
        """A button or a link, reached and pressed by keyboard; seldom acts are first unfolded."""
        place = within or self.page
        button = place.get_by_role("button", name=name, exact=True)
        wanted = button.or_(place.get_by_role("link", name=name, exact=True)).first
        if not wanted.is_visible():
            self.unfolds("More")
        wanted.focus()
        before = self.page.url
        with self.page.expect_navigation(wait_until="load"):
            self.page.keyboard.press("Enter")
        self._says_nothing_wrong(name, before)
        return self

    def _says_nothing_wrong(self, name: str, before: str) -> None:
        wrong = self.page.locator(
            ".error-summary, main .notice.danger:not(#pressing):not(:has(a[href^='tel:']))"
        )
        said = wrong.all_inner_texts()
        assert not said, f"“{name}” on {before} was answered: {' / '.join(said)}"

    def unfolds(self, name: str) -> Hands:
        summary = self.page.locator("main summary").filter(has_text=name).first
        summary.focus()
        self.page.keyboard.press("Enter")
        return self

    def chooses(self, group: str, option: str) -> Hands:
        within = self.page.get_by_role("group", name=group).last
        within.get_by_role("radio", name=option).first.check()
        return self

    def ticks(self, name: str) -> Hands:
        self.page.get_by_role("checkbox", name=name).check()
        return self

    def types(self, label: str, text: str) -> Hands:
        self.page.get_by_role("textbox", name=label).first.fill(text)
        return self

    def selects(self, label: str, option: str) -> Hands:
        self.page.get_by_role("combobox", name=label).select_option(label=option)
        return self

    # Seeing

    def sees(self, text: str) -> Hands:
        shown = self.main()
        assert text in shown, f"“{text}” is not on {self.page.url}: {shown}"
        return self

    def does_not_see(self, text: str) -> Hands:
        assert text not in self.main()
        return self

    def printed_time(self) -> str:
        """How the last time on the page reads on paper."""
        time = self.page.locator("main time").last
        return str(time.evaluate("one => getComputedStyle(one, '::before').content"))

    def main(self) -> str:
        """What stands on the page, when the parts that it fetches after itself are there."""
        self.page.wait_for_function(PARTS_ARE_THERE)
        return str(self.page.inner_text("main"))
