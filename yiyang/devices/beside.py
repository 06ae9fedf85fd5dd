"""What contexts above know of a person through a window of time, to be drawn under a chart of readings.

@beside.register
def stays(actor: Any, person_ids: list[UUID], since: datetime, until: datetime) -> list[Mark]: ...
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from yiyang.devices.rules.axis import Mark

Tell = Callable[[Any, list[UUID], datetime, datetime], list[Mark]]
_known: list[Tell] = []


def register(tell: Tell) -> Tell:
    """Declare who tells something; asked for persons whose readings the actor sees, with one statement each."""
    if tell not in _known:
        _known.append(tell)
    return tell


def told(actor: Any, person_ids: list[UUID], since: datetime, until: datetime) -> list[Mark]:
    return [one for tell in _known for one in tell(actor, person_ids, since, until)]
