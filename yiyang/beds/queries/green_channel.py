"""Whether a transfer goes by the green channel now, and what opens it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.beds.models import Transfer, WaitingEntry
from yiyang.beds.models.transfers import Trigger, Urgency
from yiyang.beds.models.waiting import Channel
from yiyang.beds.rules.green_channel import Opened, opened_by
from yiyang.kernel.policy import policy
from yiyang.kernel.time import now
from yiyang.people.queries import live_agreements


@dataclass(frozen=True)
class GreenChannel:
    """What opens it (empty when nothing does), and the agreement that does."""

    opened: str
    agreement: Any = None
    asks: bool = False

    @property
    def label(self) -> str:
        return str(Opened(self.opened).label) if self.opened else str(_("not open"))


def green_channel(transfer: Transfer, at: datetime | None = None) -> GreenChannel:
    """An agreement in force or an explicit request opens it for a routine transfer; urgency always does."""
    at = at or now()
    routine = transfer.urgency == Urgency.ROUTINE and transfer.trigger != Trigger.WISH
    agreement = fitting_agreement(transfer, at) if routine else None
    opened = opened_by(
        transfer.trigger, transfer.urgency, agreement=agreement is not None, asked=bool(transfer.asker)
    )
    return GreenChannel(opened, agreement, asks=routine and not opened and transfer.live)


def fitting_agreement(transfer: Transfer, at: datetime) -> Any:
    """An agreement of the person in force whose kind opens the way to this kind of bed."""
    kinds = policy(f"beds.green_channel_agreements.{transfer.target_kind}", on=at.date()).value
    found = live_agreements(transfer.person_id, at).filter(kind__in=kinds).select_related("unit")
    return found.order_by("signed_on", "pk").first()


def ordinary_waiting_transfers(person_id: UUID | None) -> list[Transfer]:
    """Transfers of a person which wait without priority though an agreement in force opens the way."""
    waiting = WaitingEntry.objects.filter(
        person=person_id, channel=Channel.ORDINARY, state__in=["WAITING", "OFFERED"]
    ).select_related("transfer")
    live = [one.transfer for one in waiting if one.transfer is not None and one.transfer.live]
    return [one for one in live if green_channel(one).opened == Opened.AGREEMENT]
