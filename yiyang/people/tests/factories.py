"""Persons for tests: say only what matters."""

from __future__ import annotations

import random
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.time import now
from yiyang.people.commands import register_person
from yiyang.people.details import Details, DocumentGiven
from yiyang.people.models import Basis, CareRelationship, Person, Scope
from yiyang.people.rules.documents import DocumentKind, check_digit

_numbers = count(1)
VALID_ID = "31010619400101123" + check_digit("31010619400101123")


def id_number(born_on: date = date(1940, 1, 1), *, female: bool = False, area: str = "310106") -> str:
    """A valid citizen number that no test has used before."""
    number = next(_numbers)
    sequence = (number * 2 + (0 if female else 1)) % 1000
    area = f"{area[:4]}{int(area[4:]) + number * 2 // 1000:02d}"
    seventeen = f"{area}{born_on:%Y%m%d}{sequence:03d}"
    return seventeen + check_digit(seventeen)


def person(
    full_name: str = "王秀英",
    *,
    by: Actor = SYSTEM,
    at: datetime | None = None,
    id_card: str = "",
    **told: Any,
) -> Person:
    documents = [DocumentGiven(DocumentKind.RESIDENT_ID, id_card)] if id_card else []
    return register_person(
        by=by,
        at=at or now(),
        documents=documents,
        phones=told.pop("phones", ()),
        organisation_id=told.pop("organisation_id", None),
        details=Details(full_name=full_name, **told),
    )


def seen_by(
    person: Person, organisation_id: UUID | None = None, account_id: UUID | None = None, **fields: Any
) -> CareRelationship:
    """A live reason to see the person."""
    fields = {"basis": Basis.EPISODE, "scope": Scope.FULL, "starts_at": now(), **fields}
    return CareRelationship.objects.create(
        person_id=person.pk, organisation_id=organisation_id, account_id=account_id, **fields
    )


def some_name(chance: random.Random) -> str:
    return chance.choice("王李张刘陈") + "".join(chance.choice("秀英国建华玉兰") for _ in range(2))
