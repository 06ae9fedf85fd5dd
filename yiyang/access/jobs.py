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
