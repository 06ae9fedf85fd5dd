"""One resource, as it is or as it was."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yiyang.kernel import prepared
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.records.queries import outside
from yiyang.records.queries.visible import may_read, reads, row_sql, version_sql
from yiyang.records.r4.definitions import is_resource, kind_of, type_of
from yiyang.records.stored import Stored


class Gone(Refusal):
    message = _("This resource was deleted. Its earlier versions are in its history.")
    status = 410


CURRENT = """
    SELECT r.person_id, r.version, r.updated_at, r.body, r.deleted, r.labels, r.written_in, r.says FROM records_resource r
    WHERE r.kind = %(kind)s AND r.id = %(id)s
      AND r.person_id = (SELECT a.person_id FROM records_address a WHERE a.kind = %(kind)s AND a.id = %(id)s)
      AND {open}
"""
ONE_VERSION = """
    SELECT v.person_id, v.version, v.updated_at, v.body, v.deleted, v.labels, v.written_in, v.says
    FROM records_address a, LATERAL (
        SELECT r.* FROM (
            SELECT {columns} FROM records_resource
            UNION ALL
            SELECT {columns} FROM records_history
        ) r WHERE r.person_id = a.person_id AND r.kind = a.kind AND r.id = a.id AND r.version = %(version)s
    ) v
    WHERE a.kind = %(kind)s AND a.id = %(id)s AND {open}
"""
COLUMNS = "person_id, kind, id, version, updated_at, body, deleted, labels, written_in, says"


def resource(actor: Actor, type: str, id: str) -> Stored:
    """The newest version; Gone when it is deleted, NotFound when there is none or it is not open to the actor."""
    found = _kept(actor, type, id) or next(iter(outside.fetch(actor, type, [id])), None)
    if found is None:
        raise NotFound
    if found.deleted:
        raise Gone
    return found


def _kept(actor: Actor, type: str, id: str) -> Stored | None:
    """Who reads no records is asked no further where only what is shown is open to them."""
    if outside.opened(actor, type) and not reads(actor):
        return None
    return current(actor, type, id)


def current(actor: Actor, type: str, id: str) -> Stored | None:
    """The newest version, deleted or not, or None."""
    may_read(actor)
    open, values = row_sql(actor, "r")
    return _one(CURRENT.format(open=open), type, id, values)


def version(actor: Actor, type: str, id: str, number: int) -> Stored:
    """One version, however old."""
    may_read(actor)
    open, values = version_sql(actor, "v")
    statement = ONE_VERSION.format(open=open, columns=COLUMNS)
    found = _one(statement, type, id, {**values, "version": number})
    if found is None:
        raise NotFound
    if found.deleted:
        raise Gone
    return found


def _one(statement: str, type: str, id: str, values: dict[str, Any]) -> Stored | None:
    row = prepared.first(statement, {**values, "kind": kind_of(type), "id": id})
    if row is None:
        return None
    person_id, *rest = row
    return Stored(person_id, type, id, *rest)


READABLE = """
    SELECT r.kind, r.id FROM unnest(%(kinds)s::smallint[], %(ids)s::text[]) AS asked (kind, id)
    JOIN records_address a ON a.kind = asked.kind AND a.id = asked.id
    JOIN records_resource r ON r.person_id = a.person_id AND r.kind = a.kind AND r.id = a.id
    WHERE {open}
"""


def bodies_of(actor: Actor, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The text of those of these resources that are there and open to the actor."""
    asked = [one for one in dict.fromkeys(keys) if is_resource(one[0])]
    if not asked:
        return {}
    open, values = row_sql(actor, "r")
    values |= {"kinds": [kind_of(of) for of, _id in asked], "ids": [id for _of, id in asked]}
    statement = READABLE.format(open=open).replace("r.kind, r.id", "r.kind, r.id, r.body", 1)
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} AND NOT r.deleted", values)
        return {(type_of(kind), id): body for kind, id, body in cursor.fetchall()}


def readable(actor: Actor, keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these resources that the actor may read, deleted ones too: for what tells of resources."""
    asked = [one for one in dict.fromkeys(keys) if is_resource(one[0])]
    if not asked:
        return set()
    open, values = row_sql(actor, "r")
    values |= {"kinds": [kind_of(of) for of, _id in asked], "ids": [id for _of, id in asked]}
    with connection.cursor() as cursor:
        cursor.execute(READABLE.format(open=open), values)
        return {(type_of(kind), id) for kind, id in cursor.fetchall()}
