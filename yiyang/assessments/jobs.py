"""The clock of assessments: once an hour it reminds of what is due soon, and tells of what was left open. Thin: calls commands."""

from __future__ import annotations

from datetime import datetime

from django.db import close_old_connections
from procrastinate.contrib.django import app

from yiyang.assessments.commands import remind_of_due, tell_of_left_open
from yiyang.assessments.queries import due, left_open
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now


@app.periodic(cron="7 * * * *")
@app.task(name="yiyang.assessments.jobs.remind", queue="clock", queueing_lock="assessments.remind")
def remind(timestamp: int = 0) -> None:
    close_old_connections()
    try:
        remind_of_dues(now())
        tell_of_what_is_late(now())
    finally:
        close_old_connections()


def remind_of_dues(at: datetime) -> int:
    """Returns how many were reminded of; safe to run twice."""
    done = 0
    for one in due.to_remind(at):
        try:
            remind_of_due(by=SYSTEM, at=at, due=one)
            done += 1
        except Refusal:
            continue  # assessed in the meantime
    return done


def tell_of_what_is_late(at: datetime) -> int:
    """Returns how many were told; safe to run twice."""
    done = 0
    for late, rung in left_open.to_tell(at):
        try:
            tell_of_left_open(by=SYSTEM, at=at, late=late, rung=rung)
            done += 1
        except Refusal:
            continue  # another worker was faster
    return done
