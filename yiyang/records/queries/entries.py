"""One entry of a person's record with everything behind it: its versions, who wrote each, what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people
from yiyang.records.queries.history import history
from yiyang.records.queries.names import in_words, names_of
from yiyang.records.queries.visible import readable_person
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import is_resource, kind_of
from yiyang.records.rules.contents import changes, contents, links
from yiyang.records.rules.items import Item, item, references_of
from yiyang.records.stored import Stored

VERSIONS = 20
# A version and its fact were written by one transaction.
WRITTEN_BY = """
    SELECT (f.data->>'version')::int, f.by_label FROM kernel_personfact f
    JOIN (
        SELECT generation, tx, version FROM records_resource
        WHERE person_id = %(person)s AND kind = %(kind)s AND id = %(id)s
        UNION ALL
        SELECT generation, tx, version FROM records_history
        WHERE person_id = %(person)s AND kind = %(kind)s AND id = %(id)s AND version >= %(since)s
    ) v ON (f.generation, f.tx) = (v.generation, v.tx)
    WHERE f.name IN ('resource.created', 'resource.updated', 'resource.deleted')
      AND f.person_id = %(person)s AND f.data->>'resource' = %(id)s
"""


@dataclass(frozen=True)
class Version:
    """One version: when it was written, by whom, and how it differs from the one before."""

    number: int
    updated_at: Any
    by: str
    deleted: bool = False
    changed: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """`contents` are its elements in words; `deleted` shows the last version that was."""

    item: Item
    resource: Mapping[str, Any]
    contents: list[tuple[str, str]]
    links: list[tuple[str, str, str]]
    versions: list[Version]
    deleted: bool
    more: bool


def entry(actor: Actor, person_id: UUID, type: str, id: str) -> Entry:
    """An entry of this person's record; NotFound when it is another's, nobody's, or not open to the actor."""
    if not is_resource(type):
        raise NotFound
    found = history(actor, type, id, count=VERSIONS)
    newest = found.versions[0]
    if newest.person_id not in people.ids(readable_person(actor, person_id)):
        raise NotFound
    read = [bodies.decode(one.body.encode()) if one.body else {} for one in found.versions]
    shown = next((number for number, one in enumerate(read) if one), None)
    if shown is None:
        raise NotFound
    resource, version = read[shown], found.versions[shown]
    names = names_of(reference for one in read for reference in (*references_of(one), *_others(one)))
    with in_words(read):
        return Entry(
            item=item(resource, names, version=newest.version, updated_at=version.updated_at),
            resource=resource,
            contents=contents(resource, names),
            links=[one for one in links(resource) if is_resource(one[0])],
            versions=_versions(found.versions, read, names),
            deleted=newest.deleted,
            more=bool(found.next),
        )


def _versions(stored: Sequence[Stored], read: Sequence[Any], names: Mapping[str, str]) -> list[Version]:
    by = _written_by(stored)
    before = [*read[1:], {}]
    return [
        Version(
            one.version,
            one.updated_at,
            by.get(one.version, ""),
            one.deleted,
            changes(earlier, now, names) if earlier and now else [],
        )
        for one, now, earlier in zip(stored, read, before, strict=True)
    ]


def _written_by(stored: Sequence[Stored]) -> dict[int, str]:
    newest = stored[0]
    asked: dict[str, Any] = {
        "person": newest.person_id, "kind": kind_of(newest.type), "id": newest.id, "since": stored[-1].version,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(WRITTEN_BY, asked)
        return dict(cursor.fetchall())


def _others(resource: Mapping[str, Any]) -> list[str]:
    """Further references without words: where it was, of what."""
    found = []
    for inner in resource.get("location", []) if isinstance(resource.get("location"), list) else []:
        one = inner.get("location", {}) if isinstance(inner, Mapping) else {}
        found.append(str(one.get("reference", "")) if isinstance(one, Mapping) else "")
    return [one for one in found if one]
