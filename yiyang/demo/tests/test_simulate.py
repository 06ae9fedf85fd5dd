"""The simulator drives the public API alone, does the same for the same seed, and its figures add up."""

from __future__ import annotations

import json
from collections import Counter, deque
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from django.db import transaction
from django.test import Client as Browser

from yiyang.access.areas import folder
from yiyang.beds.queries.promises import broken_promises
from yiyang.demo.api import Client, Refused
from yiyang.demo.build import build
from yiyang.demo.life import Life
from yiyang.demo.posts import clients
from yiyang.demo.simulate import STATES, Pace, Watcher

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not (folder() / "areas.csv").exists(), reason="the list of areas is not installed"),
]


class Inside(Client):
    """Asks the API in this process, inside the test's transaction."""

    def _once(self, method: str, path: str, content: str | None, headers: dict[str, str]) -> Any:
        answer = Browser(raise_request_exception=True).generic(
            method, f"/api{path}", content or "", content_type="application/json", headers=headers
        )
        found = json.loads(answer.content) if answer.content else None
        if answer.status_code >= 400:
            raise Refused(answer.status_code, found)
        return found


@pytest.fixture
def posts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Client]]:
    build(area="310106", people=150, progress=lambda text: None, seed=7)
    yield [Inside(one.base_url, one.token, one.unit, one.role, one.name) for one in clients("http://inside")]


def live(posts: list[Client], seed: str, acts: int) -> tuple[list[str], Life]:
    """What happened, one thing after another; all of it is taken back."""
    life, course = Life(posts, Random(seed)), []
    with transaction.atomic():
        for _ in range(acts):
            before = Counter(life.done)
            life.act()
            course += list(life.done - before)
        assert broken_promises() == []
        transaction.set_rollback(True)
    return course, life


def test_the_same_seed_does_the_same_and_another_one_something_else(posts: list[Client]) -> None:
    first, life = live(posts, "3", 50)

    assert life.failed == {}
    assert len(set(first)) > 8, Counter(first)
    assert live(posts, "3", 50)[0] == first
    assert live(posts, "4", 12)[0] != first[:12]


def test_the_watcher_finds_figures_that_do_not_add_up(posts: list[Client]) -> None:
    coordinator = next(one for one in posts if one.role == "COORDINATOR")
    watcher = Watcher(coordinator)
    watcher.look()
    assert (watcher.boards, watcher.failed) == (1, {})

    lines = coordinator.get("/board")["lines"]
    lines[0]["open"] += 1
    watcher.coordinator = type("Wrong", (), {"get": lambda self, path: {"lines": lines}})()  # type: ignore[assignment]
    watcher.look()

    assert len(watcher.failed) == 1
    assert set(STATES) < set(lines[0])


def test_a_faster_life_has_shorter_pauses_however_many_share_it() -> None:
    assert Pace(speed=1).pause == 12
    assert Pace(speed=60, clients=4).pause == 0.8
    assert Pace(acts=10).pause == 0


def test_a_client_keeps_the_times_of_its_last_calls_alone() -> None:
    assert Client("", "", "", "", "").seconds == deque(maxlen=2000)
