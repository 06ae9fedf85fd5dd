"""How the holder of the token is told outside the pages."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.gateways.messages import commands, queries
from yiyang.gateways.messages.models import Channel, Threshold
from yiyang.kernel.api import Answer, Example, Instant, OneLine, OneOf, Routes, Shown, Told, named
from yiyang.kernel.time import now

routes = Routes("yourself")


class ChannelShown(Shown):
    """`threshold` is null where you chose nothing: a family then gets text messages, staff get none."""

    example: ClassVar[Example] = {
        "channel": "SMS", "threshold": "URGENT", "address": "", "chosen_at": "2026-05-01T00:30:00Z",
    }  # fmt: skip

    channel: Annotated[str, OneOf(Channel)]
    threshold: Annotated[str | None, Field(description="ALL, URGENT or NOTHING")]
    address: Annotated[str, Field(description="your account name there; empty: your telephone")]
    chosen_at: Instant | None


class Channels(Shown):
    example: ClassVar[Example] = {"channels": [ChannelShown.example]}

    channels: Annotated[list[ChannelShown], Field(description="those that this installation offers you")]


class ChooseChannel(Told):
    example: ClassVar[Example] = {"channel": "SMS", "threshold": "URGENT"}

    channel: Annotated[str, OneOf(Channel)]
    threshold: Annotated[str, OneOf(Threshold)]
    address: Annotated[str, OneLine(64), Field(description="your account name in enterprise WeChat")] = ""


@routes.get("/me/channels", shows=Channels)
def channels(request: Any) -> Answer:
    """By which channels you are told that something waits for you, and what of it."""
    return _answer(request)


@routes.post("/me/channels", shows=Channels, matches="")
def choose_channel(request: Any, body: ChooseChannel) -> Answer:
    """By this channel everything, only what is urgent, or nothing. WeChat is linked on its page first."""
    offered = queries.offered_to(request.actor)
    named("channel", lambda: body.channel if body.channel in offered else None)
    commands.choose_channel(by=request.actor, at=now(), **body.model_dump())
    return _answer(request)


def _answer(request: Any) -> Answer:
    chosen = queries.choices_of(request.actor)
    shows = [_shown(one, chosen.get(one)) for one in queries.offered_to(request.actor)]
    return Answer(Channels(channels=shows))


def _shown(channel: Channel, choice: Any) -> ChannelShown:
    return ChannelShown(
        channel=channel,
        threshold=choice.threshold if choice else None,
        address=choice.address_of if choice else "",
        chosen_at=choice.chosen_at if choice else None,
    )
