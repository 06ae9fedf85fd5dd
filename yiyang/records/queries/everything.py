"""The whole record of one person, page by page, with what of nobody's it refers to: first what is stored, then what
the platform itself runs.

A page ends at a number of resources or of bytes, whichever comes first, so that none is ever large in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.records.queries import outside, shown_of_person
from yiyang.records.queries.history import ChangesPageUnknown, since_condition
from yiyang.records.queries.search.persons import same
from yiyang.records.queries.search.running import in_time, rows
from yiyang.records.queries.shown_of_person import Shown
from yiyang.records.queries.visible import in_full_sql, may_read, open_of, row_sql, visible_sql
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.definitions import is_resource, kind_of, type_of, types
from yiyang.records.r4.extracting import own_references
from yiyang.records.stored import NOBODY, Stored

BYTES = 8 * 1024 * 1024
MOST_BESIDE = 1000
PAGE = """
    WITH page AS (
        SELECT one.* FROM unnest(%(persons)s::uuid[]) AS p (person_id)
        CROSS JOIN LATERAL (SELECT {in_full} AS in_full OFFSET 0) whole
        CROSS JOIN LATERAL (
            SELECT r.person_id, r.kind, r.id, r.version, r.updated_at, r.body FROM records_resource r
            WHERE r.person_id = p.person_id AND r.kind = ANY(%(kinds)s::smallint[]) AND NOT r.deleted AND {more}
              AND {row}
            ORDER BY r.person_id, r.kind, r.id LIMIT %(limit)s
        ) one
        WHERE {visible}
        ORDER BY one.person_id, one.kind, one.id LIMIT %(limit)s
    ), measured AS (
        SELECT page.*, sum(octet_length(body)) OVER (ORDER BY person_id, kind, id) - octet_length(body) AS before,
            count(*) OVER () AS many FROM page
    )
    SELECT person_id, kind, id, version, updated_at, body, many FROM measured WHERE before < %(bytes)s
    ORDER BY person_id, kind, id
"""
WITHIN = """NOT EXISTS (SELECT 1 FROM records_index i
    WHERE i.person_id = r.person_id AND i.kind = r.kind AND i.id = r.id
      AND (i.starts_at >= %(end)s OR i.ends_at <= %(start)s))"""
BESIDE = """
    SELECT r.person_id, r.kind, r.id, r.version, r.updated_at, r.body
    FROM unnest(%(kinds)s::smallint[], %(ids)s::text[]) AS asked (kind, id)
    JOIN records_resource r ON r.person_id = %(nobody)s AND r.kind = asked.kind AND r.id = asked.id
    WHERE NOT r.deleted AND {row} ORDER BY r.kind, r.id LIMIT %(limit)s
"""


@dataclass(frozen=True)
class Part:
    """A page of a record. `beside` is what it refers to that is of nobody; `cut`: not all of that."""

    found: list[Stored] = field(default_factory=list)
    beside: list[Stored] = field(default_factory=list)
    next: str = ""
    cut: bool = False


def persons_behind(actor: Actor, patient: str) -> list[UUID]:
    """All ids under which this Patient's record lies; NotFound when it is not open to the actor."""
    may_read(actor)
    behind = same([patient]).get(patient)
    opened = open_of(actor, behind.persons) if behind else set()
    if not opened:
        raise NotFound
    return sorted(opened)


def everything(
    actor: Actor,
    patient: str,
    *,
    of: Sequence[str] = (),
    since: datetime | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    count: int = 500,
    cursor: str = "",
    base: str = "",
) -> Part:
    """The Patient first, then all else in the order of types and ids."""
    persons = persons_behind(actor, patient)
    wanted = list(of) or types()
    with in_time():
        more, values = _conditions(since, start, end)
        patients: list[Stored] = []
        if not cursor and "Patient" in wanted:
            patients, _many = _read(actor, persons, ["Patient"], more, values, 100)
            patients += outside.fetch(actor, "Patient", [str(one) for one in persons])
        if cursor and not cursor.startswith(shown_of_person.MARK):
            values |= _position(cursor)
            more += " AND (r.person_id, r.kind, r.id) > (%(after_person)s, %(after_kind)s, %(after_id)s)"
        others = [one for one in wanted if one != "Patient"]
        asked = Shown(actor, persons, _of_the_platform(others, bool(of)), since, start, end)
        if cursor.startswith(shown_of_person.MARK):
            shown, following = asked.page(cursor, count)
        else:
            found, many = _read(actor, persons, others, more, values, count + 1)
            shown = found[:count]
            following = _marker(shown[-1]) if many > len(shown) else ""
            if not following:
                beyond, following = asked.page("", count - len(shown))
                shown += beyond
        beside, cut = _beside(actor, persons, [*patients, *shown], wanted, base)
        return Part([*patients, *shown], beside, following, cut)


def _of_the_platform(types: Sequence[str], named: bool) -> list[str]:
    """What the platform runs belongs to a record; the trail of who did what, to those who ask for it by name."""
    return [one for one in types if named or one not in ("AuditEvent", "Provenance")]


def _read(
    actor: Actor, persons: list[UUID], of: list[str], more: str, given: dict[str, Any], limit: int
) -> tuple[list[Stored], int]:
    """The resources that fit into a page, and how many there would be of the number asked for."""
    visible, values = visible_sql(actor, "p", one=True)
    row, more_values = row_sql(actor, "r", in_full="whole.in_full")
    values |= (
        more_values
        | given
        | {
            "persons": persons,
            "kinds": [kind_of(one) for one in of],
            "limit": limit,
            "bytes": BYTES,
        }
    )
    found = rows(PAGE.format(more=more, visible=visible, row=row, in_full=in_full_sql(actor, "p")), values)
    return [Stored(row[0], type_of(row[1]), *row[2:6]) for row in found], found[0][6] if found else 0


def _conditions(
    since: datetime | None, start: datetime | None, end: datetime | None
) -> tuple[str, dict[str, Any]]:
    condition, values = since_condition(since, "r")
    if start is None and end is None:
        return condition, values
    return f"{condition} AND {WITHIN}", {**values, "start": start or "-infinity", "end": end or "infinity"}


def _beside(
    actor: Actor, persons: list[UUID], shown: Sequence[Stored], of: Sequence[str], base: str
) -> tuple[list[Stored], bool]:
    referred: set[tuple[str, str]] = set()
    for one in shown:
        for target in own_references(bodies.decode(one.body.encode()), base):
            type, id = target.split("/")[:2]
            if type in of and is_resource(type):
                referred.add((type, id))
    if not referred:
        return [], False
    listed = sorted(referred)
    row, values = row_sql(actor, "r")
    values |= {
        "kinds": [kind_of(type) for type, _id in listed], "ids": [id for _type, id in listed],
        "nobody": NOBODY, "limit": MOST_BESIDE + 1,
    }  # fmt: skip
    found = [Stored(one[0], type_of(one[1]), *one[2:]) for one in rows(BESIDE.format(row=row), values)]
    there = {(one.type, one.id) for one in (*shown, *found)}
    found += shown_of_person.referred_to(actor, persons, referred - there)
    return found[:MOST_BESIDE], len(found) > MOST_BESIDE


def _marker(one: Stored) -> str:
    return f"{one.person_id}.{kind_of(one.type)}.{one.id}"


def _position(cursor: str) -> dict[str, Any]:
    try:
        person, kind, id = cursor.split(".", 2)
        if not (kind.isascii() and kind.isdigit() and len(kind) < 5 and "\0" not in id):
            raise ValueError(cursor)
        return {"after_person": UUID(person), "after_kind": int(kind), "after_id": id[:64]}
    except ValueError:
        raise ChangesPageUnknown from None
