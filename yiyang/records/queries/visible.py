"""Whose resources an actor may read and write: one decision, as a condition in SQL and for one person.

A person's resources are open to whoever sees that person in full. Resources of nobody (an Organization, a
Medication) are open to everyone who may read records at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from django.db import connection

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.people import queries as people
from yiyang.people import reach
from yiyang.records.stored import NOBODY

_found: ContextVar[dict[UUID, UUID] | None] = ContextVar("persons whom this request may open", default=None)


def may_read(actor: Actor) -> None:
    """Raises for whoever reads no clinical records in this role."""
    if not actor.may(Permission.READ_RECORD):
        raise NotAllowed


def visible_sql(actor: Actor, alias: str, *, one: bool = False) -> tuple[str, dict[str, Any]]:
    """The condition on `alias.person_id` for what the actor may read, and its values by name. `one`: asked of one row."""
    if not actor.sees_all and not actor.may(Permission.READ_RECORD):
        return "false", {}
    return in_full_sql(actor, alias, one=one)


def in_full_sql(actor: Actor, alias: str, *, one: bool = False) -> tuple[str, dict[str, Any]]:
    """As `visible_sql`, for what everybody may know who sees the person in full, whatever their role reads."""
    if actor.sees_all:
        return "true", {}
    if not reach.reads_records(actor):
        return "false", {}
    live, values = reach.sql(actor, "care")
    live = f"care.scope = 'FULL' AND {live}"
    form = FROM_RESOURCES if one or reach.approximate(actor) >= reach.SMALL else FROM_RELATIONSHIPS
    return form.format(alias=alias, live=live, nobody=NOBODY), values


# A small reach starts from the relationships; a large one asks for each resource, and so can stop at the page.
PERSONS = """
    SELECT care.person_id FROM people_carerelationship care WHERE {live}
    UNION
    SELECT merged.alias_id FROM people_carerelationship care
    JOIN people_personalias merged ON merged.person_id = care.person_id WHERE {live}"""
FROM_RELATIONSHIPS = f"""({{alias}}.person_id = '{{nobody}}' OR {{alias}}.person_id IN ({PERSONS}))"""
FROM_RESOURCES = """({alias}.person_id = '{nobody}' OR EXISTS (
    SELECT 1 FROM people_carerelationship care WHERE care.person_id = coalesce(
        (SELECT merged.person_id FROM people_personalias merged WHERE merged.alias_id = {alias}.person_id),
        {alias}.person_id) AND {live}))"""


FEW = 300


def visible_persons(actor: Actor) -> list[UUID] | None:
    """All ids of the persons whose resources the actor may read, when they are few; else None."""
    if actor.sees_all or reach.approximate(actor) >= FEW:
        return None
    if not actor.may(Permission.READ_RECORD) or not reach.reads_records(actor):
        return []
    live, values = reach.sql(actor, "care")
    with connection.cursor() as cursor:
        cursor.execute(PERSONS.format(live=f"care.scope = 'FULL' AND {live}"), values)
        return [row[0] for row in cursor.fetchall()]


def open_of(actor: Actor, persons: Iterable[UUID]) -> set[UUID]:
    """Those of these persons whose resources the actor may read."""
    visible, values = visible_sql(actor, "p", one=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.person_id FROM unnest(%(persons)s::uuid[]) AS p (person_id) WHERE {visible}",
            {**values, "persons": list(persons)},
        )
        return {row[0] for row in cursor.fetchall()} - {NOBODY}


def open_person(actor: Actor, person_id: UUID) -> UUID:
    """The living record's id of a person whom the actor sees in full; raises for anybody else."""
    if person_id == NOBODY:
        return NOBODY
    known = _found.get()
    if known is not None and person_id in known:
        return known[person_id]
    living, scope = people.living(actor, person_id)
    if living is None or not scope:
        raise NotFound
    if scope != "FULL":
        raise NotAllowed
    if known is not None:
        known[person_id] = living
    return living


@contextmanager
def remembering() -> Iterator[None]:
    """Ask once for each person while one request is answered; the next request asks anew."""
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)
