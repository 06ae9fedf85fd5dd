"""Topics of devices: `devices/<urn>/readings[/<format>]`, and the answers beside it. Pure."""

from __future__ import annotations

from typing import NamedTuple

ROOT, READINGS, ACK, NACK = "devices/", "/readings", "/ack", "/nack"
LONGEST = 300


class Readings(NamedTuple):
    urn: str
    format: str


def readings(topic: str) -> Readings | None:
    """Whose readings a topic is for, and in which format; None for every other topic."""
    if not topic.startswith(ROOT) or len(topic) > LONGEST:
        return None
    urn, found, rest = topic[len(ROOT) :].rpartition(READINGS)
    if not found or not urn or (rest and not rest.startswith("/")):
        return None
    return Readings(urn, rest[1:])


def answers(urn: str, kind: str) -> str:
    return ROOT + urn + kind


def listens(topic_filter: str, urn: str, is_gateway: bool) -> set[str]:
    """Which answers a filter asks for: those to one's own messages alone. Empty: it may not be listened to."""
    own = ROOT + urn
    if topic_filter in (own + "/+", own + "/#"):
        return {ACK, NACK}
    for kind in (ACK, NACK):
        if not topic_filter.endswith(kind):
            continue
        asked = topic_filter[: -len(kind)]
        if asked == own or (is_gateway and asked.startswith(ROOT) and "#" not in asked):
            return {kind}
    return set()
