"""What the adapters have in common: they carry one text to one address, and say what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from yiyang.gateways.messages.models import Channel


@dataclass(frozen=True)
class Answer:
    """What the service said. `final` refusals are not repeated: the address or the account is wrong."""

    accepted: bool
    said: str
    reference: str = ""
    final: bool = False
    has_receipt: bool = False


class Carrier(Protocol):
    """An adapter to one outside service."""

    def send(
        self, address: str, wording: str, params: dict[str, str], language: str, mark: str
    ) -> Answer: ...

    def receipt(self, address: str, reference: str, sent_at: datetime) -> bool | None:
        """Whether it arrived; None while nobody knows."""


_makers: dict[str, Callable[[], Carrier | None]] = {}


def register_carrier(channel: Channel, make: Callable[[], Carrier | None]) -> None:
    """Say how to make the adapter from the configuration; None when its keys are not set."""
    _makers[channel] = make


def carrier(channel: str) -> Carrier | None:
    make = _makers.get(channel)
    return make() if make else None


def ready_channels() -> list[str]:
    return [channel for channel in Channel.values if carrier(channel)]
