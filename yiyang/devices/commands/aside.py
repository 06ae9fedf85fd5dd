"""Messages that tripped over a fault of ours: kept as they came, until they are taken in again.

The sender is told so and need not send them again; without that, a device would send the same message for ever.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from uuid import UUID

from django.db import transaction

from yiyang.devices.commands import refused
from yiyang.devices.models import SetAside
from yiyang.devices.packs import Sender, Why

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
