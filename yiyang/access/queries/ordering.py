"""The order of a list by the column that its reader chose."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet


def in_order(found: QuerySet[Any], sort: str, columns: dict[str, str]) -> QuerySet[Any]:
    """By one of these columns, those without a value last; as it came when none was chosen."""
    column = columns.get(sort.lstrip("-"))
    if column is None:
        return found
    by = F(column)
    return found.order_by(by.desc(nulls_last=True) if sort.startswith("-") else by.asc(nulls_last=True), "pk")
