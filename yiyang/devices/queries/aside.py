"""Messages that tripped over a fault of ours: how many wait, and which."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from yiyang.devices.models import Alarm, Device, DeviceCredential, DeviceGateway, SetAside
from yiyang.devices.rules.alarms import Cause

NAMED = 20


@dataclass(frozen=True)
class Message:
    """One of them, without what it says."""

    owner: Device | DeviceGateway  # of the key it came with
    urn: str
    came_at: datetime
    problem: str


@dataclass(frozen=True)
class Waiting:
    count: int
    messages: list[Message]  # the oldest first, as many as are named

    @property
    def oldest(self) -> Message:
        return self.messages[0]

    @property
    def since(self) -> datetime:
        return self.oldest.came_at


def waiting() -> Waiting | None:
    """What is set aside now."""
    rows = list(SetAside.objects.order_by("came_at", "id").defer("payload")[:NAMED])
    if not rows:
        return None
    keys = {one.credential_id for one in rows}
    owners = {
        one.pk: one.owner
        for one in DeviceCredential.objects.filter(pk__in=keys).select_related("device", "gateway")
    }
    messages = [Message(owners[one.credential_id], one.urn, one.came_at, one.problem) for one in rows]
    return Waiting(SetAside.objects.count(), messages)


def told() -> Alarm | None:
    """The alarm that says so."""
    return Alarm.objects.active().filter(cause=Cause.SET_ASIDE).first()


def to_be_told() -> bool:
    """Whether the alarm does not say how it is: messages wait and none is open, or the other way round."""
    return SetAside.objects.exists() != (told() is not None)
