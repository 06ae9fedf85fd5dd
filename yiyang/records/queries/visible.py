"""Who may read and write which resource: one decision, as conditions in SQL and for one person or one resource.

A person's resources are open to whoever sees that person in full, or by a consent for their kind of data; what bears a
sensitivity label is open besides only to the unit that wrote it, to a relationship that names all of its labels, to a
live emergency view, to the person and to a guardian. Before the persons themselves stands nothing of what they were not
told (`disclosed.py`). Resources of nobody (an Organization, a Medication) are open to everyone who may read records at
all. See ADR 20.

Two conditions: `visible_sql` says of whom the actor may read anything, so that a search may begin with persons;
`row_sql` is the whole decision of one row, and no row of the record is given without it.
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
from yiyang.records.queries import deciding
from yiyang.records.queries.disclosed import told_sql
from yiyang.records.queries.narrowing import narrowed_persons, narrowed_sql
from yiyang.records.r4.definitions import kind_of
from yiyang.records.stored import NOBODY, Stored

_found: ContextVar[dict[UUID, UUID] | None] = ContextVar("persons whom this request may open", default=None)
FEW = 300


def reads(actor: Actor) -> bool:
    """Whether the role reads clinical records at all: of those it cares for, or its own and an entrusted one."""
    return actor.may(Permission.READ_RECORD) or actor.may(Permission.SEE_OWN_RECORD)


def may_read(actor: Actor) -> None:
    """Raises for whoever reads no clinical records in this role."""
    if not reads(actor):
        raise NotAllowed


def visible_sql(actor: Actor, alias: str, *, one: bool = False) -> tuple[str, dict[str, Any]]:
    """The condition on `alias.person_id` for persons of whom the actor may read something. `one`: asked of few rows."""
    if actor.sees_all:
        return "true", {}
    if not (reads(actor) and reach.reads_records(actor)):
        return "false", {}
    live, values = reach.sql(actor, "care")
    if one or reach.approximate(actor) >= reach.SMALL:
        return deciding.of_person(alias, live), values
    return deciding.among_persons(alias, live), values


def row_sql(
    actor: Actor, alias: str, *, in_full: str = "false", whatever_role: bool = False
) -> tuple[str, dict[str, Any]]:
    """The decision of one row: on `alias.person_id`, `kind`, `id`, `labels`, `written_in` and `says`.

    `in_full`: a condition that was asked of the person already (`in_full_sql`), for many rows of few persons.
    `whatever_role`: for what everybody may know who cares for the person, such as vital signs.
    """
    if actor.sees_all:
        return "true", {}
    if not reach.reads_records(actor) or not (whatever_role or reads(actor)):
        return "false", {}
    live, values = reach.sql(actor, "care")
    told, more = told_sql(actor, alias)
    decided = f"((({in_full} AND {alias}.labels = 0) OR {deciding.of_row(alias, live)}){told})"
    app, of_app = narrowed_sql(actor, alias)
    return (f"({decided} AND {app})", values | more | of_app) if app else (decided, values | more)


def in_full_sql(actor: Actor, alias: str) -> str:
    """Whether the person `alias.person_id` is open as a whole; its values are those of `row_sql`."""
    if actor.sees_all or not reach.reads_records(actor):
        return "false"
    return deciding.in_full(alias, reach.sql(actor, "care")[0])


def seen_sql(actor: Actor, alias: str, *, one: bool = False) -> tuple[str, dict[str, Any]]:
    """The decision of rows of many persons, in the form that is quick for so many as the actor sees."""
    row, values = row_sql(actor, alias)
    if actor.sees_all or one or reach.approximate(actor) >= reach.SMALL:
        return row, values
    visible, more = visible_sql(actor, alias)
    return f"({visible} AND {row})", values | more


def version_sql(actor: Actor, alias: str) -> tuple[str, dict[str, Any]]:
    """The decision of a version that was superseded: by its own labels and by those that the resource bears now."""
    row, values = row_sql(actor, alias)
    now_so, _values = row_sql(actor, "now_so")
    return f"({row} AND NOT {deciding.hidden_now(alias, now_so)})", values


def visible_persons(actor: Actor) -> list[UUID] | None:
    """All ids of the persons of whom the actor may read something, when they are few; else None."""
    if actor.sees_all or reach.approximate(actor) >= FEW:
        return None
    if not reads(actor) or not reach.reads_records(actor):
        return []
    live, values = reach.sql(actor, "care")
    with connection.cursor() as cursor:
        cursor.execute(deciding.persons(live), values)
        return [row[0] for row in cursor.fetchall()]


def open_of(actor: Actor, persons: Iterable[UUID]) -> set[UUID]:
    """Those of these persons of whom the actor may read something."""
    visible, values = visible_sql(actor, "p", one=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.person_id FROM unnest(%(persons)s::uuid[]) AS p (person_id) WHERE {visible}",
            {**values, "persons": list(persons)},
        )
        return narrowed_persons(actor, {row[0] for row in cursor.fetchall()} - {NOBODY})


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


def readable_person(actor: Actor, person_id: UUID) -> UUID:
    """As `open_person`, also for whom some kinds of data alone are open."""
    try:
        return open_person(actor, person_id)
    except NotAllowed:
        living, _scope = people.living(actor, person_id)
        if living is None or not open_of(actor, [living]):
            raise
        return living


def open_resource(actor: Actor, held: Stored) -> UUID:
    """The living person of a resource that the actor may change: whoever cannot read it is told of none."""
    try:
        living = open_person(actor, held.person_id)
    except NotAllowed:
        if not opens(actor, held):
            raise NotFound from None
        raise
    if held.labels and not opens(actor, held):
        raise NotFound
    return living


def opens(actor: Actor, held: Stored) -> bool:
    """Whether the actor sees this resource, whatever their role reads."""
    row, values = row_sql(actor, "r", whatever_role=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT {row} FROM (SELECT %(of)s::uuid AS person_id, %(kind)s::smallint AS kind, %(id)s::text AS id,
                %(labels)s::int AS labels, %(written_in)s::uuid AS written_in, %(says)s::smallint AS says) r""",
            {
                **values,
                "of": held.person_id,
                "kind": kind_of(held.type),
                "id": held.id,
                "says": held.says,
                "labels": held.labels,
                "written_in": held.written_in,
            },
        )
        return bool(cursor.fetchone()[0])


def measured_open(actor: Actor, persons: Iterable[UUID]) -> set[UUID]:
    """Those of these persons whose measured values the actor sees, whatever their role reads of the record."""
    row, values = row_sql(actor, "r", whatever_role=True)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT r.person_id FROM (SELECT unnest(%(persons)s::uuid[]) AS person_id,
                %(kind)s::smallint AS kind, '' AS id, 0 AS labels, NULL::uuid AS written_in, 0::smallint AS says) r
                WHERE {row}""",
            {**values, "persons": list(persons), "kind": kind_of("Observation")},
        )
        return {row[0] for row in cursor.fetchall()} - {NOBODY}


@contextmanager
def remembering() -> Iterator[None]:
    """Ask once for each person while one request is answered; the next request asks anew."""
    token = _found.set({})
    try:
        yield
    finally:
        _found.reset(token)
