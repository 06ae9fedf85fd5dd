"""The clock of the devices: room for what comes, hours packed, what is too old dropped. Thin."""

from __future__ import annotations

from django.db import close_old_connections
from procrastinate.contrib.django import app

from yiyang.devices.commands import packing
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now

BEHIND_HOURS, EVERY_MINUTES = 3, 5  # told once an hour


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
