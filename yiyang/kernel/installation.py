"""What happens to the installation as a whole: a restore from a backup."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.models import Installation


def messages_held() -> bool:
    """After a restore nobody is reminded or written to until an operator has looked at the data."""
    return Installation.objects.filter(messages_held=True).exists()


@command("MANAGE_SECURITY", within=ANYWHERE)
def begin_generation(
    *, by: Actor, at: datetime, backup_made_at: datetime, backup_sha256: str
) -> Installation:
    """A database came back from a backup: its facts go on under a higher generation, messages are held."""
    Installation.objects.update(generation=F("generation") + 1, restored_at=at, messages_held=True)
    installation = Installation.objects.get()
    record(
        "installation.restored",
        by=by,
        at=at,
        generation=installation.generation,
        backup_made_at=backup_made_at,
        backup_sha256=backup_sha256,
    )
    return installation
