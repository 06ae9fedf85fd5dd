"""Transfers as their pages show them: who, where it stands, who must act; always within what the actor may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Substr
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from yiyang.beds.models import DistrictEmergency, Offer, Transfer, TransferStep
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.transfers import ENDED, OPEN_OFFERS, OfferState, TransferQuerySet, TransferState
from yiyang.beds.rules import steps
from yiyang.beds.rules import transfers as rules
from yiyang.kernel.actors import Actor
from yiyang.kernel.components import Entry, Step
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.people.queries import everyone_visible
from yiyang.people.rules.ages import age

S = TransferState
UNITS = ("from_unit", "requested_unit", "coordinator", "chosen_unit", "to_unit")


@dataclass(frozen=True)
class Who:
    """A person as the actor may know them: by name, or before acceptance by age and sex alone."""

    named: bool
    name: str
    about: str
    person_id: UUID
    sex: Any = ""
    died: bool = False

    def __str__(self) -> str:
        return self.name or self.about

    def hide_name(self, text: str, full_name: str) -> str:
        """Free text for somebody who may not know the name."""
        return text if self.named or not full_name else text.replace(full_name, "＊＊")


def who(transfer: Transfer) -> Who:
    person = transfer.person
    named = bool(getattr(transfer, "named", False))
    years = age(person.born_on, localdate(person.died_at or now())) if person.born_on else None
    parts = [str(person.get_sex_display())] if person.sex in ("MALE", "FEMALE") else []
    if years is not None:
        parts.append(ngettext("%(n)d year old", "%(n)d years old", years) % {"n": years})
    return Who(
        named=named,
        name=person.full_name if named else "",
        about=_(", ").join(parts) or _("age and sex not known"),
        person_id=person.pk,
        died=person.died_at is not None,
    )


def transfers(actor: Actor) -> TransferQuerySet:
    """All transfers that the actor may see; `named` says whose name may be shown."""
    return with_names(actor, Transfer.objects.visible_to(actor)).select_related("person", *UNITS)


def with_names(actor: Actor, found: Any, person: str = "person_id") -> Any:
    if actor.sees_all:
        return found.annotate(named=Value(True, output_field=BooleanField()))
    return found.annotate(named=Exists(everyone_visible(actor).filter(pk=OuterRef(person))))


def transfer(actor: Actor, transfer_id: UUID) -> Transfer:
    """One transfer with what its page always needs; NotFound when it is not the actor's to see."""
    declared = DistrictEmergency.objects.filter(until=None).alias(
        district=Substr("organisation__area_id", 1, 6)
    )
    declared = declared.filter(district=Substr(OuterRef("coordinator__area_id"), 1, 6))
    found: Transfer | None = (
        transfers(actor)
        .select_related("handover", "handover_draft", "from_episode", "suspended_for")
        .annotate(waived=Exists(declared))
        .filter(pk=transfer_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def live_transfers_of(actor: Actor, person_id: UUID) -> list[Transfer]:
    """What is under way for a person: shown before a second one is asked for."""
    return list(transfers(actor).live().filter(person_id=person_id).order_by("requested_at"))


def latest_of(actor: Actor, person_ids: Sequence[UUID], number: int = 40) -> list[Transfer]:
    """The person's latest transfers, those under way first, each with the time of its acceptance."""
    accepted = Offer.objects.filter(transfer=OuterRef("pk"), state=OfferState.ACCEPTED)
    found = transfers(actor).filter(person_id__in=person_ids)
    found = found.annotate(accepted_at=Subquery(accepted.values("answered_at")[:1]))
    return list(found.order_by(F("ended_at").desc(nulls_first=True), "-requested_at")[:number])


def offers_of(transfer: Transfer) -> list[Offer]:
    return list(transfer.offers.select_related("unit", "ward").order_by("sent_at", "rank", "pk"))


def who_has_looked(offers: Sequence[Offer]) -> dict[str, int] | None:
    """Of the units whose answer is waited for: how many, and how many have opened the question."""
    asked = [one for one in offers if one.state in OPEN_OFFERS and one.basis != Offer.Basis.OWN_UNIT]
    return {"asked": len(asked), "looked": sum(1 for one in asked if one.seen_at)} if asked else None


def receipts(transfer: Transfer) -> list[Offer]:
    """The offers that an asked unit has opened, in the order in which they were."""
    return list(transfer.offers.exclude(seen_at=None).select_related("unit").order_by("seen_at", "pk"))


def offer(actor: Actor, offer_id: UUID) -> Offer:
    """An offer to one of the actor's units, or of a transfer that the actor may see."""
    found = Offer.objects.select_related("unit", "ward").filter(pk=offer_id).first()
    if found is None:
        raise NotFound
    found.transfer = transfer(actor, found.transfer_id)
    return found


# The inbox of a unit


def offers_to_my_unit(actor: Actor) -> QuerySet[Offer]:
    """Offers made to the actor's own units."""
    mine = list(getattr(actor, "organisation_ids", ()))
    found = Offer.objects.filter(unit__in=mine) if not actor.sees_all else Offer.objects.all()
    if not getattr(actor, "reads_records", actor.sees_all):
        found = found.none()
    return with_names(actor, found, "transfer__person_id").select_related(
        "unit", "ward", "transfer__person", "transfer__from_unit", "transfer__requested_unit"
    )


def offers_to_answer(actor: Actor) -> QuerySet[Offer]:
    """Open ones, the soonest deadline first; those whose time is over wait for the deadline job."""
    return (
        offers_to_my_unit(actor)
        .filter(state__in=OPEN_OFFERS, transfer__suspended_at=None, answer_by__gt=now())
        .order_by("answer_by", "pk")
    )


def offers_accepted(actor: Actor) -> QuerySet[Offer]:
    """Accepted by the doctor: a bed is to be given, or the person is expected."""
    return (
        offers_to_my_unit(actor)
        .filter(state=OfferState.ACCEPTED)
        .exclude(transfer__state__in=ENDED)
        .order_by("answered_at", "pk")
    )


def offers_answered(actor: Actor) -> QuerySet[Offer]:
    return (
        offers_to_my_unit(actor)
        .exclude(state__in=OPEN_OFFERS, answer_by__gt=now())
        .exclude(Q(state=OfferState.ACCEPTED) & ~Q(transfer__state__in=ENDED))
        .order_by("-sent_at", "pk")
    )


# What a page says


def who_acts(transfer: Transfer) -> str:
    """The unit, or the kind of unit, whose turn it is."""
    sender = transfer.from_unit or transfer.requested_unit or transfer.coordinator
    if transfer.state == S.OFFERED:
        return _("the units asked")
    if transfer.state == S.ACCEPTED and transfer.to_unit:
        return transfer.to_unit.name
    if transfer.state == S.DEPARTED and transfer.to_unit:
        return transfer.to_unit.name
    return sender.name if sender else _("the coordinator")


def next_step(transfer: Transfer) -> Any:
    """What is to be done now, in words."""
    if transfer.suspended_at is not None:
        return _("suspended: an emergency goes first")
    if transfer.state == S.AGREED and transfer.is_return:
        return _("take the person back, or ask other units")
    return rules.NEXT.get(transfer.state, "")


def nature(transfer: Transfer) -> dict[str, Any]:
    return {
        "urgency": transfer.urgency,
        "overlay": transfer.target_lane == Lane.OVERLAY,
        "waived": bool(getattr(transfer, "waived", False)),
    }


def steps_of(transfer: Transfer) -> list[TransferStep]:
    return list(transfer.steps.order_by("recorded_at", "pk"))


def history(taken: Sequence[TransferStep], shown: Who, full_name: str) -> list[Entry]:
    """Every step, newest first: what, when it happened, who, why."""
    return [
        Entry(
            what=steps.SAID.get(step.verb, step.verb),
            at=step.at,
            who=step.by_label,
            why=shown.hide_name(step.reason, full_name),
        )
        for step in reversed(taken)
    ]


def stations(transfer: Transfer, taken: Sequence[TransferStep]) -> list[Step]:
    """The line of stations with the time at which each was passed."""
    from yiyang.kernel.components.times import absolute

    latest: dict[str, datetime] = {step.verb: step.at for step in taken}
    line = steps.stations(transfer.state, set(latest), overlay=transfer.target_lane == Lane.OVERLAY)
    shown = []
    for name, state, verbs in line:
        times = [latest[verb] for verb in verbs if verb in latest]
        note = absolute(max(times), now()) if times and state == "done" else ""
        shown.append(Step(name, state, _("left out") if state == "skipped" else note))
    return shown
