"""Packets follow what happens until the person leaves: once a minute those are looked at to whom something happened."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate.contrib.django import app

from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now
from yiyang.packets import commands
from yiyang.packets.queries import packets


@app.periodic(cron="* * * * *")
@app.task(name="yiyang.packets.jobs.follow_changes", queue="clock", queueing_lock="packets.follow")
def follow_changes(timestamp: int = 0) -> None:
    close_old_connections()
    try:
        build_due()
    finally:
        close_old_connections()


def build_due() -> int:
    """Safe to run twice; returns how many were looked at."""
    looked_at = 0
    for transfer in packets.due_transfers():
        try:
            commands.build_packet(by=SYSTEM, at=now(), transfer=transfer)
            looked_at += 1
        except Refusal:
            continue  # the transfer went on meanwhile: the next fact or reader builds it
    return looked_at
