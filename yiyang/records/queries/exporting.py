"""What many persons' records hold, as lines of NDJSON, exactly as it was at one moment, in pieces of bounded size.

The moment is a snapshot of the database, kept as text. Each piece is a short statement that picks of every resource
the version that was the newest then: it holds nobody up, and goes on after a worker was killed. The order (person,
type, id) never changes, so nothing is given twice or left out however much is written meanwhile.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yiyang.kernel.actors import Actor
from yiyang.people import reach
from yiyang.records.queries import deciding
from yiyang.records.queries.history import since_condition
from yiyang.records.queries.visible import in_full_sql, row_sql, visible_sql
from yiyang.records.r4.definitions import kind_of, type_of
from yiyang.records.stored import NOBODY

ROWS = 1500
BYTES = 8 * 1024 * 1024
MOST_PERSONS = 500
ID = 16  # bytes


@dataclass(frozen=True)
class Moment:
    """All that was committed by then, and nothing else."""

    generation: int
    snapshot: str


@dataclass(frozen=True)
class Wanted:
    """Who asks for what: types, as of when, and only what changed since. Deletions are told where `since` is."""

    actor: Actor
    kinds: Sequence[int]
    moment: Moment
    since: datetime | None = None


@dataclass(frozen=True)
class Place:
    """Behind which resource a piece begins."""

    person: UUID = NOBODY
    kind: int = -1
    id: str = ""


@dataclass
class Piece:
    """Lines by type, how many; ids of those deleted by type; whose it is. `next` is None after the last person."""

    lines: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    deleted: dict[str, list[str]] = field(default_factory=dict)
    persons: set[UUID] = field(default_factory=set)
    looked_at: int = 0
    next: Place | None = None


def moment() -> Moment:
    with connection.cursor() as cursor:
        cursor.execute("SELECT yiyang_generation(), pg_current_snapshot()::text")
        return Moment(*cursor.fetchone())


EVERYBODY = """
    SELECT coalesce(string_agg(uuid_send(p.person_id), ''::bytea ORDER BY p.person_id), ''::bytea)
    FROM (SELECT id AS person_id FROM people_person UNION SELECT alias_id FROM people_personalias) p
    WHERE {visible}
"""


def persons_open(actor: Actor) -> bytes:
    """The ids of all persons whose records the actor may read, sorted, sixteen bytes each."""
    visible, values = visible_sql(actor, "p")
    with connection.cursor() as cursor:
        cursor.execute(EVERYBODY.format(visible=visible), values)
        return bytes(cursor.fetchone()[0])


def packed(persons: Iterable[UUID]) -> bytes:
    return b"".join(sorted(one.bytes for one in set(persons)))


def unpacked(ids: bytes) -> list[UUID]:
    return [UUID(bytes=ids[at : at + ID]) for at in range(0, len(ids), ID)]


STAMPS = """
    SELECT string_agg(int4send(hashtext(concat({in_full}, (
        SELECT string_agg(concat_ws('/', care.scope, care.kinds::text, care.labels::text, care.basis), ','
                          ORDER BY care.scope, care.kinds::text, care.labels::text, care.basis)
        FROM people_carerelationship care
        WHERE care.person_id = {living} AND {live}
          AND (care.kinds <> '{{}}' OR care.labels <> '{{}}' OR care.basis IN ('BREAK_GLASS', 'DELEGATION')))))),
        ''::bytea ORDER BY p.place)
    FROM unnest(%(persons)s::uuid[]) WITH ORDINALITY AS p (person_id, place)
"""
STAMP = 4  # bytes


def stamps(actor: Actor, persons: Collection[UUID]) -> bytes:
    """What follows from who the actor is to each of these persons: it changes when less of one is open."""
    if not persons:
        return b""
    live, values = reach.sql(actor, "care")
    made = STAMPS.format(in_full=in_full_sql(actor, "p"), living=deciding.LIVING.format(alias="p"), live=live)
    with connection.cursor() as cursor:
        cursor.execute(made, {**values, "persons": list(persons)})
        return bytes(cursor.fetchone()[0])


# Was it committed by the moment? Transactions of generations before a restore all were.
SETTLED = """({alias}.generation < %(generation)s OR ({alias}.generation = %(generation)s
    AND pg_visible_in_snapshot({alias}.tx, %(snapshot)s::pg_snapshot)))"""
COLUMNS = "person_id, kind, id, version, updated_at, deleted, body, tx, generation, labels, written_in, says"
PIECE = """
    WITH page AS (
        SELECT one.*, count(*) OVER () AS many,
            sum(one.size) OVER (ORDER BY one.person_id, one.kind, one.id) - one.size AS before
        FROM (
            SELECT r.* FROM unnest(%(persons)s::uuid[]) AS p (person_id)
            CROSS JOIN LATERAL (SELECT {in_full} AS in_full OFFSET 0) whole
            CROSS JOIN LATERAL (
                SELECT {columns}, octet_length(r.body) AS size, whole.in_full FROM records_resource r
                WHERE r.person_id = p.person_id AND r.kind = ANY(%(kinds)s::smallint[])
                  AND (r.person_id, r.kind, r.id) > (%(after_person)s, %(after_kind)s, %(after_id)s)
                  AND {row_r}
                ORDER BY r.person_id, r.kind, r.id LIMIT %(rows)s
            ) r
            WHERE {visible}
            ORDER BY r.person_id, r.kind, r.id LIMIT %(rows)s
        ) one
    ), taken AS MATERIALIZED (
        SELECT page.* FROM page WHERE page.before < %(bytes)s
    ), then_newest AS (
        SELECT {columns}, in_full FROM taken r WHERE {settled_r}
        UNION ALL
        SELECT h.*, r.in_full FROM taken r CROSS JOIN LATERAL (
            SELECT {columns} FROM records_history h
            WHERE h.person_id = r.person_id AND h.kind = r.kind AND h.id = r.id AND {settled_h}
            ORDER BY h.version DESC LIMIT 1
        ) h WHERE NOT {settled_r}
    ), told AS (
        SELECT v.kind, v.deleted, count(*) AS number, array_agg(DISTINCT v.person_id) AS persons,
            CASE WHEN v.deleted THEN array_agg(v.id::text) END AS ids,
            CASE WHEN NOT v.deleted THEN string_agg(
                CASE WHEN strpos(v.body, E'\\n') > 0 OR strpos(v.body, E'\\r') > 0
                     THEN translate(v.body, E'\\n\\r', '  ') ELSE v.body END, E'\\n') END AS lines
        FROM then_newest v WHERE (%(deletions)s OR NOT v.deleted) AND {since} AND {row_v}
        GROUP BY v.kind, v.deleted
    )
    SELECT told.kind, told.deleted, told.number, told.persons, told.ids, told.lines, NULL, NULL, NULL, NULL FROM told
    UNION ALL
    (SELECT NULL, NULL, count(*) OVER (), NULL, NULL, NULL, taken.many, taken.person_id, taken.kind, taken.id::text
     FROM taken ORDER BY taken.person_id DESC, taken.kind DESC, taken.id DESC LIMIT 1)
"""


def statement(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """Written once for many pieces: what was sealed when, and where the actor's sight comes from, is asked here."""
    visible, values = visible_sql(wanted.actor, "p", one=True)
    since, more = since_condition(wanted.since, "v")
    row_r, of_row = row_sql(wanted.actor, "r", in_full="whole.in_full")
    row_v, _same = row_sql(wanted.actor, "v", in_full="v.in_full")
    made = PIECE.format(
        columns=COLUMNS, visible=visible, since=since, in_full=in_full_sql(wanted.actor, "p"), row_r=row_r, row_v=row_v,
        settled_r=SETTLED.format(alias="r"), settled_h=SETTLED.format(alias="h"),
    )  # fmt: skip
    return made, {
        **values, **of_row, **more, "kinds": list(wanted.kinds), "generation": wanted.moment.generation,
        "snapshot": wanted.moment.snapshot, "deletions": wanted.since is not None, "rows": ROWS, "bytes": BYTES,
    }  # fmt: skip


def piece(wanted: Wanted, persons: Sequence[UUID], after: Place) -> Piece:
    """The next resources of these persons (sorted), behind a place; `next` is None when these persons are done."""
    made, values = statement(wanted)
    values |= {
        "persons": list(persons), "after_person": after.person, "after_kind": after.kind, "after_id": after.id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(made, values)
        rows = cursor.fetchall()
    found = Piece()
    for kind, deleted, number, persons_of, ids, lines, many, person, last_kind, last_id in rows:
        if many is not None:
            found.looked_at = number
            if many > number or number == ROWS:
                found.next = Place(person, last_kind, last_id)
            continue
        type = type_of(kind)
        found.persons |= set(persons_of) - {NOBODY}
        if deleted:
            found.deleted[type] = ids
        else:
            found.lines[type], found.counts[type] = lines, number
    return found


def kinds(types: Iterable[str]) -> list[int]:
    return sorted(kind_of(one) for one in types)
