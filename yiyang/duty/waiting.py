"""How long one who was told has, before the next one is told: the policy, unless who asks has times of its own.

@waiting.register(Act.ACT_ON_ALARM)
def own_minutes(urgency: str, at: datetime) -> int | None: ...
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils.timezone import localdate

from yiyang.kernel.policy import policy

OwnMinutes = Callable[[str, datetime], int | None]
_own: dict[str, OwnMinutes] = {}


def register(act: str) -> Callable[[OwnMinutes], OwnMinutes]:
    """Declare who knows own times for one act; None: those of the policy."""

    def take(ask: OwnMinutes) -> OwnMinutes:
        _own[act] = ask
        return ask

    return take


def minutes(act: str, urgency: str, at: datetime) -> int:
    own = _own[act](urgency, at) if act in _own else None
    return by_policy(urgency, at) if own is None else own


def by_policy(urgency: str, at: datetime) -> int:
    return int(policy(f"duty.step_minutes.{urgency}", on=localdate(at)).value)
