"""The clock of the duty context: matters go up the ladder, gaps are told before they begin. Thin."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import close_old_connections
from django.utils.timezone import localdate
from procrastinate.contrib.django import app

from yiyang.duty import commands, queries
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.installation import messages_held
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now


@app.periodic(cron="* * * * * */20")
@app.task(name="yiyang.duty.jobs.watch_matters", queue="clock", queueing_lock="duty.matters")
def watch_matters(timestamp: int = 0) -> None:
    """Whoever is to be told next is told; a restored installation waits until its messages are let out."""
    close_old_connections()
    try:
        if not messages_held():
            go_on(now())
    finally:
        close_old_connections()


@app.periodic(cron="*/10 * * * *")
@app.task(name="yiyang.duty.jobs.watch_gaps", queue="clock", queueing_lock="duty.gaps")
def watch_gaps(timestamp: int = 0) -> None:
    """Gaps that begin soon."""
    close_old_connections()
    try:
        if not messages_held():
            tell_gaps(now())
    finally:
        close_old_connections()


def go_on(at: datetime) -> int:
    """Take each matter one step on; safe to run twice and in two workers."""
    done = 0
    for matter in queries.matters_due(at):
        try:
            commands.go_on_with_matter(by=SYSTEM, at=at, matter=matter)
            done += 1
        except Refusal:
            continue  # another worker was faster, or it was acted on in the meantime
    return done


def tell_gaps(at: datetime) -> int:
    """Tell gaps that begin within the time of the policy, each once."""
    hours = policy("duty.gap_notice_hours", on=localdate(at)).value
    start = at.replace(second=0, microsecond=0)
    found = queries.all_gaps(start, at + timedelta(hours=2 * hours))
    new = [one for one in found if one.told_at is None and start < one.since <= at + timedelta(hours=hours)]
    new += [one for one in found if one.since == start and not queries.gap_is_known(one.post.pk, at)]
    for gap in new:
        commands.tell_gap(by=SYSTEM, at=at, post=gap.post, since=gap.since, until=gap.until)
    return len(new)
