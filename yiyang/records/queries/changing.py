"""What was written of one type behind a cursor, oldest first: each version once, however late it was committed."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from yiyang.kernel.actors import Actor
from yiyang.records.queries.visible import row_sql
from yiyang.records.r4.definitions import kind_of


@dataclass(frozen=True)
class At:
    """Behind which version. A transaction is looked at when no older one is open any more."""

    generation: int = 0
    tx: int = 0
    id: str = ""
    version: int = 0


@dataclass(frozen=True)
class Change:
    """`body` is None where it is deleted or not open to whoever asks."""

    at: At
    person_id: UUID
    body: str | None


LAST = "~"  # behind every id
ONE = """
    (SELECT r.person_id, r.kind, r.id, r.version, r.generation, r.tx, r.deleted, r.body, r.labels, r.written_in, r.says
     FROM {table} r
     WHERE r.kind = %(kind)s AND (r.generation, r.tx) >= (%(generation)s, %(tx)s::text::xid8)
       AND (r.generation, r.tx, r.id, r.version) > (%(generation)s, %(tx)s::text::xid8, %(id)s, %(version)s)
       AND (r.tx < pg_snapshot_xmin(pg_current_snapshot()) OR r.generation < yiyang_generation())
     ORDER BY r.generation, r.tx, r.id, r.version LIMIT %(limit)s)
"""
AFTER = """
    SELECT v.generation, v.tx::text::bigint, v.id, v.version, v.person_id,
        CASE WHEN NOT v.deleted AND {row} THEN v.body END
    FROM ({current} UNION ALL {superseded}) v
    ORDER BY v.generation, v.tx, v.id, v.version LIMIT %(limit)s
"""
NOW = "SELECT yiyang_generation(), pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1"


def newest() -> At:
    """Behind everything that can be read now."""
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        generation, tx = cursor.fetchone()
        return At(generation, tx, LAST, 0)


def after(actor: Actor, type: str, at: At, limit: int = 500) -> list[Change]:
    row, values = row_sql(actor, "v")
    statement = AFTER.format(
        row=row, current=ONE.format(table="records_resource"), superseded=ONE.format(table="records_history")
    )
    values = {
        **values, "kind": kind_of(type), "generation": at.generation, "tx": str(at.tx), "id": at.id,
        "version": at.version, "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Change(At(*row[:4]), row[4], row[5]) for row in cursor.fetchall()]
