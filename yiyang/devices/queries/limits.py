"""Own limits and pauses of persons, and the rules that hold, as pages and programs show them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from yiyang.devices.models import AlarmRule, Limit, Loan, Suppression
from yiyang.devices.rules.quantities import BY_NO
from yiyang.people import queries as people


def limits(actor: Any, person_id: UUID) -> QuerySet[Limit]:
    """All that ever were, the newest first; of a person whom the actor sees in full."""
    person = people.person_in_full(actor, person_id)
    return Limit.objects.filter(person_id__in=people.ids(person.pk)).order_by("-set_at", "-pk")


def limit(actor: Any, limit_id: UUID) -> Limit:
    found: Limit = get_object_or_404(Limit, pk=limit_id)
    people.person_in_full(actor, found.person_id)
    return found


def pauses(actor: Any, person_id: UUID) -> QuerySet[Suppression]:
    person = people.person_in_full(actor, person_id)
    return Suppression.objects.filter(person_id__in=people.ids(person.pk)).order_by("-set_at", "-pk")


def pause(actor: Any, pause_id: UUID) -> Suppression:
    found: Suppression = get_object_or_404(Suppression, pk=pause_id)
    people.person_in_full(actor, found.person_id)
    return found


def own_watches(actor: Any, person_id: UUID) -> QuerySet[AlarmRule]:
    """What was set for this person alone: how long is waited for movement, and for the way back to bed."""
    person = people.person_in_full(actor, person_id)
    whom = [str(one) for one in people.ids(person.pk)]
    return AlarmRule.objects.filter(scope=AlarmRule.Scope.PERSON, whom__in=whom).order_by("-signed_at")


def own_watch(actor: Any, watch_id: UUID) -> tuple[AlarmRule, Any]:
    found: AlarmRule = get_object_or_404(AlarmRule, pk=watch_id, scope=AlarmRule.Scope.PERSON)
    return found, people.person_in_full(actor, UUID(found.whom))


def kinds_worn(person_id: UUID, at: datetime) -> set[str]:
    """The kinds of devices that the person has now; of somebody whom the caller has asked about already."""
    held = Loan.objects.filter(person_id__in=people.ids(person_id), period__contains=at)
    return set(held.values_list("device__kind", flat=True))


def in_words(row: Limit, at: datetime) -> dict[str, Any]:
    """For a list: which quantity, from where to where, whether it holds."""
    quantity = BY_NO[row.code]
    return {"row": row, "quantity": quantity, "holds": row.period.lower <= at < row.period.upper}
