"""What contexts above know of what a form asks: they register it here, because assessments cannot know them.

@measuring.register
def told_by_devices(actor, person_id, codes, at, within) -> dict[str, Measured]: ...
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from uuid import UUID

from yiyang.kernel.actors import Actor
from yiyang.records.rules.vital_signs import Measured

# The newest value of each of these LOINC codes that was measured in that time before an instant.
Source = Callable[[Actor, UUID, Collection[str], datetime, timedelta], dict[str, Measured]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    if source not in _sources:
        _sources.append(source)
    return source


def sources() -> list[Source]:
    return list(_sources)
