"""What an app may read of what its account may: types of resources, and of one person where it was opened for one.

It only narrows. Whoever came without an app is not narrowed at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from yiyang.kernel.actors import Actor
from yiyang.people import queries as people
from yiyang.records.r4.definitions import kind_of, types
from yiyang.records.stored import NOBODY, Stored


def narrowed_sql(actor: Actor, alias: str) -> tuple[str, dict[str, Any]]:
    """The condition on `alias.kind` and `alias.person_id`, and its values by name; empty where there is none."""
    app = getattr(actor, "app", None)
    if app is None:
        return "", {}
    of_all = [kind_of(one) for one in types() if app.reads(one)]
    if len(of_all) == len(types()):
        return "", {}
    values: dict[str, Any] = {"app_kinds": of_all}
    condition = f"{alias}.kind = ANY(%(app_kinds)s::smallint[])"
    of_person = [kind_of(one) for one in types() if app.reads_of_person(one)]
    if not of_person:
        return condition, values
    values |= {"app_person_kinds": of_person, "app_persons": [*_persons(actor), NOBODY]}
    return (
        f"({condition} OR ({alias}.kind = ANY(%(app_person_kinds)s::smallint[])"
        f" AND {alias}.person_id = ANY(%(app_persons)s::uuid[])))"
    ), values


def narrowed(actor: Actor, found: Iterable[Stored]) -> list[Stored]:
    """As the condition, for what lies outside of the store."""
    app = getattr(actor, "app", None)
    if app is None:
        return list(found)
    persons = {*_persons(actor), NOBODY}
    return [
        one
        for one in found
        if app.reads(one.type) or (app.reads_of_person(one.type) and one.person_id in persons)
    ]


def narrowed_persons(actor: Actor, persons: set[UUID]) -> set[UUID]:
    """Of whom an app may read anything: of one person, where none of its scopes goes further."""
    app = getattr(actor, "app", None)
    return persons if app is None or app.opened.of_all else persons & set(_persons(actor))


def reads_type(actor: Actor, of: str) -> bool:
    app = getattr(actor, "app", None)
    return app is None or app.reads(of) or app.reads_of_person(of)


def reads_all(actor: Actor, of: str) -> bool:
    """Of everybody whom the account sees."""
    app = getattr(actor, "app", None)
    return app is None or app.reads(of)


def _persons(actor: Actor) -> list[UUID]:
    app: Any = getattr(actor, "app", None)
    return people.every_id([app.person_id]) if app.person_id else []
