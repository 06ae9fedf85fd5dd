"""The clock of the beds context: every half minute it looks for deadlines that have passed; and long counts. Thin: calls
commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import close_old_connections
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager

from yiyang.beds import commands
from yiyang.beds.commands import deadlines
from yiyang.beds.queries import due, eligibility_change
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal, Stale
from yiyang.kernel.time import now


@app.periodic(cron="* * * * * */30")
@app.task(name="yiyang.beds.jobs.watch_deadlines", queue="clock", queueing_lock="beds.deadlines")
def watch_deadlines(timestamp: int = 0) -> None:
    """Offers, transfers, holds, leaves, reservations, places and cycles whose time has come."""
    close_old_connections()
    try:
        meet_deadlines(now())
    finally:
        close_old_connections()


def meet_deadlines(at: datetime) -> int:
    """Do what time has brought; returns how many deadlines fired. Safe to run twice and in two workers."""
    warning = timedelta(days=policy("beds.hold_warning_days", on=at.date()).value)
    fired = 0
    fired += _each(due.offers(at), lambda offer: commands.lapse_offer(by=SYSTEM, at=at, offer=offer))
    fired += _each(
        due.transfers(at),
        lambda one: commands.escalate_transfer(by=SYSTEM, at=at, transfer=one, why="UNANSWERED"),
    )
    fired += _each(due.reservations(at), lambda row: deadlines.lapse_reservation(by=SYSTEM, at=at, row=row))
    fired += _each(due.cleaning(at), lambda row: deadlines.finish_cleaning(by=SYSTEM, at=at, row=row))
    fired += _each(due.holds(at + warning), lambda row: deadlines.warn_of_hold(by=SYSTEM, at=at, row=row))
    fired += _each(due.releases(at), lambda row: deadlines.carry_out_release(by=SYSTEM, at=at, row=row))
    fired += _each(due.leaves(at), lambda leave: deadlines.tell_overdue_leave(by=SYSTEM, at=at, leave=leave))
    fired += _each(due.places(at), lambda entry: commands.lapse_places(by=SYSTEM, at=at, entry=entry))
    fired += _each(
        due.lapsed_words(at), lambda person: commands.weigh_waiting(by=SYSTEM, at=at, person=person)
    )
    fired += _each(
        due.cycles((at + warning).date()),
        lambda one: deadlines.warn_of_cycle_end(by=SYSTEM, at=at, episode=one),
    )
    return fired


def _each(found: Iterable[Any], act: Callable[[Any], Any]) -> int:
    done = 0
    for one in found:
        try:
            act(one)
            done += 1
        except Refusal:
            continue  # somebody acted in the meantime: then there is nothing left to do
    return done


@app.task(
    name="yiyang.beds.jobs.count_touched",
    queue="counting",
    retry=RetryStrategy(max_attempts=5, exponential_wait=3),
)
def count_touched(rules_id: str) -> None:
    """Whom a proposal of criteria touches. A count that was broken off is taken up again from its start."""
    close_old_connections()
    try:
        count(UUID(rules_id))
    finally:
        close_old_connections()


def queue_count(rules_id: UUID) -> None:
    """In the transaction that asks for it."""
    JobDeferrer(JobManager(DjangoConnector()), count_touched.configure().job).defer(rules_id=str(rules_id))


def count(rules_id: UUID) -> None:
    """Outside any transaction, so that its progress shows; only the result is written in one."""
    rules = eligibility_change.to_count(rules_id)
    if rules is None:
        return
    at = now()

    def tell(done: int, of: int) -> None:
        eligibility_change.under_count(rules).update(count_done=done, count_of=of)

    change = eligibility_change.touched_by(rules, at, tell)
    with suppress(Stale):  # signed, taken back, or counted anew: another count has its result
        commands.keep_count(
            by=SYSTEM, at=now(), rules=rules, change=change, against=eligibility_change.in_force(at)
        )
