"""What the platform itself shows as resources, for an export: as far as whoever asked may see it, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from yiyang.gateways.fhir.bulk import files
from yiyang.gateways.fhir.bulk.models import Export, Level
from yiyang.records import queries
from yiyang.records.queries import exporting, outside
from yiyang.records.queries.search.persons import same
from yiyang.records.r4 import body as bodies
from yiyang.records.stored import NOBODY, Stored

TYPES = outside.TYPES
PAGE = 200
Page = tuple[list[Stored], str]


def members(actor: Any, group: str) -> set[UUID]:
    """All ids of the persons who are in a stored Group now."""
    found = queries.resource(actor, "Group", group)
    listed = bodies.decode(found.body.encode()).get("member", [])
    named = {_patient(one) for one in listed if isinstance(one, dict) and one.get("inactive") is not True}
    behind = same(one for one in named if one)
    return {person for one in behind.values() for person in one.persons}


def _patient(member: dict[str, Any]) -> str:
    entity = member.get("entity")
    told = entity.get("reference") if isinstance(entity, dict) else None
    type, _slash, id = str(told or "").rpartition("/")
    return id if type.rpartition("/")[2] == "Patient" else ""


def pages(export: Export, actor: Any, type: str, cursor: str) -> Iterator[Page]:
    """Pages of one type and where each leads."""
    if type == "Patient":
        yield from _patients(export, actor, cursor)
        return
    ours = _in_export(export)
    while True:
        found, cursor = TYPES[type].page(actor, [], None, cursor, PAGE)
        yield (
            [one for one in found if one.person_id in ours or (ours.everybody and one.person_id == NOBODY)],
            cursor,
        )
        if not cursor:
            return


def _patients(export: Export, actor: Any, cursor: str) -> Iterator[Page]:
    """Persons of whom no Patient came in."""
    at = int(cursor or 0)
    while ids := files.read_persons(export.pk, at, PAGE, exporting.ID):
        named = [str(one) for one in exporting.unpacked(ids) if one != NOBODY]
        at += PAGE
        yield outside.fetch(actor, "Patient", named), str(at)


class _In:
    """Whether a person's id is among those of the export."""

    def __init__(self, ids: bytes, everybody: bool) -> None:
        self.ids, self.everybody = ids, everybody

    def __contains__(self, person: UUID) -> bool:
        if self.everybody:
            return person != NOBODY
        low, high = 0, len(self.ids) // exporting.ID
        while low < high:
            middle = (low + high) // 2
            if self.ids[middle * exporting.ID : (middle + 1) * exporting.ID] < person.bytes:
                low = middle + 1
            else:
                high = middle
        return self.ids[low * exporting.ID : (low + 1) * exporting.ID] == person.bytes


def _in_export(export: Export) -> _In:
    if export.level == Level.SYSTEM:
        return _In(b"", True)
    return _In(files.read_persons(export.pk, 0, export.persons, exporting.ID), False)
