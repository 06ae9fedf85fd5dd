"""How devices name themselves in messages. Pure."""

from __future__ import annotations

import re

USABLE = r"[A-Za-z0-9.:_=\-]{3,120}"
MAC = re.compile(r"(?:[0-9a-fA-F]{2}[:\-]?){5}[0-9a-fA-F]{2}(?:[:\-]?[0-9a-fA-F]{4})?")


def urn_of(kind: str, serial: str) -> str:
    """A name for a device of which only the number is known: its MAC (RFC 9039), or kind and number."""
    if MAC.fullmatch(serial):
        return "urn:dev:mac:" + re.sub(r"[:\-]", "", serial).lower()
    return f"urn:dev:ops:{kind.lower()}-" + re.sub(r"[^A-Za-z0-9.:_=\-]+", "-", serial)[:90]
