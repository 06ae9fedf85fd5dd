"""The worker's part: writing exports a slice at a time, taking up what was left, taking away what is over."""

from __future__ import annotations

import shutil
from uuid import UUID

from django.db import close_old_connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.jobs import JobDeferrer
from procrastinate.manager import JobManager

from yiyang.gateways.fhir.bulk import commands, files, queries, working
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now


@app.task(name="yiyang.gateways.fhir.bulk.jobs.export", queue="exports")
def export(export_id: str) -> None:
    """One slice; what is left goes to the end of the queue, so that several exports and a stop of the worker get on."""
    close_old_connections()
    try:
        if working.work_on(UUID(export_id)):
            queue_export(UUID(export_id))
    finally:
        close_old_connections()


def queue_export(export_id: UUID) -> None:
    JobDeferrer(JobManager(DjangoConnector()), export.configure().job).defer(export_id=str(export_id))


@app.periodic(cron="* * * * * */30")
@app.task(name="yiyang.gateways.fhir.bulk.jobs.tidy", queue="clock", queueing_lock="exports.tidy")
def tidy(timestamp: int = 0) -> None:
    close_old_connections()
    try:
        tidy_once()
    finally:
        close_old_connections()


def tidy_once() -> None:
    """Safe to run at any time and twice at once."""
    at = now()
    for one in queries.out_of_date(at):
        commands.expire_export(by=SYSTEM, at=at, export=one)
    for export_id in queries.left_behind(at):
        queue_export(export_id)
    wanted = queries.with_files()  # asked before the folders are looked at would be too early
    for folder in list(files.exports().iterdir()):
        if folder.name not in wanted and folder.name not in queries.with_files():
            shutil.rmtree(folder, ignore_errors=True)
