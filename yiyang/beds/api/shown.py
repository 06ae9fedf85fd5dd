"""Parts that several answers of this context show."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field

from yiyang.kernel.api import Example, Id, Instant, OneOf, Shown, Told
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.people.rules.documents import Sex

AN_ID = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1d{:02d}"


class Unit(Shown):
    """An organisation by its name in the language asked for."""

    example: ClassVar[Example] = {"id": AN_ID.format(2), "name": "区中心医院"}

    id: Id
    name: str


class Who(Shown):
    """A person. `id` and `full_name` are null where the record is not open to you."""

    example: ClassVar[Example] = {
        "id": AN_ID.format(1), "full_name": "王秀英", "sex": "FEMALE", "age": 85,
    }  # fmt: skip

    id: Id | None
    full_name: str | None
    sex: Annotated[str, OneOf(Sex)]
    age: int | None


class Act(Told):
    """What every act may tell: when it happened, if that was not just now."""

    example: ClassVar[Example] = {"at": "2026-05-01T08:30:00+08:00"}

    at: Annotated[Instant | None, Field(description="when it happened; now, when left out")] = None


def happened(body: Act) -> datetime:
    return body.at or now()


def unit(organisation: Any) -> Unit | None:
    return None if organisation is None else Unit(id=organisation.pk, name=organisation.name)


def who(person: Any, open_persons: Collection[UUID]) -> Who:
    """The person, nameless to those to whom the record is not open."""
    is_open = person.pk in open_persons
    return Who(
        id=person.pk if is_open else None,
        full_name=person.full_name if is_open else None,
        sex=person.sex,
        age=people.age_of(person),
    )
