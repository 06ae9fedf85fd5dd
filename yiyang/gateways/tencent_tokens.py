"""The access token that WeChat and enterprise WeChat both ask for: good for two hours, fetched seldom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from yiyang.kernel.time import now

EARLIER = timedelta(minutes=5)
# Codes of both services for a token that is wrong or over.
TOKEN_OVER = frozenset({40001, 40014, 42001})
_kept: dict[str, tuple[str, datetime]] = {}


class TokenRefused(Exception):
    """The service gave no token; says its code."""


def token(whose: str, fetch: Callable[[], dict[str, Any]], *, afresh: bool = False) -> str:
    """The token of this account, kept by the process as long as it is good."""
    held = _kept.get(whose)
    if held and held[1] > now() and not afresh:
        return held[0]
    answer = fetch()
    if not answer.get("access_token"):
        raise TokenRefused(str(answer.get("errcode", "no token")))
    until = now() + timedelta(seconds=int(answer.get("expires_in", 7200))) - EARLIER
    _kept[whose] = (str(answer["access_token"]), until)
    return _kept[whose][0]


def forget() -> None:
    """For tests: each stand-in gives its own."""
    _kept.clear()
