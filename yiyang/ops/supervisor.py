"""Runs the processes of an installation as children: restarts what dies, stops all in order."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from yiyang.ops.postgres.runner import Runner

SLOWEST_RESTART = 30.0
CALM = 60.0  # a child that ran this long begins its back-off anew
LARGEST_LOG = 50 * 1024 * 1024


@dataclass
class Child:
    """One program that should always run. `order`: those with a high one stop first."""

    name: str
    command: list[str]
    order: int = 1
    environment: dict[str, str] = field(default_factory=dict)
    patience: float = 20.0
    on_our_death: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    start_again_at: float = 0.0

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, logs: Path) -> None:
        with (logs / f"{self.name}.log").open("ab") as log:
            self.process = Runner().start(
                self.command,
                on_our_death=self.on_our_death,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.started = time.monotonic()

    def ask_to_stop(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def sweep(self) -> None:
        """Whatever the program left behind in its process group goes with it."""
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                return

    def died(self) -> float:
        """Returns how long to wait before the next start: nothing at first, then twice as long each time."""
        if time.monotonic() - self.started > CALM:
            self.failures = 0
        delay = 0.0 if self.failures == 0 else min(SLOWEST_RESTART, 0.5 * 2**self.failures)
        self.failures += 1
        self.start_again_at = time.monotonic() + delay
        return delay


class Stop:
    """Set once by a signal. A threading.Event would not do: a signal that arrives while the main thread holds the
    event's own lock, inside wait(), waits for that lock for ever."""

    def __init__(self) -> None:
        self._set = False

    def set(self) -> None:
        self._set = True

    def is_set(self) -> bool:
        return self._set

    def wait(self, seconds: float) -> bool:
        if not self._set:
            time.sleep(seconds)
        return self._set


class Supervisor:
    def __init__(self, logs: Path, say: Callable[[str], None]) -> None:
        self.logs = logs
        self.say = say
        self.children: list[Child] = []
        self.stopping = Stop()
        self.hurry = False

    def catch_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._signalled)

    def _signalled(self, number: int, frame: FrameType | None) -> None:
        self.hurry = self.stopping.is_set()
        self.stopping.set()

    def add(self, child: Child) -> None:
        child.start(self.logs)
        self.children.append(child)

    def watch(self, each_second: Callable[[], None] = lambda: None) -> None:
        """Until a signal: start again what died."""
        ticks = 0
        while not self.stopping.wait(0.1):
            for child in self.children:
                self.look_after(child)
            ticks += 1
            if ticks % 10 == 0:
                each_second()
            if ticks % 600 == 0:
                self.trim_logs()

    def look_after(self, child: Child) -> None:
        if child.alive():
            return
        if child.process is not None:
            code = child.process.returncode
            child.sweep()
            delay = child.died()
            when = f"in {delay:.0f} s" if delay else "now"
            self.say(
                f"{child.name} stopped ({describe(code)}); it starts again {when}. Its log: {self.log(child)}"
            )
            child.process = None
        if time.monotonic() >= child.start_again_at:
            child.start(self.logs)

    def stop(self) -> None:
        """Highest order first; those of one order together."""
        for order in sorted({child.order for child in self.children}, reverse=True):
            group = [child for child in self.children if child.order == order]
            for child in group:
                child.ask_to_stop()
            for child in group:
                self.wait_for_end(child)
                child.sweep()
        self.children = []

    def wait_for_end(self, child: Child) -> None:
        until = time.monotonic() + child.patience
        while child.alive() and time.monotonic() < until and not self.hurry:
            time.sleep(0.02)
        if child.alive() and child.process:
            if not self.hurry:
                self.say(f"{child.name} did not stop in {child.patience:.0f} s and is ended.")
            child.process.kill()
            child.process.wait()

    def log(self, child: Child) -> Path:
        return self.logs / f"{child.name}.log"

    def trim_logs(self) -> None:
        """Keep one older piece of each log; writers append, so the file may be emptied under them."""
        for path in self.logs.glob("*.log"):
            if path.stat().st_size > LARGEST_LOG:
                shutil.copyfile(path, path.with_suffix(".log.1"))
                os.truncate(path, 0)


def describe(code: int | None) -> str:
    if code is None:
        return "unknown"
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
