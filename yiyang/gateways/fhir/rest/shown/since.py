"""When a row was last changed: when the last fact about it was recorded."""

from __future__ import annotations

from typing import Any

from django.db.models import DateTimeField, Max, OuterRef, Subquery

from yiyang.kernel.models import PersonFact, PlainFact


def told_of_person(column: str = "pk") -> Any:
    return _last(PersonFact, column)


def told(column: str = "pk") -> Any:
    """Of something that is no person's."""
    return _last(PlainFact, column)


def _last(facts: Any, column: str) -> Any:
    found = facts.objects.filter(subject_id=OuterRef(column)).order_by().values("subject_id")
    return Subquery(found.annotate(last=Max("recorded_at")).values("last"), output_field=DateTimeField())
