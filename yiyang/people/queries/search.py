"""Finding a person by name, part, pinyin, initials, ID number, telephone or record code.

Names are answered in key order by keyset pages. An actor with a small reach is answered from its own
relationships; one with a large reach by walking the key index and probing each person, stopping at the page.
"""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.crypto import look_up_hashes
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now
from yiyang.people import reach
from yiyang.people.commands.writing import holder_of, today
from yiyang.people.models import Person, PhoneHash, root_of
from yiyang.people.rules import documents, numbers, search

PAGE = 20
LONGEST_PAGE = 100
FAR = 20_000
MIDDLING = 40_000


class CursorMalformed(Refusal):
    message = _("This page marker is not valid. Start the list again from its beginning.")
    status = 422


@dataclass(frozen=True)
class Found:
    """One page of answers. `elsewhere`: a full ID number matches somebody who is not open to the actor."""

    persons: list[Person] = field(default_factory=list)
    next: str = ""
    elsewhere: bool = False
    hint: str = ""


def search_persons(actor: Actor, text: str, cursor: str = "", limit: int = PAGE) -> Found:
    """Persons whom the actor may see and who fit what was typed."""
    limit = max(1, min(limit, LONGEST_PAGE))
    if not reach.reads_records(actor):
        return Found()
    number = documents.compact(text)
    if re.fullmatch(r"[A-Z0-9:+()]{5,}", number) and sum(c.isdigit() for c in number) >= 5:
        return _by_number(actor, text)
    typed = search.span(text)
    if typed is None:
        return register(actor, cursor, limit)
    return _by_name(actor, *typed, cursor, limit)


def register(actor: Actor, cursor: str = "", limit: int = PAGE) -> Found:
    """All persons whom the actor may see, in the order of their names in pinyin."""
    return _listed(actor, REGISTER, cursor, limit, {})


def _by_name(actor: Actor, start: str, end: str, cursor: str, limit: int) -> Found:
    return _listed(actor, BY_NAME, cursor, limit, {"start": start, "end": end})


def _listed(
    actor: Actor, statements: dict[str, str], cursor: str, limit: int, values: dict[str, Any]
) -> Found:
    live, whose = reach.sql(actor)
    key, last = _read_cursor(cursor) if cursor else ("", None)
    values = values | whose | {"limit": limit + 1, "key": key, "last": last, "most": None}
    after = "" if not cursor else statements["after"]
    if actor.sees_all:
        rows = _rows(statements["walking"].format(seen="", after=after), values)
    elif reach.own_person(actor) or reach.approximate(actor) < reach.SMALL:
        rows = _rows(
            statements["from_relationships"].format(
                live=live, after=statements["after_first"] if cursor else ""
            ),
            values,
        )
    else:
        rows = _walked(actor, statements, live, after, values)
    persons = Person.objects.defer("search_keys").in_bulk([person_id for _key, person_id in rows])
    keys = {person_id: key for key, person_id in rows}
    found = [persons[person_id] for _key, person_id in rows if person_id in persons]
    return _page(found, limit, lambda one: keys[one.pk])


def _walked(
    actor: Actor, statements: dict[str, str], live: str, after: str, values: dict[str, Any]
) -> list[tuple[str, UUID]]:
    """Walk in order; when a long way brings no full page, start from the relationships if they are not too many."""
    walk = statements["walking"].format(seen=SEEN.format(live=live), after=after)
    rows = _rows(walk, values | {"most": FAR})
    if len(rows) == values["limit"] or _count(statements, after, values) < FAR:
        return rows
    if reach.approximate(actor, MIDDLING) < MIDDLING:
        after_first = statements["after_first"] if after else ""
        return _rows(statements["from_relationships"].format(live=live, after=after_first), values)
    return _rows(walk, values)


def _count(statements: dict[str, str], after: str, values: dict[str, Any]) -> int:
    """How many keys lie in the range, counted no further than `FAR`."""
    inner = statements["range"].format(after=after)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({inner}) k", values | {"most": FAR})
        return int(cursor.fetchone()[0])


def _rows(statement: str, values: dict[str, Any]) -> list[tuple[str, UUID]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def _by_number(actor: Actor, text: str) -> Found:
    ids: set[UUID] = set()
    elsewhere = False
    for document in documents.guesses(text, today(now())):
        holder = holder_of(document)
        if holder is None:
            continue
        if actor.sees(holder):
            ids.add(holder)
        else:
            elsewhere = True
    ids |= holders_of_phone(text)
    persons = (
        Person.objects.visible_to(actor).defer("search_keys").filter(pk__in=ids).order_by("sort_key", "id")
    )
    found = list(persons[:LONGEST_PAGE])
    return Found(found, elsewhere=elsewhere and not found, hint="" if found else _hint(text))


def holders_of_phone(text: str) -> set[UUID]:
    """Whom a telephone number reaches, whoever asks; several persons may share one."""
    try:
        number = numbers.phone(text)
    except Refusal:
        return set()
    holders = [
        PhoneHash.objects.filter(key_version=version, hash=value).values_list("phone__person_id", flat=True)
        for version, value in look_up_hashes("PHONE", number)
    ]
    return {root_of(one) for some in holders for one in some[:LONGEST_PAGE]}


def _hint(text: str) -> str:
    """Why a number that looks like a citizen number finds nobody."""
    if not re.fullmatch(r"\d{17}[\dX]", documents.compact(text)):
        return ""
    try:
        documents.read("RESIDENT_ID", text, today(now()))
    except Refusal as refusal:
        return str(refusal)
    return ""


def _page(found: list[Person], limit: int, key: Any) -> Found:
    more = len(found) > limit
    found = found[:limit]
    return Found(found, next=_write_cursor(key(found[-1]), found[-1].pk) if more else "")


def _write_cursor(key: str, last: UUID) -> str:
    return base64.urlsafe_b64encode(json.dumps([key, str(last)]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str) -> tuple[str, UUID]:
    try:
        key, last = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if "\x00" in key:
            raise ValueError(key)
        return str(key), UUID(last)
    except (ValueError, TypeError, AttributeError) as error:
        raise CursorMalformed from error


# A person may fit by several keys: the first of them places the person in the list, once.
FIRST = """(SELECT min(x COLLATE "C") FROM unnest(p.search_keys) x
        WHERE x COLLATE "C" >= %(start)s AND x COLLATE "C" < %(end)s)"""

# LATERAL with a limit keeps the order of the walk: the planner can neither hash nor sort around it.
SEEN = """CROSS JOIN LATERAL (SELECT 1 FROM people_carerelationship c
        WHERE c.person_id = k.person_id AND {live} LIMIT 1) seen"""
VISIBLE = """WITH visible AS MATERIALIZED (
      SELECT c.person_id FROM people_carerelationship c WHERE {live} UNION SELECT %(own)s::uuid)"""

KEYS = """SELECT key, person_id FROM people_searchkey
      WHERE key >= %(start)s AND key < %(end)s {after} ORDER BY key, person_id LIMIT %(most)s"""
BY_NAME = {
    "after": "AND (key, person_id) > (%(key)s, %(last)s)",
    "after_first": "AND (first.key, p.id) > (%(key)s, %(last)s)",
    "range": KEYS,
    "walking": f"""SELECT k.key, k.person_id FROM ({KEYS}) k {{seen}}
      CROSS JOIN LATERAL (SELECT 1 FROM people_person p WHERE p.id = k.person_id AND k.key = {FIRST} LIMIT 1) p
      ORDER BY k.key, k.person_id LIMIT %(limit)s""",
    "from_relationships": f"""{VISIBLE} SELECT first.key, p.id FROM visible v
      JOIN people_person p ON p.id = v.person_id CROSS JOIN LATERAL (SELECT {FIRST} AS key) first
      WHERE first.key IS NOT NULL AND p.merged_into_id IS NULL {{after}}
      ORDER BY first.key, p.id LIMIT %(limit)s""",
}

ORDERED = """SELECT sort_key AS key, id AS person_id FROM people_person
      WHERE merged_into_id IS NULL {after} ORDER BY sort_key, id LIMIT %(most)s"""
REGISTER = {
    "after": "AND (sort_key, id) > (%(key)s, %(last)s)",
    "after_first": "AND (p.sort_key, p.id) > (%(key)s, %(last)s)",
    "range": ORDERED,
    "walking": f"SELECT k.key, k.person_id FROM ({ORDERED}) k {{seen}} ORDER BY 1, 2 LIMIT %(limit)s",
    "from_relationships": f"""{VISIBLE} SELECT p.sort_key, p.id FROM visible v
      JOIN people_person p ON p.id = v.person_id WHERE p.merged_into_id IS NULL {{after}}
      ORDER BY p.sort_key, p.id LIMIT %(limit)s""",
}
