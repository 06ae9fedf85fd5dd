"""Whose an id is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection

from yiyang.records.r4.definitions import kind_of, type_of

WHOSE = """
    SELECT a.kind, a.id, a.person_id FROM records_address a
    JOIN unnest(%(kinds)s::smallint[], %(ids)s::text[]) AS asked (kind, id) ON a.kind = asked.kind AND a.id = asked.id
"""


THERE = """
    SELECT r.kind, r.id FROM unnest(%(kinds)s::smallint[], %(ids)s::text[]) AS asked (kind, id)
    JOIN records_address a ON a.kind = asked.kind AND a.id = asked.id
    JOIN records_resource r ON r.person_id = a.person_id AND r.kind = a.kind AND r.id = a.id
    WHERE NOT r.deleted
"""


def persons_of(keys: Iterable[tuple[str, str]]) -> list[tuple[tuple[str, str], UUID]]:
    """The person of each (type, id) that there is, whoever asks: only for checks, never shown."""
    asked = list(keys)
    if not asked:
        return []
    values: dict[str, Any] = {
        "kinds": [kind_of(type) for type, _id in asked],
        "ids": [id for _type, id in asked],
    }
    with connection.cursor() as cursor:
        cursor.execute(WHOSE, values)
        return [((type_of(kind), id), person_id) for kind, id, person_id in cursor.fetchall()]


def there(keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these resources that are stored and not deleted, whoever asks: only for checks, never shown."""
    asked = list(keys)
    if not asked:
        return set()
    values: dict[str, Any] = {"kinds": [kind_of(of) for of, _id in asked], "ids": [id for _of, id in asked]}
    with connection.cursor() as cursor:
        cursor.execute(THERE, values)
        return {(type_of(kind), id) for kind, id in cursor.fetchall()}
