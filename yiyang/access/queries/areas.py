from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from ..models import Area


def area(code: str) -> Area | None:
    return Area.objects.filter(pk=code).first()


def districts() -> QuerySet[Area]:
    return Area.objects.filter(level="DISTRICT")


def streets_of(district: str) -> QuerySet[Area]:
    return Area.objects.filter(level="STREET", code__startswith=district)


def communities_of(street: str) -> QuerySet[Area]:
    return Area.objects.filter(level="COMMUNITY", code__startswith=street)


def areas_below(code: str) -> QuerySet[Area]:
    return Area.objects.filter(code__startswith=code)


def area_names(codes: Collection[str]) -> dict[str, str]:
    """Names by code, of those that are known."""
    return dict(Area.objects.filter(pk__in=codes).values_list("pk", "name"))
