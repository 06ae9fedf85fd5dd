"""The devices of a demo district as a load: `yiyang simulate-devices --rate 5000`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from yiyang.demo.devices.live import KEY_DAYS, worn_below
from yiyang.devices import commands
from yiyang.devices.models import DeviceGateway
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now

from .plan import Plan, Sender
from .sending import Load

CONNECTIONS = {"http": 64, "mqtt": 0}  # over MQTT each gateway has one
TOLD_EVERY = 10


def send(
    *, way: str, place: tuple[str, int], rate: float, seconds: float, seed: int, say: Callable[[str], None]
) -> dict[str, Any]:
    """Readings of all lent devices at this rate, in messages of twenty; what became of them."""
    host, port = place
    senders = tuple(senders_of_the_district())
    plan = Plan(way, host, port, senders, rate, seconds, connections=CONNECTIONS[way], seed=seed)
    say(
        f"{sum(len(one.urns) for one in senders)} devices through {len(senders)} gateways, {rate:,.0f} readings a second."
    )

    def tell(found: dict[str, Any]) -> None:
        if int(found.get("at", 1)) % TOLD_EVERY == 0:
            say(
                f"{found['at']:.0f} s: {found['acknowledged']:,} acknowledged, {found['waiting']:,} messages wait"
            )

    return asyncio.run(Load(plan).run(tell))


def senders_of_the_district() -> Iterator[Sender]:
    """Every gateway in use with a key of its own; its former keys end."""
    for gateway in DeviceGateway.objects.filter(stopped_at=None):
        worn = tuple(one.urn for one in worn_below(gateway))
        if worn:
            _, secret = commands.issue_credential(by=SYSTEM, at=now(), owner=gateway, days=KEY_DAYS)
            yield Sender(gateway.urn, secret, urns=worn)
