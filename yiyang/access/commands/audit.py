"""Auditing leaves a trail too."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record

from ..permissions import Permission


@command(Permission.READ_AUDIT, within=ANYWHERE)
def record_export(*, by: Actor, at: datetime, question: dict[str, Any]) -> None:
    """Somebody takes the trail out of the installation as a file."""
    record(
        "audit.exported", by=by, at=at, question={key: str(value) for key, value in question.items() if value}
    )
