"""What was measured last, by LOINC code: for the page of the person, and beside questions of an assessment."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from yiyang.kernel.actors import Actor
from yiyang.records.queries.visible import row_sql
from yiyang.records.r4.definitions import kind_of
from yiyang.records.rules.vital_signs import AWARENESS, SIGNS, Measured, Sign, measured

LOOKED_THROUGH = 200
RECENT = """
    SELECT i.starts_at, r.body FROM records_index i
    JOIN records_resource r ON (r.person_id, r.kind, r.id) = (i.person_id, i.kind, i.id)
    WHERE i.person_id IN (
        SELECT %(person)s::uuid UNION ALL
        SELECT merged.alias_id FROM people_personalias merged WHERE merged.person_id = %(person)s
    ) AND i.kind = %(kind)s
      AND i.starts_at >= %(since)s AND i.starts_at <= %(until)s AND {visible}
    ORDER BY i.starts_at DESC LIMIT %(most)s
"""


def latest(
    actor: Actor, person_id: UUID, codes: Iterable[str], *, at: datetime, within: timedelta
) -> dict[str, Measured]:
    """The newest value of each LOINC code that was measured in that time before `at`; what is not known is absent."""
    wanted = set(codes)
    found: dict[str, Measured] = {}
    for one in _recent(actor, person_id, at - within, at):
        if one.code in wanted:
            found.setdefault(one.code, one)
    return found


def latest_signs(
    actor: Actor, person_id: UUID, *, at: datetime, within: timedelta
) -> list[tuple[Sign, Measured]]:
    """The newest value of each vital sign with its name, in the order in which they are entered."""
    signs = (*SIGNS, AWARENESS)
    found = latest(actor, person_id, [sign.code for sign in signs], at=at, within=within)
    return [(sign, found[sign.code]) for sign in signs if sign.code in found]


def _recent(actor: Actor, person_id: UUID, since: datetime, until: datetime) -> list[Measured]:
    """Whoever sees the person in full sees these, whatever else of the record their role reads."""
    visible, values = row_sql(actor, "i", whatever_role=True)
    asked: dict[str, Any] = {
        **values, "person": person_id, "kind": kind_of("Observation"), "since": since, "until": until,
        "most": LOOKED_THROUGH,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(RECENT.format(visible=visible), asked)
        rows = cursor.fetchall()
    return [one for at, body in rows for one in measured(json.loads(body, parse_float=str), at)]
