"""The only place that writes the tables of the record: each change of a resource is one statement.

The caller holds the lock of the resource (`lock`) or has just thought of its id. The fact, which holds nothing of the
content, is part of the statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yiyang.kernel import prepared
from yiyang.kernel.actors import Actor
from yiyang.kernel.facts import record_beside
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.records.queries.disclosed import speaking_today
from yiyang.records.r4.definitions import kind_of
from yiyang.records.r4.extracting import Index
from yiyang.records.rules.labels import labels_of
from yiyang.records.rules.says import says
from yiyang.records.stored import NOBODY, Stored


class IdTaken(Refusal):
    message = _("This id has just been given to another resource of this type. Send the request again.")
    status = 409


@refuses("records_address_pkey")
@refuses("records_resource_pkey")
@refuses("records_index_pkey")
def _id_taken(given: dict[str, Any]) -> Refusal:
    return IdTaken()


LOCK = """
    SELECT r.person_id, r.version, r.updated_at, r.body, r.deleted, r.labels, r.written_in, r.says
    FROM records_resource r
    WHERE r.kind = %(kind)s AND r.id = %(id)s
      AND r.person_id = (SELECT a.person_id FROM records_address a WHERE a.kind = %(kind)s AND a.id = %(id)s)
    FOR NO KEY UPDATE
"""
# Each statement begins with the fact of what happened.
INSERT = """
    WITH fact AS ({fact}), address AS (
        INSERT INTO records_address (kind, id, person_id) VALUES (%(kind)s, %(id)s, %(person)s)
    ), resource AS (
        INSERT INTO records_resource
            (person_id, kind, id, version, updated_at, deleted, labels, written_in, says, body)
        VALUES (%(person)s, %(kind)s, %(id)s, %(version)s, %(updated_at)s, false, %(labels)s, %(written_in)s,
                %(says)s, %(body)s)
    )
"""
SUPERSEDE = """
    WITH fact AS ({fact}), kept AS (
        INSERT INTO records_history
            (person_id, kind, id, version, updated_at, tx, generation, deleted, labels, written_in, says, body)
        SELECT person_id, kind, id, version, updated_at, tx, generation, deleted, labels, written_in, says, body
        FROM records_resource
        WHERE person_id = %(person)s AND kind = %(kind)s AND id = %(id)s
    ), resource AS (
        UPDATE records_resource
        SET version = %(version)s, updated_at = %(updated_at)s, deleted = %(deleted)s, body = %(body)s,
            labels = %(labels)s, written_in = %(written_in)s, says = %(says)s,
            tx = pg_current_xact_id(), generation = yiyang_generation()
        WHERE person_id = %(person)s AND kind = %(kind)s AND id = %(id)s
    )
"""
INTO_INDEX = """
    INSERT INTO records_index (person_id, kind, id, updated_at, starts_at, ends_at, tokens,
                               range_keys, range_lows, range_highs, strings, labels, written_in, says)
    VALUES (%(person)s, %(kind)s, %(id)s, %(updated_at)s, %(starts_at)s, %(ends_at)s, %(tokens)s::bigint[],
            %(range_keys)s::bigint[], %(range_lows)s::float8[], %(range_highs)s::float8[], %(strings)s,
            %(labels)s, %(written_in)s, %(says)s)
"""
AGAIN_INTO_INDEX = (
    INTO_INDEX
    + """
    ON CONFLICT (person_id, kind, id) DO UPDATE SET
        updated_at = excluded.updated_at, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
        tokens = excluded.tokens, range_keys = excluded.range_keys, range_lows = excluded.range_lows,
        range_highs = excluded.range_highs, strings = excluded.strings,
        labels = excluded.labels, written_in = excluded.written_in, says = excluded.says
"""
)
OUT_OF_INDEX = "DELETE FROM records_index WHERE person_id = %(person)s AND kind = %(kind)s AND id = %(id)s"


def lock(type: str, id: str) -> Stored | None:
    """The newest version, deleted or not, held until the transaction ends; None when there never was one."""
    row = prepared.first(LOCK, {"kind": kind_of(type), "id": id})
    if row is None:
        return None
    person_id, *rest = row
    return Stored(person_id, type, id, *rest)


def marked(new: Stored, resource: Mapping[str, Any], *, by: Actor, before: Stored | None = None) -> Stored:
    """With what decides beside the person who sees it: its labels, the unit that wrote it, of what it speaks.

    A further version stays with the unit that wrote the one before, unless it bears a label that is new.
    """
    labels = labels_of(resource)
    kept = before is not None and not labels & ~before.labels
    unit = before.written_in if before is not None and kept else by.organisation_id
    return replace(new, labels=labels, written_in=unit, says=says(resource, new.body, speaking_today()))


def insert(new: Stored, index: Index, *, by: Actor, at: datetime) -> None:
    """The first version of a resource. IdTaken when somebody else was quicker."""
    _write(INSERT + INTO_INDEX, new, index, "resource.created", by, at)


COPY_ADDRESSES = "COPY records_address (kind, id, person_id) FROM STDIN"
COPY_RESOURCES = (
    "COPY records_resource (person_id, kind, id, version, updated_at, deleted, labels, written_in, says, body)"
    " FROM STDIN"
)
COPY_INDEX = (
    "COPY records_index (person_id, kind, id, updated_at, starts_at, ends_at, tokens, range_keys, range_lows,"
    " range_highs, strings, labels, written_in, says) FROM STDIN"
)


def insert_many(new: list[tuple[Stored, Index]]) -> None:
    """The first versions of many resources, as a transaction brings them."""
    if not new:
        return
    with connection.cursor() as cursor:
        _copy(cursor, COPY_ADDRESSES, ((kind_of(one.type), one.id, one.person_id) for one, _index in new))
        _copy(
            cursor,
            COPY_RESOURCES,
            (
                (
                    one.person_id, kind_of(one.type), one.id, one.version, one.updated_at, one.deleted,
                    one.labels, one.written_in, one.says, one.body,
                )
                for one, _index in new
            ),
        )  # fmt: skip
        _copy(
            cursor,
            COPY_INDEX,
            (
                (
                    one.person_id, kind_of(one.type), one.id, one.updated_at, index.starts_at, index.ends_at,
                    index.tokens, index.range_keys, index.range_lows, index.range_highs, index.strings,
                    one.labels, one.written_in, one.says,
                )
                for one, index in new
            ),
        )  # fmt: skip


def _copy(cursor: Any, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
    with cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def supersede(new: Stored, index: Index, *, by: Actor, at: datetime) -> None:
    """A further version; the one before goes into the history."""
    _write(SUPERSEDE + AGAIN_INTO_INDEX, new, index, "resource.updated", by, at)


def take_away(new: Stored, *, by: Actor, at: datetime) -> None:
    """A version that says the resource is deleted; it is no longer found."""
    _write(SUPERSEDE + OUT_OF_INDEX, new, None, "resource.deleted", by, at)


def told_of(new: Stored) -> dict[str, Any]:
    """What a fact says of a version; that it bears labels, so that lists of facts leave it out."""
    told = {"type": new.type, "resource": new.id, "version": new.version}
    return {**told, "labelled": True} if new.labels else told


def _write(statement: str, new: Stored, index: Index | None, name: str, by: Actor, at: datetime) -> None:
    person_id = None if new.person_id == NOBODY else new.person_id
    fact, told = record_beside(name, by=by, at=at, person_id=person_id, **told_of(new))
    values: dict[str, Any] = {
        "person": new.person_id,
        "kind": kind_of(new.type),
        "id": new.id,
        "version": new.version,
        "updated_at": new.updated_at,
        "deleted": new.deleted,
        "body": new.body,
        "labels": new.labels,
        "written_in": new.written_in,
        "says": new.says,
    }
    if index is not None:
        values |= {
            "starts_at": index.starts_at,
            "ends_at": index.ends_at,
            "tokens": index.tokens,
            "range_keys": index.range_keys,
            "range_lows": index.range_lows,
            "range_highs": index.range_highs,
            "strings": index.strings,
        }
    prepared.run(statement.replace("{fact}", fact), values | told)
