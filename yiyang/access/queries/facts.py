"""The trail of facts, for those who audit. What a fact about a person says in detail stays with the record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from yiyang.kernel.models import PlainFact
from yiyang.kernel.time import midnight

from ..models import Organisation
from ..permissions import Permission

PAGE = 50
NEVER_BEFORE = UUID(int=2**128 - 1)


@dataclass(frozen=True)
class FactLine:
    """One fact as auditors see it. `data` is empty for facts about persons."""

    id: UUID
    name: str
    at: datetime
    recorded_at: datetime
    by_label: str
    by_role: str
    by_account: UUID | None
    by_organisation: UUID | None
    subject_kind: str
    subject_id: UUID | None
    person_id: UUID | None
    data: dict[str, Any]

    @property
    def late(self) -> bool:
        """Entered more than a minute after it happened."""
        return self.recorded_at - self.at > timedelta(minutes=1)


@dataclass(frozen=True)
class Question:
    """What an auditor asks for; empty means all."""

    name: str = ""
    by: str = ""
    subject: UUID | None = None
    since: date | None = None
    until: date | None = None

    @property
    def conditions(self) -> tuple[str, dict[str, Any]]:
        parts = ["true"]
        values: dict[str, Any] = {}
        if self.name:
            parts.append("name LIKE %(name)s")
            values["name"] = self.name.replace("%", r"\%").replace("_", r"\_") + "%"
        if self.by:
            parts.append("by_label ILIKE %(by)s")
            values["by"] = "%" + self.by.replace("%", r"\%").replace("_", r"\_") + "%"
        if self.since:
            parts.append("at >= %(since)s")
            values["since"] = midnight(self.since)
        if self.until:
            parts.append("at < %(until)s")
            values["until"] = midnight(self.until + timedelta(days=1))
        return " AND ".join(parts), values


COLUMNS = (
    "id, name, at, recorded_at, by_label, by_role, by_account, by_organisation, subject_kind, subject_id"
)
# What the platform itself did belongs to no organisation: shown to all when the installation has one district.
REACH = "(by_organisation = ANY(%(reach)s) OR (by_organisation IS NULL AND %(alone)s))"


def facts(actor: Any, question: Question, *, before: UUID | None = None, limit: int = PAGE) -> list[FactLine]:
    """Newest first, within the auditor's own district; `before` is the last id of the page before."""
    where, values = question.conditions
    about = "AND (subject_id = %(subject)s OR person_id = %(subject)s)" if question.subject else ""
    plain = "AND subject_id = %(subject)s" if question.subject else ""
    tail = "AND id < %(before)s ORDER BY id DESC LIMIT %(limit)s"
    sql = f"""
        SELECT * FROM (
          (SELECT {COLUMNS}, person_id, '{{}}'::jsonb AS data FROM kernel_personfact
           WHERE {where} AND {REACH} {about} {tail})
          UNION ALL
          (SELECT {COLUMNS}, NULL::uuid, data FROM kernel_plainfact
           WHERE {where} AND {REACH} {plain} {tail})
        ) both_kinds ORDER BY id DESC LIMIT %(limit)s
    """
    return _lines(sql, {**values, **_bounds(actor, before, limit), "subject": question.subject})


def in_reach(actor: Any) -> Q:
    """The same bounds, as a condition on facts and readings."""
    if actor.sees_all:
        return Q()
    found = Q(by_organisation__in=list(actor.reach))
    return found | Q(by_organisation=None) if _one_district() else found


def plain_facts(actor: Any) -> QuerySet[PlainFact]:
    """Facts about no person, for those who audit."""
    found = PlainFact.objects.filter(in_reach(actor))
    return found if actor.sees_all or actor.may(Permission.READ_AUDIT) else found.none()


def all_facts(actor: Any, question: Question, most: int = 50_000) -> Iterator[FactLine]:
    """The same, page by page, for an export."""
    before, left = None, most
    while left > 0:
        page = facts(actor, question, before=before, limit=min(1000, left))
        yield from page
        if len(page) < min(1000, left):
            return
        before, left = page[-1].id, left - len(page)


@dataclass(frozen=True)
class ReadingLine:
    """One page or answer on which somebody was shown data of persons."""

    id: UUID
    at: datetime
    by_label: str
    by_role: str
    what: str
    persons: list[UUID]


def readings(
    actor: Any, question: Question, *, before: UUID | None = None, limit: int = PAGE
) -> list[ReadingLine]:
    """Who looked at whose record: newest first; `question.subject` is a person."""
    where, values = question.conditions
    about = "AND persons @> ARRAY[%(subject)s]::uuid[]" if question.subject else ""
    sql = f"""
        SELECT id, at, by_label, by_role, subject_kind, persons FROM kernel_reading
        WHERE {where} AND {REACH} {about} AND id < %(before)s ORDER BY id DESC LIMIT %(limit)s
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, {**values, **_bounds(actor, before, limit), "subject": question.subject})
        return [ReadingLine(*row) for row in cursor.fetchall()]


def _bounds(actor: Any, before: UUID | None, limit: int) -> dict[str, Any]:
    return {
        "reach": list(actor.reach),
        "alone": _one_district(),
        "before": before or NEVER_BEFORE,
        "limit": limit,
    }


def _one_district() -> bool:
    codes = Organisation.objects.order_by().values_list(Left("area_id", 6), flat=True).distinct()
    return len(codes[:2]) < 2


def _lines(sql: str, values: dict[str, Any]) -> list[FactLine]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    return [FactLine(*row[:-1], data=_data(row[-1])) for row in rows]


def _data(value: Any) -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return parsed
