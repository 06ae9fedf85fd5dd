"""Every five seconds what changed is looked at; each subscription that has something to tell gets a job of its own."""

from __future__ import annotations

from uuid import UUID

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager

from yiyang.gateways.fhir.subscriptions import commands, queries, working
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.installation import messages_held
from yiyang.kernel.time import now


@app.periodic(cron="* * * * * */5")
@app.task(
    name="yiyang.gateways.fhir.subscriptions.jobs.look", queue="clock", queueing_lock="subscriptions.look"
)
def look(timestamp: int = 0) -> None:
    """After a restore nothing goes out until an operator has looked at the data."""
    close_old_connections()
    try:
        if messages_held():
            return
        at = now()
        working.look_at_all(at)
        for hook_id in queries.due(at):
            queue_delivery(hook_id)
    finally:
        close_old_connections()


@app.task(name="yiyang.gateways.fhir.subscriptions.jobs.deliver", queue="messages")
def deliver(hook_id: str) -> None:
    close_old_connections()
    try:
        if not messages_held():
            working.deliver(UUID(hook_id))
    finally:
        close_old_connections()


def queue_delivery(hook_id: UUID) -> None:
    job = deliver.configure(queueing_lock=f"subscription.{hook_id}").job
    try:
        JobDeferrer(JobManager(DjangoConnector()), job).defer(hook_id=str(hook_id))
    except AlreadyEnqueued:
        return


@app.periodic(cron="43 3 * * *")
@app.task(
    name="yiyang.gateways.fhir.subscriptions.jobs.forget", queue="clock", queueing_lock="subscriptions.forget"
)
def forget(timestamp: int = 0) -> None:
    """What was told a week ago is forgotten; what was given up stays until it is told or the subscription goes."""
    close_old_connections()
    try:
        commands.forget_events(by=SYSTEM, at=now())
    finally:
        close_old_connections()
