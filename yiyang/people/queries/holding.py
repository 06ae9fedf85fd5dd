"""Who holds which care relationship to a person, with what it opens: for contexts above that explain who sees what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yiyang.access.purposes import in_words
from yiyang.access.queries.naming import NAME_OF_UNIT, in_english
from yiyang.kernel.actors import Actor
from yiyang.kernel.time import now
from yiyang.people import reach
from yiyang.people.models import Basis, Scope, root_of
from yiyang.people.rules.kinds_of_data import KindOfData, Sensitive


@dataclass(frozen=True)
class Held:
    """One relationship. `kinds` None: all that the scope opens; `guardian`: a guardian's delegation."""

    who: str
    organisation_id: UUID | None
    account_id: UUID | None
    basis: str
    scope: str
    kinds: list[str] | None
    labels: list[str] = field(default_factory=list)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    reason: str = ""
    guardian: bool = False
    purposes: list[str] | None = None
    """What for it is open; None: for care."""

    @property
    def basis_label(self) -> str:
        return str(Basis(self.basis).label)

    @property
    def scope_label(self) -> str:
        return str(Scope(self.scope).label)

    @property
    def purpose_labels(self) -> list[str]:
        return in_words(self.purposes or ())

    @property
    def kind_labels(self) -> list[str]:
        return [str(KindOfData(one).label) for one in self.kinds or ()]

    @property
    def sensitive_labels(self) -> list[str]:
        return [str(Sensitive(one).label) for one in self.labels]


LIVE = "care.starts_at <= %(at)s AND (care.ends_at IS NULL OR care.ends_at > %(at)s)"
HELD = f"""
    SELECT coalesce({NAME_OF_UNIT}, a.name, '?'), care.organisation_id, care.account_id, care.basis, care.scope,
           care.kinds, care.labels, care.starts_at, care.ends_at, care.reason,
           care.basis = 'DELEGATION' AND EXISTS (
               SELECT 1 FROM people_delegation given WHERE given.id = care.source_id AND given.basis = 'GUARDIAN'),
           care.purposes
    FROM people_carerelationship care
    LEFT JOIN access_organisation o ON o.id = care.organisation_id
    LEFT JOIN access_account a ON a.id = care.account_id
    WHERE care.person_id = %(person)s AND {{condition}}
    ORDER BY care.starts_at DESC, care.id LIMIT 500
"""


def held(person_id: UUID) -> list[Held]:
    """All relationships in force, for whoever may see why a record is open."""
    return _held(person_id, LIVE, {"at": now()})


def held_by(actor: Actor, person_id: UUID) -> list[Held]:
    """Those in force of this actor, whatever for the record is open by them."""
    live, values = reach.sql(actor, "care", whatever_for=True)
    return _held(person_id, live, values)


def not_in_force(actor: Actor, person_id: UUID) -> Held | None:
    """The latest that was this actor's, or will be."""
    condition = f"""(care.organisation_id = ANY(%(organisations)s) OR care.account_id = %(account)s) AND NOT ({LIVE})"""
    found = _held(person_id, condition, reach.sql(actor, "care")[1])
    return found[0] if found else None


def _held(person_id: UUID, condition: str, values: dict[str, Any]) -> list[Held]:
    with connection.cursor() as cursor:
        given = {**values, "person": root_of(person_id), "english": in_english()}
        cursor.execute(HELD.format(condition=condition), given)
        return [Held(*row) for row in cursor.fetchall()]
