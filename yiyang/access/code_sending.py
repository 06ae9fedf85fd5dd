"""One-time codes leave the platform by the gateways, which lie above this context and register here how."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import SignInPhone

Send = Callable[["SignInPhone", str, datetime, datetime], None]
_send: Send | None = None
_reaches: Callable[[], bool] | None = None


def register_sender(send: Send, reaches_telephones: Callable[[], bool]) -> None:
    """Say how a code reaches a telephone: `send(phone, code, at, expires_at)`, in the running transaction."""
    global _send, _reaches
    _send, _reaches = send, reaches_telephones


def reaches_telephones() -> bool:
    """Whether codes really leave for telephones; a demonstration without an SMS service shows them instead."""
    return bool(_reaches and _reaches())


def send_code(phone: SignInPhone, code: str, at: datetime, expires_at: datetime) -> None:
    if _send:
        _send(phone, code, at, expires_at)
