"""Of which untold matters entries speak, judged anew when the lists have changed: some at a time, each with its mark."""

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
from yiyang.records.models import TopicsJudged
from yiyang.records.queries.disclosed import lists_today, speaking_today
from yiyang.records.r4 import body as bodies
from yiyang.records.rules.says import says

SOME = 2000
FIRST = (str(UUID(int=0)), -1, "", 0)
ROWS = """
    SELECT r.person_id, r.kind, r.id, r.version, r.says, r.body FROM {table} r
    WHERE (r.person_id, r.kind, r.id, r.version) > (%(person)s::uuid, %(kind)s, %(id)s, %(version)s)
    ORDER BY r.person_id, r.kind, r.id, r.version LIMIT %(some)s FOR NO KEY UPDATE
"""
CHANGE = """
    UPDATE {table} r SET says = told.says
    FROM unnest(%(persons)s::uuid[], %(kinds)s::smallint[], %(ids)s::text[], %(versions)s::int[],
                %(says)s::smallint[]) AS told (person_id, kind, id, version, says)
    WHERE r.person_id = told.person_id AND r.kind = told.kind AND r.id = told.id AND {version}
"""


@dataclass(frozen=True)
class Part:
    """How many were looked at and how many speak of something else than was kept; `next` is None at the end."""

    looked_at: int
    changed: int
    next: list[Any] | None


@command(Permission.MANAGE_SECURITY, within=ANYWHERE)
def judge_topics(*, by: Actor, at: datetime, again: bool = False) -> TopicsJudged:
    """The next entries by the lists in force, the newest versions first, then those before them; from the beginning
    when the lists are others than it was begun with, or `again`."""
    mark, _new = TopicsJudged.objects.get_or_create(pk=1, defaults={"begun_at": at})
    mark = TopicsJudged.objects.select_for_update().get(pk=mark.pk)
    lists = lists_today()
    if again or mark.lists != lists:
        mark.lists, mark.begun_at, mark.ended_at = lists, at, None
        mark.superseded, mark.after, mark.looked_at, mark.changed = False, None, 0, 0
    done = Part(0, 0, None) if mark.ended_at else _next(mark.after or FIRST, superseded=mark.superseded)
    mark.looked_at, mark.changed, mark.after = (
        mark.looked_at + done.looked_at, mark.changed + done.changed, done.next,
    )  # fmt: skip
    if done.next is None and mark.superseded:
        mark.ended_at = mark.ended_at or at
    mark.superseded = mark.superseded or done.next is None
    mark.save()
    record(
        "record.topics_judged", by=by, at=at, looked_at=done.looked_at, changed=done.changed,
        ended=mark.ended_at is not None or None,
    )  # fmt: skip
    return mark


def _next(after: Any, *, superseded: bool) -> Part:
    """In the order of persons."""
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
    last = [str(rows[-1][0]), *rows[-1][1:4]] if len(rows) == SOME else None
    return Part(len(rows), len(changed), last)
