"""Facts: what happened, recorded once, in the transaction of what it tells of."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from yiyang.kernel import readings
from yiyang.kernel.actors import Actor, assisted, doer, identity, through
from yiyang.kernel.commands import running
from yiyang.kernel.ids import new_id
from yiyang.kernel.models import PersonFact, PlainFact, Reading
from yiyang.kernel.time import now


@dataclass(frozen=True)
class Fact:
    """A fact as reactions and readers get it, whatever table it lies in."""

    id: UUID
    name: str
    at: datetime
    recorded_at: datetime
    by_label: str
    by_account: UUID | None
    by_organisation: UUID | None
    by_role: str
    subject_kind: str
    subject_id: UUID | None
    person_id: UUID | None
    data: dict[str, Any]


def record(
    name: str, *, by: Actor, at: datetime, subject: Any = None, person: Any = None, **data: Any
) -> PersonFact | PlainFact:
    """Write the fact, and queue the reactions declared for it, in the running command's transaction."""
    scope = running.get()
    if scope is None:
        raise AssertionError(f"fact {name} outside a command")
    scope.facts += 1
    if for_whom := assisted(by):
        data = {**data, "assistance": for_whom}
    data = {**data, **through(by)}
    columns = {
        "name": name,
        "at": at,
        "recorded_at": now(),
        "by_account": doer(by).account_id,
        "by_label": by.label[:120],
        "by_organisation": doer(by).organisation_id,
        "by_role": doer(by).role,
        "subject_kind": type(subject).__name__ if subject is not None else "",
        "subject_id": identity(subject),
        "data": plain(data),
    }
    person_id = identity(person)
    fact: PersonFact | PlainFact
    if person_id is None:
        fact = PlainFact(**columns)
    else:
        fact = PersonFact(person_id=person_id, **columns)
    fact.save(force_insert=True)
    from yiyang.kernel.reactions import queue_for

    queue_for(name, fact.id, person_id)
    return fact


INTO_FACTS = (
    "(id, name, at, recorded_at, by_account, by_label, by_organisation, by_role, subject_kind, subject_id, data{person})"
    " VALUES (%(fact_id)s, %(fact_name)s, %(fact_at)s, %(fact_recorded_at)s, %(fact_account)s, %(fact_label)s,"
    " %(fact_organisation)s, %(fact_role)s, '', NULL, %(fact_data)s{value})"
)
INTO_PERSON_FACTS = "INSERT INTO kernel_personfact " + INTO_FACTS.format(
    person=", person_id", value=", %(fact_person)s"
)
INTO_PLAIN_FACTS = "INSERT INTO kernel_plainfact " + INTO_FACTS.format(person="", value="")


def record_beside(
    name: str, *, by: Actor, at: datetime, person_id: UUID | None, **data: Any
) -> tuple[str, dict[str, Any]]:
    """As `record`, for a command that writes its row and the fact in one statement: that part of the statement, and
    its values, whose names begin with `fact_`."""
    scope = running.get()
    if scope is None:
        raise AssertionError(f"fact {name} outside a command")
    scope.facts += 1
    if for_whom := assisted(by):
        data = {**data, "assistance": for_whom}
    data = {**data, **through(by)}
    fact_id = new_id()
    values = {
        "fact_id": fact_id,
        "fact_name": name,
        "fact_at": at,
        "fact_recorded_at": now(),
        "fact_account": doer(by).account_id,
        "fact_label": by.label[:120],
        "fact_organisation": doer(by).organisation_id,
        "fact_role": doer(by).role,
        "fact_data": json.dumps(plain(data), cls=DjangoJSONEncoder),
        "fact_person": person_id,
    }
    from yiyang.kernel.reactions import queue_for

    queue_for(name, fact_id, person_id)
    return (INTO_PLAIN_FACTS if person_id is None else INTO_PERSON_FACTS), values


FACT_COLUMNS = "id, name, at, recorded_at, by_account, by_label, by_organisation, by_role, subject_kind, subject_id, data"


def record_many(
    name: str, told: Iterable[tuple[UUID | None, dict[str, Any]]], *, by: Actor, at: datetime
) -> None:
    """As `record`, for many of one kind at once: whose each is, and what is told of it."""
    scope = running.get()
    if scope is None:
        raise AssertionError(f"facts {name} outside a command")
    served = {"assistance": for_whom} if (for_whom := assisted(by)) else {}
    served |= through(by)
    same = (
        name, at, now(), doer(by).account_id, by.label[:120], doer(by).organisation_id, doer(by).role, "", None,
    )  # fmt: skip
    of_persons: list[tuple[Any, ...]] = []
    of_nobody: list[tuple[Any, ...]] = []
    for person_id, data in told:
        row: tuple[Any, ...] = (
            new_id(), *same, json.dumps(plain({**data, **served}), cls=DjangoJSONEncoder),
        )  # fmt: skip
        if person_id is None:
            of_nobody.append(row)
        else:
            of_persons.append((*row, person_id))
    with connection.cursor() as cursor:
        _copy(cursor, f"COPY kernel_personfact ({FACT_COLUMNS}, person_id) FROM STDIN", of_persons)
        _copy(cursor, f"COPY kernel_plainfact ({FACT_COLUMNS}) FROM STDIN", of_nobody)
    scope.facts += len(of_persons) + len(of_nobody)
    from yiyang.kernel.reactions import queue_for

    for row in of_persons:
        queue_for(name, row[0], row[-1])
    for row in of_nobody:
        queue_for(name, row[0], None)


def _copy(cursor: Any, statement: str, rows: list[tuple[Any, ...]]) -> None:
    if rows:
        with cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)


def record_of(subject: Any, name: str, *, by: Actor, at: datetime, **data: Any) -> PersonFact | PlainFact:
    """Record what happened to something that is one person's: a stay, a transfer, a place in a list."""
    return record(name, by=by, at=at, subject=subject, person=subject.person_id, **data)


def seen(actor: Actor, persons: Iterable[Any], what: str) -> None:
    """Record that the actor was shown data of these persons: one fact per page or answer.

    Called at the boundary (view or API); written before the answer leaves, or the answer is a 503. A page that
    shows nobody records nothing.
    """
    ids = list({identity(person) for person in persons})
    if not ids or actor.role == "SYSTEM":
        return
    at = now()
    readings.note(
        (
            new_id(),
            at,
            at,
            doer(actor).account_id,
            actor.label[:120],
            doer(actor).organisation_id,
            doer(actor).role,
            what[:40],
            json.dumps(through(actor)),
            ids,
        )
    )


MOST_IN_ONE = 2000


def seen_in(actor: Actor, persons: Iterable[UUID], what: str, subject: Any) -> None:
    """As `seen`, for very many persons who are in one thing that leaves: a few rows, each of which names it.

    Written at once, in the caller's transaction.
    """
    ids = sorted(set(persons))
    at = now()
    who = (doer(actor).account_id, actor.label[:120], doer(actor).organisation_id, doer(actor).role)
    about = (what[:40], identity(subject))
    parts = (ids[start : start + MOST_IN_ONE] for start in range(0, len(ids), MOST_IN_ONE))
    readings.write_about([(new_id(), at, at, *who, *about, part) for part in parts])


def find(fact_id: UUID, person_id: UUID | None) -> Fact:
    """The fact with this id; DoesNotExist when its transaction was rolled back."""
    row: PersonFact | PlainFact
    if person_id is None:
        row = PlainFact.objects.get(pk=fact_id)
    else:
        row = PersonFact.objects.get(person_id=person_id, id=fact_id)
    return of_row(row)


def of_row(row: PersonFact | PlainFact | Reading) -> Fact:
    return Fact(
        id=row.id,
        name=row.name,
        at=row.at,
        recorded_at=row.recorded_at,
        by_label=row.by_label,
        by_account=row.by_account,
        by_organisation=row.by_organisation,
        by_role=row.by_role,
        subject_kind=row.subject_kind,
        subject_id=row.subject_id,
        person_id=getattr(row, "person_id", None),
        data=row.data,
    )


def plain(data: dict[str, Any]) -> dict[str, Any]:
    """Fact data as JSON keeps it: instants and ids as text, model instances as their ids."""
    return {key: _plain(value) for key, value in data.items() if value is not None}


def _plain(value: Any) -> Any:
    value = identity(value)
    if isinstance(value, UUID | datetime | date):
        return json.loads(json.dumps(value, cls=DjangoJSONEncoder))
    if isinstance(value, list | tuple | set):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return plain(value)
    return value
