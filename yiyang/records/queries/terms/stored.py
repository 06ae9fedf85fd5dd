"""CodeSystems and ValueSets that came in over /fhir: the newest at an address. They are nobody's."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection

from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import kind_of
from yiyang.records.r4.extracting import keys, names
from yiyang.records.stored import NOBODY
from yiyang.records.terms import resources
from yiyang.records.terms.concepts import CodeTable, ValueSet

NEWEST = """
    SELECT r.id, r.version, r.updated_at FROM records_index i JOIN records_resource r USING (person_id, kind, id)
    WHERE i.person_id = %(nobody)s AND i.kind = %(kind)s AND i.tokens @> %(keys)s::bigint[] AND NOT r.deleted
    ORDER BY r.updated_at DESC LIMIT 1
"""
BODY = """SELECT body FROM records_resource
    WHERE person_id = %(nobody)s AND kind = %(kind)s AND id = %(id)s AND version = %(version)s"""


def table_of(url: str) -> CodeTable | None:
    """The codes of a stored CodeSystem; None where none is stored, or one that lists no codes."""
    found = _newest("CodeSystem", url)
    table = _table(*found) if found else None
    return table if table is not None and table.system.url == url and table.concepts else None


def set_of(url: str) -> ValueSet | None:
    found = _newest("ValueSet", url)
    one = _set(*found) if found else None
    return one if one is not None and one.url == url else None


def _newest(type: str, url: str) -> tuple[str, int, datetime] | None:
    values: dict[str, Any] = {
        "nobody": NOBODY,
        "kind": kind_of(type),
        "keys": [keys.uri(one, url) for one in names(type, "url")],
    }
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, values)
        row = cursor.fetchone()
    return (row[0], row[1], row[2]) if row else None


@lru_cache(maxsize=32)
def _table(id: str, version: int, _at: datetime) -> CodeTable:
    return resources.code_table(_resource("CodeSystem", id, version))


@lru_cache(maxsize=64)
def _set(id: str, version: int, _at: datetime) -> ValueSet:
    return resources.value_set(_resource("ValueSet", id, version))


def _resource(type: str, id: str, version: int) -> dict[str, Any]:
    values: dict[str, Any] = {"nobody": NOBODY, "kind": kind_of(type), "id": id, "version": version}
    with connection.cursor() as cursor:
        cursor.execute(BODY, values)
        row = cursor.fetchone()
    return dict(bodies.decode(row[0].encode())) if row else {"resourceType": type}
