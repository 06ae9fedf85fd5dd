"""What was sent in the last days and not taken, for whoever keeps the device or gateway."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max, QuerySet, Sum

from yiyang.devices.models.registry import Device, DeviceGateway
from yiyang.devices.models.rejected import Rejected
from yiyang.devices.rules.refused import WORDS
from yiyang.kernel.time import now

LOOKED_BACK = timedelta(days=2)
REASONS = 20


@dataclass(frozen=True)
class Refused:
    """One reason, how often, and when it was last so."""

    code: str
    count: int
    last_at: datetime
    urn: str = ""

    @property
    def words(self) -> Any:
        return next((words for why, words in WORDS.items() if why.value == self.code), self.code)


def refused_of_device(device: Device) -> list[Refused]:
    """Of a device that the caller holds: under whatever key it came."""
    return _told(_lately().filter(urn=device.urn), "code")


def refused_of_gateway(gateway: DeviceGateway) -> list[Refused]:
    """What a gateway sent and was not taken, by device."""
    return _told(_lately().filter(gateway_id=gateway.pk), "code", "urn")


def _lately() -> QuerySet[Rejected]:
    return Rejected.objects.filter(last_at__gte=now() - LOOKED_BACK)


def _told(found: QuerySet[Rejected], *by: str) -> list[Refused]:
    rows = found.order_by().values(*by).annotate(n=Sum("count"), last=Max("last_at")).order_by("-last")
    return [Refused(one["code"], one["n"], one["last"], one.get("urn", "")) for one in rows[:REASONS]]
