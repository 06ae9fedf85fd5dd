"""Beds, rooms and wards of the actor's own units, and the areas of the district.

How many beds of another unit are free is a figure of the board; which of its beds is taken is nobody else's concern.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from yiyang.access import queries as access
from yiyang.access.bed_kinds import BedKind
from yiyang.beds import queries as beds
from yiyang.gateways.fhir.rest.shown.listing import (
    EVERYTHING,
    Listing,
    Resource,
    Source,
    by_reference,
    concept,
    nothing,
    reference,
    subjects,
    without_empty,
)
from yiyang.gateways.fhir.rest.shown.stays import occupied
from yiyang.kernel.actors import Actor
from yiyang.records.queries.outside import Fact

PHYSICAL = "http://terminology.hl7.org/CodeSystem/location-physical-type"
BED_STATUS = "http://terminology.hl7.org/CodeSystem/v2-0116"
KINDS = "urn:yiyang:bed-kind"
FEATURES = "urn:yiyang:bed-feature"
AREAS = "urn:yiyang:area-code"
WORDS = {"bd": "Bed", "ro": "Room", "wa": "Ward", "area": "Area"}
OPERATIONS = {
    "C": "Closed",
    "H": "Housekeeping",
    "O": "Occupied",
    "U": "Unoccupied",
}


def bed(one: Any) -> Resource:
    row = next(iter(one.rows_now), None)
    closed = one.closed_at is not None
    code = "C" if closed else _operation(row)
    named = f"{one.room.label} {one.label}" if one.room else one.label
    within = reference("Location", one.room_id, one.room.label) if one.room else {}
    features = [concept(FEATURES, feature) for feature in one.features]
    return _place(one.pk, "bd", named, one.unit, within) | without_empty(
        {
            "status": "inactive" if closed else "suspended" if code == "C" else "active",
            "operationalStatus": {"system": BED_STATUS, "code": code, "display": OPERATIONS[code]},
            "type": [concept(KINDS, one.kind, BedKind(one.kind).label), *features],
            "availabilityExceptions": str(row.get_state_display()) if row is not None else "",
        }
    )


def _operation(row: Any) -> str:
    """What v2-0116 calls what takes the bed up. One that is reserved is still empty; one that is held is taken."""
    if row is None or row.state == "RESERVED":
        return "U"
    if row.state != "BLOCKED":
        return "O"
    return {"CLEANING": "H", "WHOLE_ROOM": "O"}.get(row.reason, "C")


def room(one: Any) -> Resource:
    within = reference("Location", one.ward_id, one.ward.name)
    return _place(one.pk, "ro", one.label, one.ward.unit, within) | {"status": "active"}


def ward(one: Any) -> Resource:
    return _place(one.pk, "wa", one.name, one.unit, {}) | {"status": "active"}


def area(one: Any) -> Resource:
    return without_empty(
        {
            "resourceType": "Location",
            "id": one.code,
            "identifier": [{"system": AREAS, "value": one.code}],
            "status": "active",
            "name": one.name,
            "mode": "instance",
            "physicalType": concept(PHYSICAL, "area", WORDS["area"]),
            "partOf": reference("Location", one.parent_id) if one.parent_id else {},
        }
    )


def _place(id: Any, kind: str, name: str, unit: Any, within: Resource) -> Resource:
    return without_empty(
        {
            "resourceType": "Location",
            "id": str(id),
            "name": name,
            "mode": "instance",
            "physicalType": concept(PHYSICAL, kind, WORDS[kind]),
            "managingOrganization": reference("Organization", unit.pk, unit.name),
            "partOf": within,
        }
    )


def _beds(facts: Sequence[Fact]) -> Q:
    """Beds of which something was said, and those whose occupant came or went."""
    rows = beds.open_rows(EVERYTHING).filter(occupied(facts))
    return Q(pk__in=subjects(facts)) | Q(pk__in=rows.values("bed_id"))


def _areas(actor: Actor) -> Any:
    district = "" if actor.sees_all else getattr(actor, "district", "")
    found = access.areas_below(district)
    return found if district or actor.sees_all else found.none()


def _code(text: str) -> str | None:
    return text if re.fullmatch(r"\d{6,12}", text) else None


SHOWN = Listing(
    Source(
        rows=lambda actor: beds.with_rows_now(beds.beds(actor)),
        write=bed,
        touched=_beds,
        narrow={
            "organization": by_reference("unit_id", "Organization"),
            "partof": by_reference("room_id", "Location"),
            "identifier": nothing,
        },
    ),
    Source(
        rows=beds.rooms,
        write=room,
        narrow={
            "organization": by_reference("ward__unit_id", "Organization"),
            "partof": by_reference("ward_id", "Location"),
            "identifier": nothing,
        },
    ),
    Source(
        rows=beds.wards,
        write=ward,
        narrow={
            "organization": by_reference("unit_id", "Organization"),
            "partof": nothing,
            "identifier": nothing,
        },
    ),
    Source(
        rows=_areas,
        write=area,
        touched=None,
        narrow={"organization": nothing},
        key=_code,
    ),
)
