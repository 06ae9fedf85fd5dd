"""The clock of the record: after an upgrade, and when the lists of a policy have changed, entries are judged anew.
Thin: calls commands."""

from __future__ import annotations

import time as stopwatch

from django.db import close_old_connections
from procrastinate.contrib.django import app

from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.records.commands import judge_topics
from yiyang.records.queries.topics import to_judge

SECONDS = 20.0
"""So much of each minute, that everything else goes on beside it."""


@app.periodic(cron="* * * * *")
@app.task(name="yiyang.records.jobs.judge", queue="clock", queueing_lock="records.judge")
def judge(timestamp: int = 0) -> None:
    close_old_connections()
    try:
        judge_some(SECONDS)
    finally:
        close_old_connections()


def judge_some(seconds: float) -> None:
    """Some at a time; what a killed worker left is gone on with."""
    until = stopwatch.monotonic() + seconds
    while to_judge() and stopwatch.monotonic() < until:
        judge_topics(by=SYSTEM, at=now())
