"""What was written of one type behind a cursor, oldest first: each version once, however late it was committed.

Of what was deleted the version before speaks: whoever could not read that is told of no deletion.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from yiyang.kernel.actors import Actor
from yiyang.records.queries.visible import row_sql, version_sql
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
    """`body` is None where it is not open to whoever asks; of what is deleted it is that of the version before."""

    at: At
    person_id: UUID
    deleted: bool
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
    SELECT v.generation, v.tx::text::bigint, v.id, v.version, v.person_id, v.deleted,
        CASE WHEN {row} THEN said.body END
    FROM (SELECT * FROM ({current} UNION ALL {superseded}) both_kinds
          ORDER BY generation, tx, id, version LIMIT %(limit)s) v
    LEFT JOIN LATERAL (
        SELECT {columns} FROM (SELECT v.*) w WHERE NOT w.deleted
        UNION ALL ({before})
    ) said ON true
    ORDER BY v.generation, v.tx, v.id, v.version
"""
COLUMNS = "w.person_id, w.kind, w.id, w.labels, w.written_in, w.says, w.body"
BEFORE = f"""
    SELECT {COLUMNS} FROM records_history w
    WHERE v.deleted AND w.person_id = v.person_id AND w.kind = v.kind AND w.id = v.id
      AND w.version < v.version AND NOT w.deleted ORDER BY w.version DESC LIMIT 1
"""
READ_BEFORE = """
    SELECT EXISTS (SELECT 1 FROM records_address a
        CROSS JOIN LATERAL (
            SELECT {columns} FROM records_history w
            WHERE w.person_id = a.person_id AND w.kind = a.kind AND w.id = a.id
              AND w.version < %(version)s AND NOT w.deleted ORDER BY w.version DESC LIMIT 1) said
        WHERE a.kind = %(kind)s AND a.id = %(id)s AND {open})
"""
NOW = "SELECT yiyang_generation(), pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1"


def newest() -> At:
    """Behind everything that can be read now."""
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        generation, tx = cursor.fetchone()
        return At(generation, tx, LAST, 0)


def after(actor: Actor, type: str, at: At, limit: int = 500) -> list[Change]:
    row, values = row_sql(actor, "said")
    statement = AFTER.format(
        row=row, columns=COLUMNS, before=BEFORE,
        current=ONE.format(table="records_resource"), superseded=ONE.format(table="records_history"),
    )  # fmt: skip
    values = {
        **values, "kind": kind_of(type), "generation": at.generation, "tx": str(at.tx), "id": at.id,
        "version": at.version, "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [Change(At(*row[:4]), *row[4:]) for row in cursor.fetchall()]


def read_before(actor: Actor, type: str, id: str, version: int) -> bool:
    """Whether what was deleted by this version is, as it was before, open to the actor."""
    open, values = version_sql(actor, "said")
    statement = READ_BEFORE.format(columns=COLUMNS, open=open)
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "kind": kind_of(type), "id": id, "version": version})
        return bool(cursor.fetchone()[0])
