"""What is kept of a key. Pure."""

from __future__ import annotations

import hashlib


def digest_of(raw: str) -> bytes:
    """A key has 256 random bits, so a plain digest is as good as a slow one."""
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).digest()
