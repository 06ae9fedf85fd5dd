"""The newest resources of a person by type, whole, as far as an actor may read them: for documents made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from yiyang.kernel.actors import Actor
from yiyang.people import queries as people
from yiyang.records.queries.search.running import rows
from yiyang.records.queries.visible import may_read, readable_person, row_sql
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import is_resource, kind_of, type_of
from yiyang.records.r4.extracting import own_references
from yiyang.records.stored import NOBODY, Stored

LARGE = 200_000  # bytes; what is larger is opened by itself
BESIDE_AT_MOST = 300
NEWEST = """
    SELECT r.person_id, r.kind, r.id, r.version, r.updated_at, r.body
    FROM unnest(%(persons)s::uuid[]) AS p (id), unnest(%(kinds)s::smallint[], %(most)s::int[]) AS k (kind, most),
    LATERAL (
        SELECT i.person_id, i.kind, i.id, i.starts_at FROM records_index i
        WHERE i.person_id = p.id AND i.kind = k.kind AND {visible}
        ORDER BY i.starts_at DESC NULLS LAST, i.id LIMIT k.most
    ) f
    JOIN records_resource r ON (r.person_id, r.kind, r.id) = (f.person_id, f.kind, f.id)
    WHERE octet_length(r.body) < %(large)s
    ORDER BY f.kind, f.starts_at DESC NULLS LAST, f.id
"""
KEPT_BACK = """
    SELECT count(*) FROM records_index i
    WHERE i.person_id = ANY(%(persons)s) AND i.kind = ANY(%(kinds)s::smallint[]) AND i.labels <> 0
        AND NOT ({visible})
"""
NO_LONGER = """
    SELECT count(*) FROM unnest(%(kinds)s::smallint[], %(ids)s::text[]) AS asked (kind, id)
    JOIN records_resource i ON i.person_id = ANY(%(persons)s) AND i.kind = asked.kind AND i.id = asked.id
    WHERE NOT i.deleted AND NOT ({visible})
"""
BESIDE = """
    SELECT i.person_id, i.kind, i.id, i.version, i.updated_at, i.body
    FROM unnest(%(kinds)s::smallint[], %(ids)s::text[]) AS asked (kind, id)
    JOIN records_resource i ON i.person_id = %(nobody)s AND i.kind = asked.kind AND i.id = asked.id
    WHERE NOT i.deleted AND octet_length(i.body) < %(large)s AND {visible} ORDER BY i.kind, i.id LIMIT %(most)s
"""


def newest(
    actor: Actor, person_id: UUID, types: Mapping[str, int], *, unlabelled: bool = False
) -> list[Stored]:
    """Of each type so many, the newest first; `unlabelled`: nothing that is labelled as sensitive."""
    visible, values = _open(actor, unlabelled)
    values |= {
        "persons": _persons(actor, person_id), "kinds": [kind_of(one) for one in types],
        "most": list(types.values()), "large": LARGE,
    }  # fmt: skip
    return [_stored(row) for row in rows(NEWEST.format(visible=visible), values)]


def kept_back(actor: Actor, person_id: UUID, types: Sequence[str], *, unlabelled: bool = False) -> int:
    """How many of these types are kept back from the actor because they are labelled as sensitive."""
    visible, values = _open(actor, unlabelled)
    values |= {"persons": _persons(actor, person_id), "kinds": [kind_of(one) for one in types]}
    return int(rows(KEPT_BACK.format(visible=visible), values)[0][0])


def no_longer_open(
    actor: Actor, person_id: UUID, references: Sequence[str], *, unlabelled: bool = False
) -> int:
    """How many of these resources of the person the actor may not read now."""
    asked = _asked(references)
    visible, values = _open(actor, unlabelled)
    values |= {
        "persons": people.ids(person_id), "kinds": [kind_of(type) for type, _id in asked],
        "ids": [id for _type, id in asked],
    }  # fmt: skip
    return int(rows(NO_LONGER.format(visible=visible), values)[0][0])


def beside(actor: Actor, found: Sequence[Stored], base: str = "") -> list[Stored]:
    """What of nobody's these refer to: who did it, where, which medicine."""
    referred = {
        "/".join(target.split("/")[:2])
        for one in found
        for target in own_references(bodies.decode(one.body.encode()), base)
    }
    asked = _asked(sorted(referred))
    if not asked:
        return []
    visible, values = row_sql(actor, "i")
    values |= {
        "kinds": [kind_of(type) for type, _id in asked], "ids": [id for _type, id in asked],
        "nobody": NOBODY, "large": LARGE, "most": BESIDE_AT_MOST,
    }  # fmt: skip
    return [_stored(row) for row in rows(BESIDE.format(visible=visible), values)]


def _open(actor: Actor, unlabelled: bool) -> tuple[str, dict[str, Any]]:
    visible, values = row_sql(actor, "i")
    return (f"({visible} AND i.labels = 0)" if unlabelled else visible), values


def _asked(references: Sequence[str]) -> list[tuple[str, str]]:
    named = [one.split("/", 1) for one in references if "/" in one]
    return [(type, id) for type, id in named if is_resource(type)]


def _persons(actor: Actor, person_id: UUID) -> list[UUID]:
    may_read(actor)
    return people.ids(readable_person(actor, person_id))


def _stored(row: Sequence[Any]) -> Stored:
    return Stored(row[0], type_of(row[1]), *row[2:])


def labelled(person_id: UUID, references: Sequence[str]) -> int:
    """How many of these resources of the person bear a sensitivity label now."""
    asked = _asked(references)
    values = {
        "persons": people.ids(person_id),
        "kinds": [kind_of(type) for type, _id in asked],
        "ids": [id for _type, id in asked],
    }
    return int(rows(NO_LONGER.format(visible="i.labels = 0"), values)[0][0])
