"""The clock of the devices: room for what comes, hours packed, what is too old dropped. Thin."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import close_old_connections
from django.utils.timezone import localdate
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager
from procrastinate.tasks import Task

from yiyang.devices import commands
from yiyang.devices.commands import beats, packing
from yiyang.devices.commands.silence import AT_ONCE
from yiyang.devices.queries import alarms, aside, loan_ends, movement, silence, trials, waiting
from yiyang.devices.rules.ways import Process, Way
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.installation import messages_held
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Stale
from yiyang.kernel.time import now

BEHIND_HOURS, EVERY_MINUTES = 3, 5  # told once an hour
BEGUN_EVERY, GROUPS = 10, 200  # minutes; groups of persons in one run
BROKEN_OFF = RetryStrategy(max_attempts=5, exponential_wait=3)  # a trial that was broken off begins anew


@app.periodic(cron="*/5 * * * *")
@app.task(name="yiyang.devices.jobs.pack_readings", queue="packing", queueing_lock="devices.packing")
def pack_readings(timestamp: int = 0) -> None:
    """Closed hours become packs, late readings go into theirs, days are made. Safe to repeat, and to be killed."""
    close_old_connections()
    try:
        at = now()
        packing.pack(at)
        if (hours := packing.hours_behind(at)) > BEHIND_HOURS and at.minute < EVERY_MINUTES:
            packing.tell_packing_behind(by=SYSTEM, at=at, hours=hours)
    finally:
        close_old_connections()


@app.periodic(cron="*/15 * * * *")
@app.task(name="yiyang.devices.jobs.make_room", queue="clock", queueing_lock="devices.room")
def make_room(timestamp: int = 0) -> None:
    """Partitions ahead of their time, and those gone whose time is over."""
    close_old_connections()
    try:
        packing.make_room(now())
    finally:
        close_old_connections()


@app.periodic(cron="* * * * *")
@app.task(name="yiyang.devices.jobs.look_at_persons", queue="clock", queueing_lock="devices.looks")
def look_at_persons(timestamp: int = 0) -> None:
    """Who is not back in bed, and who has not moved for long."""
    close_old_connections()
    try:
        if not messages_held():
            look(now())
    finally:
        close_old_connections()


def look(at: datetime) -> None:
    """Safe to run twice, and to be killed: each group of persons is looked at in a transaction of its own."""
    if at.minute % BEGUN_EVERY == 0:
        movement.begin(at)
    for _ in range(GROUPS):
        if not movement.due(at, 1) or commands.look_at_persons(by=SYSTEM, at=at) < movement.AT_ONCE // 2:
            break


@app.periodic(cron="* * * * *")
@app.task(name="yiyang.devices.jobs.watch_silence", queue="clock", queueing_lock="devices.silence")
def watch_silence(timestamp: int = 0) -> None:
    """Who is not heard from, whose battery is low, dangers that nobody has taken, and messages that were set aside."""
    close_old_connections()
    try:
        if not messages_held():
            beats.beat(Process(Way.WORKER), at=now())
            watch(now())
    finally:
        close_old_connections()


@app.periodic(cron="25 * * * *")
@app.task(name="yiyang.devices.jobs.watch_loans", queue="clock", queueing_lock="devices.loans")
def watch_loans(timestamp: int = 0) -> None:
    """Loans that end soon."""
    close_old_connections()
    try:
        if not messages_held():
            tell_loan_ends(now())
    finally:
        close_old_connections()


def tell_loan_ends(at: datetime) -> int:
    """Each once, however often it is looked for."""
    days = policy("devices.loan_end_days", on=localdate(at)).value
    found = loan_ends.ending(at, at + timedelta(days=days))
    return commands.tell_loans_ending(by=SYSTEM, at=at, loans=found) if found else 0


def watch(at: datetime) -> None:
    """Safe to run twice: what is known is not told again, and nothing is written when nothing has changed."""
    found = silence.silence(at)
    known = silence.told()
    if found.devices or found.gateways or found.intake or known:
        while commands.tell_silence(by=SYSTEM, at=at, found=found) >= AT_ONCE:
            continue
    low, charged = silence.batteries(at)
    if low or charged:
        commands.tell_batteries(by=SYSTEM, at=at)
    waited = timedelta(minutes=policy("devices.contact_after_minutes", on=localdate(at)).value)
    if alarms.unacknowledged_dangers(at, at - waited):
        commands.ask_contacts_of_unanswered(by=SYSTEM, at=at, before=at - waited)
    if alarms.unseen_events(at):  # after the contacts: what is told anew now has its time again
        commands.call_again_about_unseen(by=SYSTEM, at=at)
    if aside.to_be_told():
        with suppress(Stale):  # `take-again` was faster
            commands.tell_set_aside(by=SYSTEM, at=at)


@app.task(name="yiyang.devices.jobs.try_rule", queue="counting", retry=BROKEN_OFF)
def try_rule(trial_id: str) -> None:
    """What a rule would have done to last month's readings."""
    _try(try_on_last_month, trial_id)


@app.task(name="yiyang.devices.jobs.try_waiting_times", queue="counting", retry=BROKEN_OFF)
def try_waiting_times(trial_id: str) -> None:
    """What times of waiting would have done with last month's alarms."""
    _try(try_times_on_last_month, trial_id)


def queue_trial(task: Task[Any, Any, Any], trial_id: UUID) -> None:
    """In the transaction that asks for it."""
    JobDeferrer(JobManager(DjangoConnector()), task.configure().job).defer(trial_id=str(trial_id))


def _try(try_: Callable[[UUID], None], trial_id: str) -> None:
    close_old_connections()
    try:
        try_(UUID(trial_id))
    finally:
        close_old_connections()


def try_on_last_month(trial_id: UUID) -> None:
    """Outside any transaction, so that its progress shows; only the result is written in one."""
    trial = trials.to_try(trial_id)
    if trial is None:
        return
    found = trials.run(trial, lambda done: trials.tell(trial, done))
    with suppress(Stale):
        commands.keep_trial(by=SYSTEM, at=now(), trial=trial, result=found.told, rows=found.newest)


def try_times_on_last_month(trial_id: UUID) -> None:
    """As a rule is tried."""
    trial = waiting.to_try(trial_id)
    if trial is None:
        return
    found = waiting.replay(
        trial.before, trial.minutes, trial.asked_at, lambda done, of: waiting.tell(trial, done, of)
    )
    with suppress(Stale):
        commands.keep_waiting_trial(by=SYSTEM, at=now(), trial=trial, result=found.told, rows=found.rows)
