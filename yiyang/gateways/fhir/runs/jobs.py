"""Imports by the worker, and taking up what a killed one left. Thin: calls commands."""

from __future__ import annotations

from uuid import UUID

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager

from yiyang.gateways.fhir.runs import commands, queries, working
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now


@app.task(name="yiyang.gateways.fhir.runs.jobs.bring_in", queue="imports")
def bring_in(run_id: str) -> None:
    close_old_connections()
    try:
        working.work_on(UUID(run_id))
    finally:
        close_old_connections()


def queue_run(run_id: UUID) -> None:
    """In the transaction that asks for it."""
    JobDeferrer(JobManager(DjangoConnector()), bring_in.configure().job).defer(run_id=str(run_id))


@app.periodic(cron="*/2 * * * *")
@app.task(name="yiyang.gateways.fhir.runs.jobs.take_up", queue="clock", queueing_lock="imports.take_up")
def take_up(timestamp: int = 0) -> None:
    close_old_connections()
    try:
        take_up_once()
    finally:
        close_old_connections()


def take_up_once() -> None:
    """Safe at any time: one that is being worked on is left alone."""
    for run_id in queries.left_behind():
        queue_run(run_id)
    for run in queries.out_of_date(now()):
        commands.cancel_import(by=SYSTEM, at=now(), run=run)
