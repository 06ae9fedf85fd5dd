"""Jobs of the kernel: running reactions, sealing facts, taking up what a killed worker left behind."""

from __future__ import annotations

from uuid import UUID

from django.db import close_old_connections
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

from yiyang.kernel import idempotency, reactions, seals


@app.task(
    name="yiyang.kernel.jobs.react",
    queue="reactions",
    retry=RetryStrategy(max_attempts=12, exponential_wait=3),
)
def react(fact_id: str, person_id: str | None, reaction: str) -> None:
    """Run one reaction to one fact."""
    close_old_connections()
    try:
        reactions.run(reaction, UUID(fact_id), UUID(person_id) if person_id else None)
    finally:
        close_old_connections()


@app.periodic(cron="* * * * * */10")
@app.task(name="yiyang.kernel.jobs.seal", queue="clock", queueing_lock="seal")
def seal(timestamp: int) -> None:
    """Seal the facts that no running transaction can precede any more."""
    close_old_connections()
    try:
        seals.seal_facts()
    finally:
        close_old_connections()


@app.periodic(cron="* * * * * */20")
@app.task(
    name="yiyang.kernel.jobs.take_up_stalled", queue="clock", queueing_lock="stalled", pass_context=True
)
async def take_up_stalled(context: JobContext, timestamp: int) -> None:
    """Give back the jobs of a worker that was killed. What the clock queues comes again by itself."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        try:
            if job.queueing_lock is not None and job.id is not None:
                await manager.finish_job_by_id_async(job.id, Status.FAILED, delete_job=True)
            else:
                await manager.retry_job(job)
        except ConnectorException:
            continue  # another worker was faster, or the slow one has ended it after all


@app.periodic(cron="17 * * * *")
@app.task(name="yiyang.kernel.jobs.forget_old_keys", queue="clock", queueing_lock="forget_old_keys")
def forget_old_keys(timestamp: int) -> None:
    """Drop the answers that were kept under Idempotency-Keys for a day."""
    close_old_connections()
    try:
        idempotency.forget_old_keys()
    finally:
        close_old_connections()
