"""What a resource of a file is called in a report: its type, and its id where it came from."""

from __future__ import annotations

from typing import Any

import msgspec

from yiyang.records.bundles import Step


class Head(msgspec.Struct):
    resourceType: Any = None  # noqa: N815  (FHIR's own names)
    id: Any = None
    entry: Any = None


def name_of(step: Step) -> str:
    told = msgspec.json.decode(step.raw, type=Head).id
    return f"{step.type}/{str(told or '?')[:64]}"
