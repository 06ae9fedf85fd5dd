"""The devices of a demo district speak: each unit's gateway sends what its devices say, minute by minute."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID
from zlib import crc32

from yiyang.devices import commands
from yiyang.devices.models import DeviceGateway, DeviceState, Loan
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now

from .sending import Gateway
from .wearing import Worn, last_words, quiet_today, said

STEP = 20.0  # seconds between two messages of a gateway
REPORT_EVERY = 300.0
KEY_DAYS = 30


@dataclass
class Stream:
    """One gateway and what it speaks for."""

    gateway: Gateway
    worn: list[Worn]

    def tell(self, seed: int, since: float, until: float) -> None:
        found = said(seed, self.worn, since, until)
        if found:
            self.gateway.send(found)


def speak(
    *, address: str, seed: int, minutes: float, catch_up: timedelta, say: Callable[[str], None]
) -> Counter[str]:
    """Speak until stopped, or for so many minutes. `catch_up`: what the devices kept while nobody listened."""
    streams = list(streams_of_the_district(address))
    say(f"{sum(len(one.worn) for one in streams)} devices speak through {len(streams)} gateways.")
    began = reported = now().timestamp()
    since = began - catch_up.total_seconds()
    if catch_up:
        _catch_up(streams, seed, since, began)
        since = began
    while True:
        until = now().timestamp()
        for stream in streams:
            stream.tell(seed, since, until)
        since = until
        if minutes and until - began >= minutes * 60:
            return _told(streams)
        if until - reported >= REPORT_EVERY:
            reported = until
            say(str(dict(_told(streams))))
        time.sleep(STEP)


def _catch_up(streams: list[Stream], seed: int, since: float, until: float) -> None:
    """What the devices kept. The last word of each comes first, so that all who speak are heard within seconds.

    Who says nothing today says nothing of yesterday either: it would be heard from.
    """
    for stream in streams:
        speaking = [one for one in stream.worn if not quiet_today(seed, one, until)]
        stream.gateway.send(last_words(seed, speaking, since, until))
    for stream in streams:
        speaking = [one for one in stream.worn if not quiet_today(seed, one, until)]
        stream.gateway.send(said(seed, speaking, since, until))


def streams_of_the_district(address: str) -> Iterable[Stream]:
    """Every gateway in use gets a new key; former ones of this program end with it."""
    for gateway in DeviceGateway.objects.filter(stopped_at=None):
        worn = list(worn_below(gateway))
        if worn:
            _, secret = commands.issue_credential(by=SYSTEM, at=now(), owner=gateway, days=KEY_DAYS)
            yield Stream(Gateway(address, secret), worn)


def worn_below(gateway: DeviceGateway) -> Iterable[Worn]:
    found = Loan.objects.filter(
        device__unit__path__contains=[gateway.unit_id],
        device__state=DeviceState.LENT,
        period__contains=now(),
    )
    wearers: dict[
        UUID, int
    ] = {}  # by the first of their devices: the ids of persons are others in each district
    for loan in found.select_related("device").order_by("device__no"):
        urn = loan.device.urn
        yield Worn(urn, loan.device.kind, wearers.setdefault(loan.person_id, crc32(urn.encode())))


def _told(streams: Iterable[Stream]) -> Counter[str]:
    return sum((one.gateway.told for one in streams), Counter())
