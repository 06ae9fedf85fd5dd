"""References: relative, absolute, `urn:uuid:`, to a contained resource, or by identifier alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

LOCAL = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/([A-Za-z0-9\-.]{1,64}))?$")


@dataclass(frozen=True)
class Target:
    """Where a reference leads: a resource of ours by type and id, or an address of somebody else's."""

    type: str = ""
    id: str = ""
    address: str = ""

    def __str__(self) -> str:
        return self.address or f"{self.type}/{self.id}"


def target(text: str, base: str = "") -> Target | None:
    """The target of a literal reference; None for one inside the same resource."""
    if not text or text.startswith("#"):
        return None
    ours = bool(base) and text.startswith(base.rstrip("/") + "/")
    local = LOCAL.search(text)
    if local and (ours or ":" not in text):
        return Target(local[1], local[2])
    address = text.split("/_history/")[0]
    return Target(local[1], local[2], address) if local else Target(address=address)


def resource_type(value: Any, resource: dict[str, Any]) -> str:
    """The type of what a Reference (or canonical) leads to, as far as it says so itself; else empty."""
    if isinstance(value, dict) and "resourceType" in value:
        return str(value["resourceType"])
    text = value.get("reference") if isinstance(value, dict) else value
    said = str(value.get("type") or "") if isinstance(value, dict) else ""
    if not isinstance(text, str) or not text:
        return said
    if text.startswith("#"):
        return _contained(text[1:], resource) or said
    local = LOCAL.search(text.split("|")[0])
    return local[1] if local else said


def _contained(name: str, resource: dict[str, Any]) -> str:
    inside = resource.get("contained")
    for one in inside if isinstance(inside, list) else []:
        if isinstance(one, dict) and one.get("id") == name:
            return str(one.get("resourceType") or "")
    return ""
