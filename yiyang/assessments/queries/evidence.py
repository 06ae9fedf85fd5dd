"""The latest signed assessments of many persons at once, as criteria look at them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.timezone import localdate

from yiyang.assessments.models import Assessment, State
from yiyang.assessments.rules.eligibility import Assessed
from yiyang.kernel.ids import among
from yiyang.people import queries as people


def evidence_of_many(
    person_ids: Iterable[UUID], codes: Iterable[str], at: datetime
) -> dict[UUID, dict[str, Assessed]]:
    """By person and instrument, expired ones too: criteria say what a person lacks and how old the rest is."""
    ids = list(person_ids)
    merged = people.aliases_of(ids)
    rows = Assessment.objects.filter(
        person__in=among([*ids, *merged]), code__in=list(codes), state=State.SIGNED, assessed_at__lte=at
    )
    newest = rows.order_by("person_id", "code", "-assessed_at", "-signed_at").distinct("person_id", "code")
    found: dict[UUID, dict[str, Assessed]] = {}
    for row in newest.defer("changed", "alerts"):
        one = as_evidence(row)
        mine = found.setdefault(merged.get(row.person_id, row.person_id), {})
        if one.instrument not in mine or mine[one.instrument].on < one.on:
            mine[one.instrument] = one
    return found


def as_evidence(row: Assessment) -> Assessed:
    return Assessed(
        instrument=row.code,
        on=localdate(row.assessed_at),
        valid_until=row.valid_until,
        level=row.level,
        total=row.total,
        subscores=row.subscores,
        answers=row.answers,
        id=str(row.pk),
    )
