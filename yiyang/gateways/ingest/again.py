"""What was set aside because of a fault of ours, taken in once that is mended."""

from __future__ import annotations

import logging
from contextlib import suppress

from django.db import transaction

from yiyang.devices.commands import aside, intake
from yiyang.devices.queries.aside import to_be_told
from yiyang.devices.queries.credentials import sender_with
from yiyang.gateways.ingest.reading import read
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.refusals import Stale
from yiyang.kernel.time import now

log = logging.getLogger("yiyang.ingest")


def take_again() -> tuple[int, int]:
    """How many messages were taken in, and how many are left. Each by itself: one that still fails stays alone."""
    taken = left = 0
    one = aside.waiting()
    while one is not None:
        try:
            with transaction.atomic():
                done = _taken(one)
        except Exception as problem:  # the fault is not mended for this one
            log.exception("a message could not be taken in again: %s", type(problem).__name__)
            done = False
        taken, left = taken + done, left + (not done)
        one = aside.waiting(one.pk)
    if to_be_told():
        with suppress(Stale):  # the worker was faster
            aside.tell_set_aside(by=SYSTEM, at=now())
    return taken, left


def _taken(one: aside.SetAside) -> bool:
    """Times that count from now count from when it came. What is refused is told by the counts of what was refused."""
    sender = sender_with(one.credential_id)
    decoded = read(bytes(one.payload), one.kind, one.urn, one.came_at)
    if decoded.broken:
        return False
    if sender and decoded.packs:
        intake.take_in([(sender, pack) for pack in decoded.packs], now=now())
    one.delete()
    return True
