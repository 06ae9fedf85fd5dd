"""Periodic work of this context."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate.contrib.django import app

from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.installation import messages_held
from yiyang.kernel.time import now

from . import commands
from .models import Notice


@app.periodic(cron="* * * * *")
@app.task(name="yiyang.access.jobs.remind", queue="clock", queueing_lock="remind")
def remind(timestamp: int) -> None:
    """Repeat the notices that wait for somebody; not while a restored installation holds its messages."""
    close_old_connections()
    try:
        at = now()
        if not messages_held() and Notice.objects.open().shown().filter(next_reminder_at__lte=at).exists():
            commands.remind_notices(by=SYSTEM, at=at)
    finally:
        close_old_connections()


@app.periodic(cron="41 3 * * *")
@app.task(name="yiyang.access.jobs.forget_spent_tokens", queue="clock", queueing_lock="forget_spent_tokens")
def forget_spent_tokens(timestamp: int) -> None:
    """Programs get a new token every few minutes: once a night those that are over are cleared away."""
    close_old_connections()
    try:
        commands.forget_spent_tokens(by=SYSTEM, at=now())
    finally:
        close_old_connections()
