"""The boards in real Chromium: live without a reload, pressed without scripts, accessible, phone-wide."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client, override_settings

from yiyang.access.tests.factories import family
from yiyang.beds import commands
from yiyang.beds.tests.factories import Cast, bed, cast, offered, person, room, stay, transfer
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.tests.chromium import IN_CHROMIUM, ROOT, barriers, chromium, nothing_stays_open
from yiyang.kernel.time import now

__all__ = ["chromium", "nothing_stays_open"]

pytestmark = IN_CHROMIUM


@pytest.fixture
def push() -> Iterator[int]:
    """The push process over the test's database, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = connections["default"].settings_dict
    address = f"postgresql://{own['USER']}@/{own['NAME']}?host={own['HOST']}"
    environment = {
        **os.environ,
        "DATABASE_URL": address,
        "DJANGO_SETTINGS_MODULE": "yiyang.project.settings_for_tests",
    }
    environment.pop("YIYANG_TEST_SERVER", None)  # else it would look into the database that no test uses
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "asgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    process = subprocess.Popen([*command, "yiyang.project.push:application"], env=environment, cwd=ROOT)
    for _turn in range(100):
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    yield port
    process.terminate()
    process.wait(15)


# What happens before the line is open is not told on it.
SAYS_THAT_THE_LINE_IS_OPEN = """window.EventSource = class extends EventSource {
  constructor(...given) {
    super(...given);
    this.addEventListener('open', () => { window.lineIsOpen = true; });
  }
};"""


def opened(chromium: Any, server: Any, actor: Any, path: str, width: int = 1280, **more: Any) -> Any:
    client = Client()
    client.force_login(actor.account)
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies["sessionid"].value, **more.pop("cookies", {})}
    context = chromium.new_context(viewport={"width": width, "height": 900}, **more)
    context.add_cookies([{"name": n, "value": v, "url": server.url} for n, v in cookies.items()])
    context.add_init_script(SAYS_THAT_THE_LINE_IS_OPEN)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(server.url + path)
    return page


def filled() -> tuple[Cast, Any]:
    who = cast()
    elder = person("王秀英", sex="FEMALE")
    episode = stay(elder, bed(who.care_home, label="301A", room=room(who.care_home, "301")))
    bed(who.care_home, label="301B", room=room(who.care_home, "301"), features=["OXYGEN"])
    away = stay(person("李国华", sex="MALE"), bed(who.care_home, label="302A"))
    commands.begin_leave(
        by=who.care_home_nurse, at=now(), episode=away, companion="son", due_back_at=now() + timedelta(days=1)
    )
    bed(who.hospital, "HOSPITAL")
    offered(who.care_home_nurse, transfer(who.care_home_nurse, elder), who.hospital)
    commands.join_waiting_list(
        by=SYSTEM, at=now(), person=elder, kind="INSTITUTION", list_owner=who.centre.pk
    )
    return who, episode


def test_the_board_follows_what_happens_without_a_reload(live_server: Any, chromium: Any, push: int) -> None:
    who = cast()
    place = bed(who.care_home, label="301A")
    with override_settings(PUSH_PORT=push):
        far = opened(chromium, live_server, who.stranger, "/board/")
        near = opened(chromium, live_server, who.care_home_nurse, f"/units/{who.care_home.pk}/")
        present = ".board-kinds .stat.kind-institution .stat-value"
        assert far.inner_text(present).split()[0] == "0"
        for page in (far, near):
            page.evaluate("window.notReloaded = true")
            page.wait_for_function("window.lineIsOpen")

        stay(person("王秀英"), place)

        near.wait_for_selector("text=王秀英")
        far.wait_for_function(f"document.querySelector('{present}').innerText.trim().startsWith('1')")
        assert far.evaluate("window.notReloaded")
        assert near.evaluate("window.notReloaded")
        assert "王秀英" not in far.content()


def test_a_resident_changes_bed_and_comes_back_from_leave_without_scripts(
    live_server: Any, chromium: Any
) -> None:
    who, _episode = filled()
    unit = f"/units/{who.care_home.pk}/"
    page = opened(chromium, live_server, who.care_home_nurse, unit, java_script_enabled=False)

    page.click(".bed:has-text('王秀英') summary")
    page.click(".bed:has-text('王秀英') a[href$='/change-bed/']")
    page.select_option("[name=bed]", label="三楼 301 · 301B")
    page.click("form.form button.primary")
    page.goto(live_server.url + unit)
    page.click(".board-aside li:has-text('李国华') button")

    lines = page.locator(".bed:has-text('301B')").inner_text().splitlines()
    assert (
        sum(line.startswith("王秀英") for line in lines) == 1
    )  # the name again for "record a fall" is for readers
    assert page.locator(".bed:has-text('302A') .bed-state").inner_text().strip() in ("present", "在床")
    assert page.url.endswith(unit)


def test_the_boards_are_accessible_in_the_dark_and_fit_a_phone(live_server: Any, chromium: Any) -> None:
    who, episode = filled()
    own = family(person_id=episode.person_id)
    pages = [
        (who.coordinator, "/board/"),
        (who.coordinator, "/board/beds/?kind=INSTITUTION"),
        (who.coordinator, "/waiting/"),
        (who.coordinator, "/"),
        (who.care_home_manager, f"/units/{who.care_home.pk}/"),
        (who.care_home_manager, f"/units/{who.care_home.pk}/open-bed/"),
        (who.care_home_nurse, f"/episodes/{episode.pk}/"),
        (who.care_home_nurse, f"/episodes/{episode.pk}/discharge/"),
        (who.care_home_nurse, f"/episodes/{episode.pk}/leave/"),
        (own, "/"),
    ]
    wrong = []
    with override_settings(PUSH_PORT=None):
        for actor, path in pages:
            page = opened(chromium, live_server, actor, path, 360, cookies={"theme": "dark"})
            wrong += [(path, *found) for found in barriers(page)]
            if page.evaluate("document.documentElement.scrollWidth") > 360:
                wrong.append((path, "too wide", ""))
            page.context.close()

    assert wrong == []
