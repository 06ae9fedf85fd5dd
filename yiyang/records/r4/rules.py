"""HL7's rules about whole elements (obs-6, pat-1 …)."""

from typing import Any


def rules_of(path: str) -> tuple[Any, ...]:
    return ()
