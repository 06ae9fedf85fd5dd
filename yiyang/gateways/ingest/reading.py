"""What a message says. A fault of ours in a decoder ends with that message, and is told like one of the intake."""

from __future__ import annotations

import logging
from datetime import datetime

from yiyang.devices.packs import Why
from yiyang.gateways.devices import formats
from yiyang.gateways.devices.decoding import Decoded

log = logging.getLogger("yiyang.ingest")


def read(payload: bytes, kind: str, urn: str, at: datetime) -> Decoded:
    """`kind`: a content type or the name of a format; `urn`: of which device alone it may speak, empty: of any."""
    try:
        decoded = formats.decode(payload, kind, at)
        if urn:
            only_of(urn, decoded)
    except Exception as problem:  # whatever it is, the next messages must be read
        log.exception("a message could not be read: %s", type(problem).__name__)
        return Decoded(broken=type(problem).__name__)
    return decoded


def only_of(urn: str, decoded: Decoded) -> None:
    """On the topic of a device a gateway speaks for that device alone; unnamed readings are that device's."""
    for pack, places in list(zip(decoded.packs, decoded.places, strict=True)):
        if not pack.urn:
            pack.urn = urn
        elif pack.urn != urn:
            decoded.packs.remove(pack)
            decoded.places.remove(places)
            decoded.refuse(None, Why.NOT_YOURS, f"on the topic of {urn}", pack.urn)
