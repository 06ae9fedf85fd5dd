"""Sends by the clock: what is due leaves, however late the answers are. Being late is counted, never hidden."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .account import SECOND, Account, Message
from .over_http import OverHttp
from .over_mqtt import OverMqtt
from .plan import Plan, read, turns
from .texts import prepare

TICK = 0.004
DRAIN = 60.0  # seconds for the last acknowledgements
MOST_MADE = 2_000  # messages in one turn of the loop, so that answers are read meanwhile


class Load:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.account = Account()
        self.texts = prepare(plan.seed, plan.of_device, plan.format)
        way = OverHttp if plan.way == "http" else OverMqtt
        self.way = way(plan, self.account, self.texts.content_type)
        self.turns = list(turns(plan))
        self.made = self.fallen = 0
        self.alone = plan.way != "http" and plan.devices_in_message == 1  # its own topic names the device

    async def run(self, say: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
        await self.way.open()
        gc.collect()
        gc.freeze()
        began = self.began = time.monotonic_ns()
        until, told = began + int(self.plan.seconds * SECOND), began
        say({"began": began})
        while (at := time.monotonic_ns()) < until:
            self._make(at)
            if at - told >= SECOND:
                told += SECOND
                say(self._now(at))
            await asyncio.sleep(max(0.0, TICK - (time.monotonic_ns() - at) / SECOND))
        ended, waiting = time.monotonic_ns(), self.way.waiting
        self.sent_in_time = self.account.sent
        acknowledged = self.account.acknowledged
        while self.way.waiting and time.monotonic_ns() - ended < DRAIN * SECOND:
            self.way.go_on()
            await asyncio.sleep(0.02)
        drained = time.monotonic_ns()
        self.way.close()
        await asyncio.sleep(0.1)
        seconds = (ended - began) / SECOND
        times = os.times()
        return self.account.summary() | {
            "seconds": seconds,
            "due": int(self.plan.messages_a_second * seconds)
            * self.plan.devices_in_message
            * self.plan.of_device,
            "acknowledged_in_time": acknowledged,
            "waiting_at_end": waiting,
            "drained_in": (drained - ended) / SECOND,
            "not_acknowledged": self.way.waiting,
            "cpu": times.user + times.system,
            "began": began,
            "ended": ended,
            "turn": max(one.taken for one in self.turns),
        }

    def _now(self, at: int) -> dict[str, Any]:
        account = self.account
        return {
            "at": round((at - self.began) / SECOND, 1), "sent": account.sent, "acknowledged": account.acknowledged,
            "waiting": self.way.waiting, "refused": account.refused, "again": account.again,
        }  # fmt: skip

    def _make(self, at: int) -> None:
        """Every message that is due by now, and has not been made."""
        plan, clock = self.plan, time.time()
        passed = (at - self.began) / SECOND
        due = min(int(passed * plan.messages_a_second), self.made + MOST_MADE)
        for nth in range(self.made, due):
            self.way.put(self._message(nth, clock))
        self.made = due
        while plan.falls and self.fallen < min(len(plan.fallers), int(passed * plan.falls)):
            self.way.put(self._fall(clock))
        self.way.go_on()

    def _message(self, nth: int, clock: float) -> Message:
        plan, sender = self.plan, nth % len(self.turns)
        mine = self.turns[sender]
        due = self.began + int((nth + 1) / plan.messages_a_second * SECOND)
        seconds = int(clock - plan.shift)
        parts, devices, urn = [], [], ""
        for part in range(plan.devices_in_message):
            place = mine.next()
            urn, number = mine.urn(place), mine.number(place)
            milliseconds = (plan.lap * 37 + mine.taken // mine.count * 11 + number) % 1000
            parts.append(self.texts.of_device(urn, seconds, milliseconds, number + nth + part))
            devices.append(number)
        readings = len(devices) * plan.of_device
        self.account.made += readings
        body = self.texts.of_devices(parts, readings)
        return Message(sender, due, body, devices, readings, urn=urn if self.alone else "")

    def _fall(self, clock: float) -> Message:
        sender, number = self.plan.fallers[self.fallen]
        due = self.began + int((self.fallen + 1) / self.plan.falls * SECOND)
        self.fallen += 1
        mine = self.turns[sender]
        urn = mine.urn((number - mine.sender.first) // mine.sender.step)
        seconds, part = divmod(clock, 1)
        body = self.texts.fall(urn, int(seconds), int(part * 1000))
        return Message(
            sender, due, body, [number], 1, fall=number, urn=urn if self.plan.way != "http" else ""
        )


def run(path: Path) -> None:
    """`python -m yiyang.demo.devices.load.sending PLAN`: a line of JSON each second, the last one is the whole."""
    plan = read(path)

    def say(told: dict[str, Any]) -> None:
        print(json.dumps(told), flush=True)  # noqa: T201

    load = Load(plan)
    told = asyncio.run(load.run(say))
    if plan.out:
        load.account.keep(Path(plan.out))
    say({"whole": told})


if __name__ == "__main__":
    run(Path(sys.argv[1]))
