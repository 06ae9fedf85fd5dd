"""Lets the district live, at any speed: what keeps a demo alive is the load generator and the soak test too.

`speed` says how many times faster than life, `clients` how many do it at once, and `seed` makes a run repeatable:
one client with the same seed does the same in the same district. Every ten seconds the board is asked whether the
figures of every unit add up.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from random import Random

from yiyang.demo.api import Client, Refused
from yiyang.demo.life import Life
from yiyang.demo.posts import clients as posts_of_the_district

PAUSE_SECONDS = 12.0  # between two acts in a district that lives as fast as life
LOOK_EVERY = 10.0
REPORT_EVERY = 60.0
STATES = ("present", "held", "reserved", "cleaning", "maintenance", "free", "closed")


@dataclass
class Pace:
    """How fast, how long, and how many at once; without minutes or acts it goes on until it is stopped."""

    speed: float = 1.0
    seed: int = 1
    clients: int = 1
    minutes: float = 0.0
    acts: int = 0

    @property
    def pause(self) -> float:
        """Seconds between two acts of one client; none at all when acts are counted."""
        return 0.0 if self.acts else PAUSE_SECONDS * self.clients / self.speed


@dataclass
class Outcome:
    """What was done, by name (`refused …` are the noes that belong to life), and what should not have happened."""

    done: Counter[str] = field(default_factory=Counter)
    failed: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    calls: int = 0
    boards: int = 0
    lasted: float = 0.0

    def __str__(self) -> str:
        times = sorted(self.seconds) or [0.0]
        middle, slow = times[len(times) // 2], times[int(len(times) * 0.95)]
        return (
            f"{self.done.total()} acts, {self.calls} calls in {self.lasted:.0f} s "
            f"(p50 {middle * 1000:.0f} ms, p95 {slow * 1000:.0f} ms); "
            f"{self.boards} boards looked at; failed: {dict(self.failed) or 'nothing'}\n{dict(self.done)}"
        )


def simulate(*, base_url: str, pace: Pace, say: Callable[[str], None]) -> Outcome:
    """Live on until stopped, or for so many minutes or acts."""
    posts = posts_of_the_district(base_url)
    lives = [
        Life([_alone(post) for post in posts], Random(f"{pace.seed}:{number}"))
        for number in range(pace.clients)
    ]
    watcher = Watcher(_alone(next(post for post in posts if post.role == "COORDINATOR")))
    began = time.monotonic()
    until = began + pace.minutes * 60 if pace.minutes else float("inf")
    told = looked = began
    with ThreadPoolExecutor(pace.clients) as pool:
        running = [pool.submit(_live, life, pace, until) for life in lives]
        while not all(one.done() for one in running):
            time.sleep(0.2)
            if time.monotonic() - looked >= LOOK_EVERY:
                looked = time.monotonic()
                watcher.look()
            if time.monotonic() - told >= REPORT_EVERY:
                told = time.monotonic()
                say(str(_outcome(lives, watcher, told - began)))
        for one in running:
            one.result()
    watcher.look()
    return _outcome(lives, watcher, time.monotonic() - began)


def _alone(post: Client) -> Client:
    """The same post on a line of its own."""
    return replace(post, line=None, seconds=deque(maxlen=post.seconds.maxlen), calls=0)


def _live(life: Life, pace: Pace, until: float) -> None:
    due = time.monotonic()
    while time.monotonic() < until and (not pace.acts or _acts(life) < pace.acts):
        life.act()
        due = max(
            due + pace.pause, time.monotonic() - LOOK_EVERY
        )  # what was missed long ago is not made up for
        time.sleep(max(0.0, min(due, until) - time.monotonic()))


def _acts(life: Life) -> int:
    return life.done.total() + life.failed.total()


def _outcome(lives: list[Life], watcher: Watcher, lasted: float) -> Outcome:
    found = Outcome(lasted=lasted, boards=watcher.boards, failed=Counter(watcher.failed))
    for life in lives:
        found.done += life.done
        found.failed += life.failed
        for post in life.posts:
            found.seconds += post.seconds
            found.calls += post.calls
    return found


@dataclass
class Watcher:
    """Asks the board, as the coordinator sees it, whether every unit's figures add up."""

    coordinator: Client
    boards: int = 0
    failed: Counter[str] = field(default_factory=Counter)

    def look(self) -> None:
        try:
            lines = self.coordinator.get("/board")["lines"]
        except (OSError, Refused) as error:
            self.failed[f"no board ({error})"[:80]] += 1
            return
        self.boards += 1
        for line in lines:
            if sum(line[state] for state in STATES) != line["open"]:
                self.failed[f"figures of {line['unit']['name']} do not add up"] += 1
