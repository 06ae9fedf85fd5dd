"""Organisations of the actor's district, as pages name them."""

from __future__ import annotations

from typing import Any

from yiyang.access import queries as access
from yiyang.gateways.fhir.rest.shown.listing import (
    Listing,
    Resource,
    Source,
    by_reference,
    concept,
    reference,
    without_empty,
)
from yiyang.gateways.fhir.rest.shown.since import told

CODES = "urn:yiyang:organisation-code"
KINDS = "urn:yiyang:organisation-kind"


def organization(one: Any) -> Resource:
    return without_empty(
        {
            "resourceType": "Organization",
            "id": str(one.pk),
            "identifier": [{"system": CODES, "value": one.code}] if one.code else [],
            "active": one.active,
            "type": [concept(KINDS, one.kind, one.get_kind_display())],
            "name": one.name_zh,
            "alias": [name for name in dict.fromkeys((one.name_en, one.short_name)) if name],
            "telecom": [{"system": "phone", "value": one.phone, "use": "work"}] if one.phone else [],
            "address": [{"use": "work", "text": one.address}] if one.address else [],
            "partOf": reference("Organization", one.parent_id) if one.parent_id else {},
        }
    )


SHOWN = Listing(
    Source(
        rows=lambda actor: access.organisations(actor, active=None),
        write=organization,
        narrow={"partof": by_reference("parent_id", "Organization")},
        changed=told(),
    )
)
