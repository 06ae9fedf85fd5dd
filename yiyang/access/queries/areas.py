from __future__ import annotations

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
