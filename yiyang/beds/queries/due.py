"""What the clock looks for: everything whose time has come and that nobody was told of yet."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localdate

from yiyang.beds.models import EligibilityOverride, Episode, Leave, Occupancy, Offer, Transfer, WaitingEntry
from yiyang.beds.models.occupancy import Block, State
from yiyang.beds.models.transfers import OPEN_OFFERS
from yiyang.beds.queries.waiting_priority import to_weigh_again
from yiyang.kernel.models import PersonFact

AT_ONCE = 500
LATELY = timedelta(days=3)


def offers(at: datetime) -> QuerySet[Offer]:
    return Offer.objects.filter(state__in=OPEN_OFFERS, answer_by__lte=at).order_by("answer_by")[:AT_ONCE]


def transfers(at: datetime) -> QuerySet[Transfer]:
    """Where the next one has not acted in time, and the coordinator was not told yet."""
    return Transfer.objects.live().filter(act_by__lte=at, suspended_at=None).order_by("act_by")[:AT_ONCE]


def reservations(at: datetime) -> QuerySet[Occupancy]:
    return (
        Occupancy.objects.filter(state=State.RESERVED, period__endswith=None, expires_at__lte=at)
        .select_related("transfer")
        .order_by("expires_at")[:AT_ONCE]
    )


def cleaning(at: datetime) -> QuerySet[Occupancy]:
    return Occupancy.objects.filter(
        state=State.BLOCKED, reason=Block.CLEANING, period__endswith=None, claim__endswith__lte=at
    )[:AT_ONCE]


def holds(before: datetime) -> QuerySet[Occupancy]:
    return (
        Occupancy.objects.filter(
            state=State.HELD, period__endswith=None, held_until__lte=before, warned_at=None
        )
        .select_related("episode")
        .order_by("held_until")[:AT_ONCE]
    )


def releases(at: datetime) -> QuerySet[Occupancy]:
    """Beds that person or family gave up, and can take back no longer."""
    return (
        Occupancy.objects.filter(state=State.HELD, period__endswith=None, release_at__lte=at)
        .select_related("episode")
        .order_by("release_at")[:AT_ONCE]
    )


def leaves(at: datetime) -> QuerySet[Leave]:
    return (
        Leave.objects.filter(returned_at=None, overdue_told_at=None, due_back_at__lte=at)
        .select_related("episode")
        .order_by("due_back_at")[:AT_ONCE]
    )


def places(at: datetime) -> QuerySet[WaitingEntry]:
    return WaitingEntry.objects.filter(state="OFFERED", offer_expires_at__lte=at)[:AT_ONCE]


def lapsed_words(at: datetime) -> list[Any]:
    """Persons whose place on the waiting list rested on a clinician's word that no longer holds, these last days."""
    day = localdate(at)
    waits = WaitingEntry.objects.filter(
        person=OuterRef("person"), kind=OuterRef("kind"), state__in=["WAITING", "OFFERED"]
    )
    lapsed = EligibilityOverride.objects.filter(
        Exists(waits), withdrawn_at=None, holds_until__lte=day, holds_until__gt=day - LATELY
    )
    return [one.person for one in lapsed.select_related("person") if to_weigh_again(one.person_id, at)]


def cycles(before: date) -> QuerySet[Episode]:
    """Home medical beds whose cycle ends soon and of which nobody was told for this cycle."""
    told = PersonFact.objects.filter(
        name="home_bed.cycle_ending",
        person_id=OuterRef("person_id"),
        subject_id=OuterRef("pk"),
        at__gte=OuterRef("opened_at"),
    )
    return (
        Episode.objects.filter(closed_at=None, cycle_ends_on__lte=before)
        .annotate(told=Exists(told))
        .filter(told=False)[:AT_ONCE]
    )
