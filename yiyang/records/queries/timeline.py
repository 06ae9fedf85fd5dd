"""A person's record in the order of time, page by page, for those who read clinical records.

Every statement begins with the person and a type, and stops at its page: `records_index` by (person, kind, time).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import Refusal
from yiyang.people import queries as people
from yiyang.records.queries.names import in_words, names_of
from yiyang.records.queries.visible import in_full_sql, may_read, readable_person, row_sql
from yiyang.records.r4 import body as bodies
from yiyang.records.r4.dates import FUTURE, PAST
from yiyang.records.r4.definitions import kind_of, type_of, types
from yiyang.records.r4.extracting import keys, names
from yiyang.records.rules.items import SECTIONS, Item, item, references_of

PAGE = 60
LOOKED_THROUGH = 300
LONGEST = 500
LARGE = 200_000  # bytes; a larger body is read when it is opened
ALL = tuple(type for _label, types in SECTIONS.values() for type in types)


class PageUnknown(Refusal):
    message = _("This page was not given out here. Start from the first page.")
    status = 400


@dataclass(frozen=True)
class Timeline:
    """A page, the latest first; `next` is empty on the last one."""

    items: list[Item]
    next: str = ""


FOUND = """
    SELECT r.kind, r.id, f.at, r.version, r.updated_at, CASE WHEN octet_length(r.body) < %(large)s THEN r.body END
    FROM ({found}) f JOIN records_resource r ON (r.person_id, r.kind, r.id) = (f.person_id, f.kind, f.id)
    ORDER BY f.at DESC, f.kind, f.id
"""
OF_EACH = """
    SELECT one.* FROM unnest(%(persons)s::uuid[]) AS p (person_id),
    LATERAL (SELECT {in_full} AS in_full OFFSET 0) whole, unnest(%(kinds)s::smallint[]) AS k (kind), LATERAL (
        (SELECT i.person_id, i.kind, i.id, i.starts_at AS at FROM records_index i
         WHERE i.person_id = p.person_id AND i.kind = k.kind AND i.starts_at IS NOT NULL AND {row} AND {dated}
         ORDER BY i.starts_at DESC NULLS LAST, i.id LIMIT %(limit)s)
        UNION ALL
        (SELECT i.person_id, i.kind, i.id, i.updated_at FROM records_index i
         WHERE i.person_id = p.person_id AND i.kind = k.kind AND i.starts_at IS NULL AND {row} AND {undated}
         ORDER BY i.updated_at DESC, i.id LIMIT %(limit)s)) one
"""
PAGE_OF = "SELECT * FROM (" + OF_EACH + ") e ORDER BY e.at DESC, e.kind, e.id LIMIT %(limit)s"
WITHIN = """{at} >= %(since)s AND {at} <= %(until)s
    AND ({at} < %(until)s OR (i.kind, i.id) > (%(after_kind)s, %(after_id)s))"""


def timeline(
    actor: Actor,
    person_id: UUID,
    *,
    types: Iterable[str] = ALL,
    since: datetime | None = None,
    until: datetime | None = None,
    after: str = "",
    count: int = PAGE,
    without: Iterable[tuple[str, str]] = (),
) -> Timeline:
    """What is in the record, the latest first; what says no date stands where it was entered.

    `without`: results with one of these codes (system, code) stand elsewhere.
    """
    asked: dict[str, Any] = {
        "persons": _persons(actor, person_id), "kinds": [kind_of(one) for one in types], "limit": count + 1,
        "large": LARGE, "since": since or PAST, "until": until or FUTURE, "after_kind": 2**15 - 1, "after_id": "",
    }  # fmt: skip
    if after:
        _go_on(asked, after)
    dated, undated = (WITHIN.format(at=one) for one in ("i.starts_at", "i.updated_at"))
    asked["without"] = [keys.coded("code", one) for one in without]
    if asked["without"]:
        dated, undated = (f"{one} AND NOT i.tokens && %(without)s::bigint[]" for one in (dated, undated))
    rows = _run(actor, PAGE_OF, dated, undated, asked)
    return Timeline(_items(rows[:count]), _cursor(rows[count - 1]) if len(rows) > count else "")


def summary(actor: Actor, person_id: UUID) -> dict[str, list[Item]]:
    """What holds now: diagnoses, allergies and medicines, of the newest ones of each."""
    persons = _persons(actor, person_id)
    sections = {name: SECTIONS[name][1] for name in ("problems", "allergies", "medicines")}
    asked: dict[str, Any] = {
        "persons": persons, "kinds": [kind_of(type) for types in sections.values() for type in types],
        "limit": LOOKED_THROUGH, "large": LARGE,
    }  # fmt: skip
    items = _items(_run(actor, OF_EACH, "true", "true", asked))
    return {name: _distinct(one for one in items if one.section == name and one.live) for name in sections}


def results_of(actor: Actor, person_id: UUID, trend: str, *, count: int = LONGEST) -> list[dict[str, Any]]:
    """The newest results with one code ("system|code"), also where it is a part of a panel; the oldest first.

    Each is the resource itself, as `rules.trends` reads it.
    """
    persons = _persons(actor, person_id)
    system, _bar, code = trend.rpartition("|")
    asked: dict[str, Any] = {
        "persons": persons, "kinds": [kind_of("Observation")], "limit": count, "large": LARGE,
        "tokens": [keys.coded(name, (system, code)) for name in names("Observation", "combo-code")],
    }  # fmt: skip
    coded = "i.tokens && %(tokens)s::bigint[]"
    rows = _run(actor, PAGE_OF, coded, coded, asked)
    return [
        {**bodies.decode(body.encode()), "starts_at": at}
        for _kind, _id, at, _version, _updated_at, body in reversed(rows)
        if body
    ]


def sensitive(actor: Actor, person_id: UUID, *, count: int = 20) -> list[Item]:
    """The newest entries that bear a label, as far as the actor sees them."""
    asked: dict[str, Any] = {
        "persons": _persons(actor, person_id), "kinds": [kind_of(one) for one in types()], "limit": count, "large": LARGE,
    }  # fmt: skip
    return _items(_run(actor, PAGE_OF, "i.labels <> 0", "i.labels <> 0", asked))


def _persons(actor: Actor, person_id: UUID) -> list[UUID]:
    """Every id under which the record lies, of a person of whom the actor sees something."""
    may_read(actor)
    return people.ids(readable_person(actor, person_id))


def _run(actor: Actor, found: str, dated: str, undated: str, asked: dict[str, Any]) -> list[Any]:
    row, values = row_sql(actor, "i", in_full="whole.in_full")
    of = found.format(row=row, dated=dated, undated=undated, in_full=in_full_sql(actor, "p"))
    with connection.cursor() as cursor:
        cursor.execute(FOUND.format(found=of), values | asked)
        return cursor.fetchall()


def _items(rows: Sequence[Any]) -> list[Item]:
    read = [
        (
            bodies.decode(body.encode()) if body else {"resourceType": type_of(kind), "id": id},
            at,
            version,
            updated,
        )
        for kind, id, at, version, updated, body in rows
    ]
    names = names_of(one for resource, *_rest in read for one in references_of(resource))
    with in_words(resource for resource, *_rest in read):
        return [
            item(resource, names, at=at if at and at > PAST else None, version=version, updated_at=updated)
            for resource, at, version, updated in read
        ]


def _distinct(items: Iterable[Item]) -> list[Item]:
    """The newest of those that say the same; that nothing is known is not said beside what is."""
    found: dict[str, Item] = {}
    for one in items:
        found.setdefault(one.title, one)
    return [one for one in found.values() if not one.denies] or list(found.values())


def _cursor(row: Any) -> str:
    kind, id, at = row[:3]
    return f"{at.isoformat()}~{kind}~{id}"


def _go_on(asked: dict[str, Any], after: str) -> None:
    """Behind the row with which the page before ended."""
    at, _tilde, rest = after.partition("~")
    kind, _tilde, id = rest.partition("~")
    try:
        asked |= {"until": datetime.fromisoformat(at), "after_kind": int(kind), "after_id": id[:64]}
    except ValueError:
        raise PageUnknown from None
    if not 0 <= asked["after_kind"] < 2**15 or asked["until"].tzinfo is None or "\0" in id:
        raise PageUnknown
