"""Messages that tripped over a fault of ours: kept as they came, until they are taken in again.

The sender is told so and need not send them again; without that, a device would send the same message for ever.
While any wait, one alarm is open.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.access.queries import naming
from yiyang.devices.commands import refused
from yiyang.devices.commands.alarms import clear_alarm, raise_alarm
from yiyang.devices.models import SetAside
from yiyang.devices.packs import Sender, Why
from yiyang.devices.queries import aside as queries
from yiyang.devices.rules.alarms import Cause
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy

OF_ONE_KEY = 1_000  # beyond it the sender must keep its messages


def set_aside(sender: Sender, payload: bytes, kind: str, urn: str, problem: str, now: datetime) -> bool:
    """Durable when it returns; False: there are too many of this key. The same message is kept once."""
    kept = SetAside.objects.filter(credential_id=sender.credential_id)
    if kept.count() >= OF_ONE_KEY:
        return False
    with transaction.atomic():
        SetAside.objects.bulk_create(
            [
                SetAside(
                    credential_id=sender.credential_id, came_at=now, kind=kind[:100], urn=urn[:120], payload=payload,
                    digest=hashlib.sha256(payload).digest(), problem=problem[:80],
                )
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        refused.count_unread(sender, Why.SET_ASIDE.value, problem, now, urn)
    return True


def waiting(after: UUID | None = None) -> SetAside | None:
    """The next one, oldest first."""
    found = SetAside.objects.order_by("id")
    return (found.filter(pk__gt=after) if after else found).first()


def forget_aside(before: datetime) -> int:
    """What nobody has taken in for so long goes, as the counts of what was refused do."""
    return SetAside.objects.filter(came_at__lt=before).delete()[0]


@command(SYSTEM_ONLY, within=ANYWHERE)
def tell_set_aside(*, by: Actor, at: datetime) -> None:
    """Whoever answers for the district hears that messages wait for a fault of ours to be mended, and when none does."""
    waits, alarm = queries.waiting(), queries.told()
    if waits and alarm is None:
        unit = waits.oldest.owner.unit_id
        raise_alarm(
            by=by, at=at, cause=Cause.SET_ASIDE, event_at=waits.since, evidence={"count": waits.count},
            severity=policy("devices.technical", on=localdate(at)).value["SET_ASIDE"],
            unit_id=naming.coordination_centre(naming.area_of(unit)) or unit,
        )  # fmt: skip
    elif alarm is not None and not waits:
        clear_alarm(by=by, at=at, alarm=alarm)
    record("messages.set_aside_watched", by=by, at=at, waiting=waits.count if waits else 0)
