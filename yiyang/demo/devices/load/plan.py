"""What is to be sent: one JSON file, so that the sender is a process of its own that needs no database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import gcd
from pathlib import Path

import msgspec


class Sender(msgspec.Struct, frozen=True):
    """One gateway with its key, and the numbers of its devices: first, first + step, …, `count` of them."""

    urn: str
    key: str
    first: int = 1
    step: int = 1
    count: int = 0
    urns: tuple[str, ...] = ()  # where the devices have names of their own, instead of numbers


class Plan(msgspec.Struct, frozen=True):
    """`way`: http, mqtt, or broker (MQTT without keys of ours). `rate`: readings a second, held whatever happens.

    `shift`: how many seconds the devices' clocks are behind, so that a run can cross an hour. `turn`: how many
    devices of each gateway have had their turn before. `lap` keeps the instants of two runs apart.
    """

    way: str
    host: str
    port: int
    senders: tuple[Sender, ...]
    rate: float
    seconds: float
    of_device: int = 20  # readings of one device that are sent together
    in_message: int = 20  # readings of a request or message
    connections: int = 48
    format: str = "json"
    seed: int = 1
    shift: float = 0.0
    turn: int = 0
    lap: int = 0
    falls: float = 0.0  # a second
    fallers: tuple[tuple[int, int], ...] = ()  # place of the gateway, number of the device
    out: str = ""

    @property
    def devices_in_message(self) -> int:
        return max(1, self.in_message // self.of_device)

    @property
    def messages_a_second(self) -> float:
        return self.rate / (self.devices_in_message * self.of_device)


def read(path: Path) -> Plan:
    return msgspec.json.decode(path.read_bytes(), type=Plan)


def write(plan: Plan, path: Path) -> None:
    path.write_bytes(msgspec.json.encode(plan))


@dataclass
class Turns:
    """The devices of one gateway, each once in no order of their numbers, then again from the beginning."""

    sender: Sender
    seed: int
    taken: int = 0
    stride: int = field(init=False)

    def __post_init__(self) -> None:
        count = self.count
        self.stride = max(1, round(count * 0.618) + self.seed)
        while gcd(self.stride, count) != 1:
            self.stride += 1

    @property
    def count(self) -> int:
        return len(self.sender.urns) or self.sender.count

    def next(self) -> int:
        """A place among them; the number is first + step * place."""
        place = self.taken * self.stride % self.count
        self.taken += 1
        return place

    def number(self, place: int) -> int:
        return self.sender.first + self.sender.step * place

    def urn(self, place: int) -> str:
        return self.sender.urns[place] if self.sender.urns else urn(self.number(place))


def urn(number: int) -> str:
    return f"urn:dev:mac:{number:012x}"


def turns(plan: Plan) -> Iterator[Turns]:
    for sender in plan.senders:
        yield Turns(sender, plan.seed, plan.turn)
