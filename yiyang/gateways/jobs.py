"""Messages leave by these jobs: each at once when it is due, the rest swept up every half minute."""

from __future__ import annotations

import json
from uuid import UUID

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager

from yiyang.access import delivering
from yiyang.gateways.fhir.bulk import jobs as bulk_jobs  # noqa: F401  (their tasks)
from yiyang.gateways.fhir.runs import jobs as import_jobs  # noqa: F401  (their tasks)
from yiyang.gateways.fhir.subscriptions import jobs as subscription_jobs  # noqa: F401
from yiyang.gateways.messages import commands, queries
from yiyang.gateways.messages.channels import Answer, carrier
from yiyang.gateways.messages.models import Delivery
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.installation import messages_held
from yiyang.kernel.time import now
from yiyang.ops.config import config


@app.task(name="yiyang.gateways.jobs.deliver", queue="messages")
def deliver(delivery_id: str) -> None:
    close_old_connections()
    try:
        attempt(UUID(delivery_id))
    finally:
        close_old_connections()


def queue_delivery(delivery_id: UUID) -> None:
    """In the transaction that planned it."""
    JobDeferrer(JobManager(DjangoConnector()), deliver.configure().job).defer(delivery_id=str(delivery_id))


@app.periodic(cron="* * * * * */30")
@app.task(name="yiyang.gateways.jobs.sweep", queue="clock", queueing_lock="messages.sweep")
def sweep(timestamp: int = 0) -> None:
    """What is due again, what was repeated in the inbox, and receipts."""
    close_old_connections()
    try:
        if not messages_held():
            sweep_once()
    finally:
        close_old_connections()


def sweep_once() -> None:
    at = now()
    for notice_id, times in delivering.reminded_notices(at):
        if not queries.was_planned(notice_id, times):
            commands.plan_deliveries(by=SYSTEM, at=at, notice_id=notice_id, reminder=times)
    for delivery_id in queries.due(at):
        attempt(delivery_id)
    for delivery in queries.receipts_due(at):
        _ask_for_receipt(delivery)


def attempt(delivery_id: UUID) -> None:
    """One attempt: taken in one transaction, sent outside any, answered in another."""
    if messages_held():
        return
    delivery = commands.begin_attempt(by=SYSTEM, at=now(), delivery_id=delivery_id)
    if delivery is not None:
        answer = _send(delivery)
        commands.note_answer(by=SYSTEM, at=now(), delivery=delivery, answer=answer)


def _send(delivery: Delivery) -> Answer:
    import httpx  # heavy; a process that calls nobody starts without it

    service = carrier(delivery.channel)
    if service is None:
        if config.mode == "demo":
            return Answer(True, "DEMO: shown here, sent nowhere")
        return Answer(False, "NOT CONFIGURED", final=True)
    try:
        return service.send(
            delivery.address_of,
            delivery.wording,
            commands.params_of(delivery),
            delivery.language,
            str(delivery.pk),
        )
    except (httpx.HTTPError, json.JSONDecodeError) as error:
        return Answer(False, type(error).__name__)


def _ask_for_receipt(delivery: Delivery) -> None:
    import httpx

    service = carrier(delivery.channel)
    try:
        assert delivery.sent_at
        arrived = (
            service.receipt(delivery.address_of, delivery.reference, delivery.sent_at) if service else None
        )
    except (httpx.HTTPError, json.JSONDecodeError):
        arrived = None
    commands.note_receipt(by=SYSTEM, at=now(), delivery=delivery, arrived=arrived)
