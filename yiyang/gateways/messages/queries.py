"""Reads of deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from yiyang.gateways.messages.channels import ready_channels
from yiyang.gateways.messages.models import Channel, ChannelChoice, Delivery, State
from yiyang.ops.config import config

AT_ONCE = 200
STAFF_CHANNELS = (Channel.ENTERPRISE_CHAT,)
FAMILY_CHANNELS = (Channel.SMS, Channel.VOICE)


def due(at: datetime) -> list[UUID]:
    found = Delivery.objects.filter(state=State.WAITING, next_attempt_at__lte=at)
    return list(found.order_by("-urgent", "next_attempt_at").values_list("pk", flat=True)[:AT_ONCE])


def receipts_due(at: datetime) -> list[Delivery]:
    found = Delivery.objects.filter(state=State.SENT, receipt_after__lte=at)
    return list(found.order_by("receipt_after")[:AT_ONCE])


def was_planned(notice_id: UUID, reminder: int) -> bool:
    """Whether this repetition was told outside already, or nobody wants to be told."""
    earlier = Delivery.objects.filter(notice_id=notice_id)
    return not earlier.exists() or earlier.filter(key__endswith=f":{reminder}").exists()


def newest(limit: int = 200) -> list[Delivery]:
    """The newest deliveries of the whole installation, without addresses, for those who keep it running."""
    return list(Delivery.objects.defer("address", "params")[:limit])


def is_family(actor: Any) -> bool:
    return actor.membership_id is None and actor.account.kind != "STAFF"


def offered_to(actor: Any) -> list[Channel]:
    """The channels by which this installation can tell the actor; WeChat once it is linked."""
    family = is_family(actor)
    ready = ready_channels()
    offered = [
        one
        for one in (FAMILY_CHANNELS if family else STAFF_CHANNELS)
        if config.mode == "demo" or one in ready
    ]
    return [*offered, Channel.WECHAT] if family and Channel.WECHAT in choices_of(actor) else offered


def choices_of(actor: Any) -> dict[str, ChannelChoice]:
    live = ChannelChoice.objects.filter(account_id=actor.account_id, ended_at=None)
    return {one.channel: one for one in live}
