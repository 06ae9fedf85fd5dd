"""Of which untold matters entries speak, judged anew after the district's lists have changed: some at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.records.queries.disclosed import speaking_today
from yiyang.records.r4 import body as bodies
from yiyang.records.rules.says import says

SOME = 2000
FIRST = (UUID(int=0), -1, "", 0)
ROWS = """
    SELECT r.person_id, r.kind, r.id, r.version, r.says, r.body FROM {table} r
    WHERE (r.person_id, r.kind, r.id, r.version) > (%(person)s, %(kind)s, %(id)s, %(version)s)
    ORDER BY r.person_id, r.kind, r.id, r.version LIMIT %(some)s FOR NO KEY UPDATE
"""
CHANGE = """
    UPDATE {table} r SET says = told.says
    FROM unnest(%(persons)s::uuid[], %(kinds)s::smallint[], %(ids)s::text[], %(versions)s::int[],
                %(says)s::smallint[]) AS told (person_id, kind, id, version, says)
    WHERE r.person_id = told.person_id AND r.kind = told.kind AND r.id = told.id AND {version}
"""
Place = tuple[UUID, int, str, int]


@dataclass(frozen=True)
class Judged:
    """How many were looked at and how many speak of something else than was kept; `next` is None at the end."""

    looked_at: int
    changed: int
    next: Place | None


@command(Permission.MANAGE_SECURITY, within=ANYWHERE)
def judge_topics(*, by: Actor, at: datetime, after: Place = FIRST, superseded: bool = False) -> Judged:
    """The next entries in the order of persons, by the lists in force: the newest versions, or those before them."""
    table = "records_history" if superseded else "records_resource"
    asked: dict[str, Any] = dict(zip(("person", "kind", "id", "version"), after, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(ROWS.format(table=table), asked | {"some": SOME})
        rows = cursor.fetchall()
        changed = [
            (*row[:4], now_says)
            for row in rows
            if row[5]
            and (now_says := says(bodies.decode(row[5].encode()), row[5], speaking_today())) != row[4]
        ]
        if changed:
            names = ("persons", "kinds", "ids", "versions", "says")
            values: dict[str, Any] = dict(zip(names, map(list, zip(*changed, strict=True)), strict=True))
            cursor.execute(CHANGE.format(table=table, version="r.version = told.version"), values)
            if not superseded:
                cursor.execute(CHANGE.format(table="records_index", version="true"), values)
    record("record.topics_judged", by=by, at=at, looked_at=len(rows), changed=len(changed))
    return Judged(len(rows), len(changed), tuple(rows[-1][:4]) if len(rows) == SOME else None)
