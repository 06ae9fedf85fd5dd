"""Keys that are shown once and kept as a hash."""

from __future__ import annotations

import hashlib
import secrets

PREFIX = "yiyang_"


def hash_of(raw: str) -> str:
    """A token has 256 random bits, so a plain digest is as good as a slow one."""
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest()


def new_secret(kind: str = "") -> str:
    return PREFIX + kind + secrets.token_urlsafe(32)
