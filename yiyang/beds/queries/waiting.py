"""The waiting list in its order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Case, Count, IntegerField, Q, QuerySet, Value, When

from yiyang.beds.models import WaitingEntry
from yiyang.beds.rules.waiting import CHANNELS
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.people.queries import persons


def waiting_entries(actor: Actor) -> QuerySet[WaitingEntry]:
    """Entries in lists that the actor's units keep, made by them or wanting them; and one's own."""
    found = WaitingEntry.objects.select_related("person", "wanted_unit", "list_owner", "offered_bed")
    if actor.sees_all:
        return found
    if not getattr(actor, "reads_records", False):
        return found.none()
    units = list(getattr(actor, "organisation_ids", ()))
    if units:
        return found.filter(Q(list_owner__in=units) | Q(requested_unit__in=units) | Q(wanted_unit__in=units))
    return found.filter(person__in=persons(actor))


def waiting_entry(actor: Actor, entry_id: UUID) -> WaitingEntry:
    found = waiting_entries(actor).filter(pk=entry_id).first()
    if found is None:
        raise NotFound
    return found


def place_of(entry: WaitingEntry) -> tuple[int, int] | None:
    """(rank overall, rank in the channel), from 1; None when the entry has ended."""
    if entry.state not in ("WAITING", "OFFERED"):
        return None
    others = WaitingEntry.objects.filter(
        kind=entry.kind, list_owner=entry.list_owner_id, state__in=["WAITING", "OFFERED"]
    )
    earlier = Q(joined_at__lt=entry.joined_at) | Q(joined_at=entry.joined_at, pk__lt=entry.pk)
    before = [channel for channel, order in CHANNELS.items() if order < CHANNELS[entry.channel]]
    counted = others.aggregate(
        channels=Count("pk", filter=Q(channel__in=before)),
        own=Count("pk", filter=Q(channel=entry.channel) & earlier),
    )
    return counted["channels"] + counted["own"] + 1, counted["own"] + 1


def waiting_in_order(kind: str, list_owner: UUID | None) -> QuerySet[WaitingEntry, Any]:
    """All who wait for a kind of bed in one district, first come first within each channel."""
    channel = Case(
        *[When(channel=c, then=Value(n)) for c, n in CHANNELS.items()], output_field=IntegerField()
    )
    suspended = Case(
        When(transfer__suspended_at__isnull=False, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    return (
        WaitingEntry.objects.filter(kind=kind, list_owner=list_owner, state__in=["WAITING", "OFFERED"])
        .annotate(suspended=suspended)
        .select_related("person", "wanted_unit")
        .order_by(channel, "joined_at", "pk")
    )
