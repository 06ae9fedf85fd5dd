"""A machine whose clock the test sets."""

from __future__ import annotations

from datetime import datetime, timedelta

from yiyang.kernel.time import SteadyClock


class Machine(SteadyClock):
    def __init__(self, shows: datetime) -> None:
        self.shows, self.runs_for = shows, timedelta()
        super().__init__()

    def machine(self) -> datetime:
        return self.shows

    def elapsed(self) -> timedelta:
        return self.runs_for

    def passes(self, time: timedelta) -> datetime:
        self.shows, self.runs_for = self.shows + time, self.runs_for + time
        return self.now()

    def is_set(self, by: timedelta) -> datetime:
        self.shows += by
        return self.now()
