"""What changed, the latest first: of one resource, of one type, of everything that the actor may read.

Pages are cut by (generation, tx), which no late commit can slip behind. `_since` asks by an instant: it is
answered from the newest seal before that instant, so that what was written before but committed after is in it too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.records.queries.resources import current
from yiyang.records.queries.visible import may_read, seen_sql, version_sql
from yiyang.records.r4.definitions import kind_of, type_of, types
from yiyang.records.stored import Stored


class ChangesPageUnknown(Refusal):
    message = _("This page was not given out here. Start from the first page.")
    status = 400


@dataclass(frozen=True)
class Changes:
    """A page of versions, the latest first, and where the next page begins; `total` for one resource alone."""

    versions: list[Stored]
    next: str = ""
    total: int | None = None


COLUMNS = "person_id, kind, id, version, updated_at, body, deleted, generation, tx, labels, written_in, says"
BEFORE = """(r.generation, r.tx, r.kind, r.id, r.version)
    < (%(generation)s, %(tx)s::text::xid8, %(before_kind)s, %(before_id)s, %(before_version)s)"""
OF_KIND = """
    (SELECT {columns} FROM {table} r WHERE r.kind = k.kind AND {conditions}
     ORDER BY r.generation DESC, r.tx DESC, r.id DESC, r.version DESC LIMIT %(limit)s)
"""
OF_TYPES = """
    SELECT v.person_id, v.kind, v.id, v.version, v.updated_at, v.body, v.deleted, v.generation, v.tx::text::bigint
    FROM unnest(%(kinds)s::smallint[]) AS k (kind), LATERAL ({current} UNION ALL {superseded}) v
    ORDER BY v.generation DESC, v.tx DESC, v.kind DESC, v.id DESC, v.version DESC LIMIT %(limit)s
"""
OF_ONE = """
    SELECT v.person_id, v.kind, v.id, v.version, v.updated_at, v.body, v.deleted, v.generation, v.tx::text::bigint
    FROM (SELECT {columns} FROM records_resource UNION ALL SELECT {columns} FROM records_history) v
    WHERE v.kind = %(kind)s AND v.id = %(id)s AND v.version < %(before_version)s
      AND v.person_id = (SELECT a.person_id FROM records_address a WHERE a.kind = %(kind)s AND a.id = %(id)s)
      AND {conditions}
    ORDER BY v.version DESC LIMIT %(limit)s
"""
VERSIONS = 2**31 - 1


def history(
    actor: Actor, type: str, id: str, *, count: int = 50, cursor: str = "", since: datetime | None = None
) -> Changes:
    """The versions of one resource; NotFound when there never was one that is open to the actor."""
    found = current(actor, type, id)
    if found is None:
        raise NotFound
    conditions, values = since_condition(since, "v")
    open, more_values = version_sql(actor, "v")
    values |= more_values | {"kind": kind_of(type), "id": id, "before_version": VERSIONS}
    asked = OF_ONE.format(columns=COLUMNS, conditions=f"{conditions} AND {open}")
    before = {"before_version": _number(cursor)} if cursor else {}
    versions, _last = _read(asked, values | before, count)
    more = len(versions) > count
    versions = versions[:count]
    total = _how_many(asked, values) if since is None else None
    return Changes(versions, str(versions[-1].version) if more else "", total)


def history_of_type(
    actor: Actor, type: str = "", *, count: int = 50, cursor: str = "", since: datetime | None = None
) -> Changes:
    """What changed in one type, or in all of them."""
    may_read(actor)
    seen, values = seen_sql(actor, "r")
    version, _values = version_sql(actor, "r")
    conditions, more_values = since_condition(since, "r")
    values |= more_values | _position(cursor)
    values["kinds"] = [kind_of(one) for one in ([type] if type else types())]
    conditions = " AND ".join(one for one in (conditions, seen, BEFORE if cursor else "") if one)
    parts = {
        "current": OF_KIND.format(columns=COLUMNS, table="records_resource", conditions=conditions),
        "superseded": OF_KIND.format(
            columns=COLUMNS, table="records_history", conditions=f"{conditions} AND {version}"
        ),
    }
    versions, cursors = _read(OF_TYPES.format(**parts), values, count)
    return Changes(versions[:count], cursors[count - 1] if len(versions) > count else "")


def _read(statement: str, values: dict[str, Any], count: int) -> tuple[list[Stored], list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "limit": count + 1})
        rows = cursor.fetchall()
    versions, cursors = [], []
    for person_id, kind, id, version, updated_at, body, deleted, generation, tx in rows:
        versions.append(Stored(person_id, type_of(kind), id, version, updated_at, body, deleted))
        cursors.append(f"{generation}.{tx}.{kind}.{version}.{id}")
    return versions, cursors


def _how_many(asked: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({asked}) counted", {**values, "limit": VERSIONS})
        return int(cursor.fetchone()[0])


def _position(cursor: str) -> dict[str, Any]:
    if not cursor:
        return {}
    parts = cursor.split(".", 4)
    if len(parts) != 5:
        raise ChangesPageUnknown
    generation, tx, kind, version = (_number(one) for one in parts[:4])
    if generation > 2**15 or kind > 2**15 or tx > 2**63 - 1 or version > VERSIONS:
        raise ChangesPageUnknown
    return {
        "generation": generation, "tx": str(tx), "before_kind": kind, "before_version": version,
        "before_id": parts[4][:64],
    }  # fmt: skip


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise ChangesPageUnknown
    return int(text)


SEALED_BEFORE = """
    SELECT (SELECT ARRAY[generation, hi::text::bigint] FROM kernel_seal WHERE sealed_at <= %s
            ORDER BY number DESC LIMIT 1), current_setting('track_commit_timestamp') = 'on'
"""


def since_condition(since: datetime | None, alias: str) -> tuple[str, dict[str, Any]]:
    """Written at or after an instant, or written before it by a transaction that was not sealed by then.

    Where the server keeps the times of commits, what had been committed by then is left out again.
    """
    if since is None:
        return "true", {}
    with connection.cursor() as cursor:
        cursor.execute(SEALED_BEFORE, [since])
        sealed, keeps_commits = cursor.fetchone()
    condition = f"{alias}.updated_at >= %(since)s"
    if sealed is None:
        return condition, {"since": since}
    late = f"({alias}.generation, {alias}.tx) >= (%(since_generation)s, %(since_tx)s::text::xid8)"
    if keeps_commits:
        late += f" AND coalesce(pg_xact_commit_timestamp({alias}.tx::xid) >= %(since)s, true)"
    values = {"since": since, "since_generation": sealed[0], "since_tx": str(sealed[1])}
    return f"({condition} OR ({late}))", values
