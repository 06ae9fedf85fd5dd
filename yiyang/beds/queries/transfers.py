"""Transfers and offers, as those concerned may read them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from yiyang.beds.models import Agreement, Occupancy, Offer, Transfer
from yiyang.beds.models.occupancy import State
from yiyang.beds.models.transfers import OPEN_OFFERS, TransferQuerySet
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.people.queries import persons

UNITS = ("from_unit", "requested_unit", "coordinator", "chosen_unit", "to_unit")


def transfers(actor: Actor) -> TransferQuerySet:
    """The transfers that the actor's units, or the actor, are concerned with."""
    return Transfer.objects.visible_to(actor).select_related("person", *UNITS)


def transfer(actor: Actor, transfer_id: UUID) -> Transfer:
    found = transfers(actor).filter(pk=transfer_id).first()
    if found is None:
        raise NotFound
    return found


def offers(actor: Actor) -> QuerySet[Offer]:
    """What the actor's units were asked, and all that was asked for the transfers that they send."""
    found = Offer.objects.select_related("unit", "ward", "transfer__person")
    if actor.sees_all:
        return found
    if not getattr(actor, "reads_records", False):
        return found.none()
    units = list(getattr(actor, "organisation_ids", ()))
    return found.filter(
        Q(unit__in=units)
        | Q(transfer__from_unit__in=units)
        | Q(transfer__requested_unit__in=units)
        | Q(transfer__coordinator__in=units)
    )


def offer(actor: Actor, offer_id: UUID) -> Offer:
    found = offers(actor).filter(pk=offer_id).first()
    if found is None:
        raise NotFound
    return found


def reservation_of(transfer: Transfer) -> Occupancy | None:
    """The bed that is promised to a transfer now."""
    return (
        Occupancy.objects.filter(transfer=transfer, state=State.RESERVED)
        .select_related("bed__room__ward")
        .first()
    )


def open_to(actor: Actor, person_ids: Iterable[UUID]) -> set[UUID]:
    """Which of these persons the actor may see: a unit that was only asked learns no name."""
    wanted = set(person_ids)
    if not wanted:
        return set()
    return set(persons(actor).filter(pk__in=wanted).values_list("pk", flat=True))


def open_offers(rows: QuerySet[Offer]) -> QuerySet[Offer]:
    return rows.filter(state__in=OPEN_OFFERS)


def closed_offers(rows: QuerySet[Offer]) -> QuerySet[Offer]:
    return rows.exclude(state__in=OPEN_OFFERS)


def agreements_of(transfer: Transfer) -> QuerySet[Agreement]:
    """What was said, in its order, without the photographed papers."""
    return transfer.agreements.defer("paper").order_by("at", "pk")
