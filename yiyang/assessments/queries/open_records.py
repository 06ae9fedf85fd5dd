"""Signed assessments of all persons whose whole record, or whose assessments, are open to the actor."""

from __future__ import annotations

from django.db.models import QuerySet

from yiyang.assessments.models import SIGNED_STATES, Assessment, State
from yiyang.kernel.actors import Actor
from yiyang.people import queries as people
from yiyang.people.rules.kinds_of_data import KindOfData


def open_signed(actor: Actor) -> QuerySet[Assessment]:
    """Those that were signed, replaced and void ones too. For staff: at home words depend on what was told."""
    if not actor.sees_all and actor.organisation_id is None:
        return Assessment.objects.none()
    found = Assessment.objects.filter(
        people.in_full(actor, kind=str(KindOfData.ASSESSMENTS)), signed_at__isnull=False
    )
    return found.filter(state__in=(*SIGNED_STATES, State.VOID)).select_related("instrument")
