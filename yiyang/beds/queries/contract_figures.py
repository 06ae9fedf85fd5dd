"""How a contract is kept: what was asked under it, and how it was answered; each figure with its rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yiyang.beds.models.transfers import OPEN_OFFERS, DeclineCode, Offer, OfferState, Transfer
from yiyang.beds.queries.transfer_pages import with_names
from yiyang.kernel.actors import Actor

PERIODS: dict[str, Any] = {"90": _("Last 90 days"), "365": _("Last 12 months")}
# A late answer is refused, so whoever answered did so in time. What is withdrawn keeps the unit's own answer.
ANSWERED = ~Q(answered_by="")
MEDIAN = "median"

FIGURES: dict[str, Any] = {
    "sent": _("Offers sent under it"),
    "answered": _("Answered in time"),
    MEDIAN: _("Median minutes to the answer"),
    "unanswered": _("Not answered in time"),
    "no_bed": _("Declined: no bed free"),
    "declined": _("Declined for another reason"),
    "waiting": _("Still waiting for an answer"),
    "withdrawn": _("No longer needed before an answer came"),
}


class Median(Aggregate):
    """The middle value, as PostgreSQL works it out."""

    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


@dataclass(frozen=True)
class Kept:
    """The figures of one asked unit: by figure, then by period in days."""

    unit_id: UUID
    unit: str
    figures: dict[str, dict[str, int | None]]

    def rows(self) -> Iterator[tuple[str, Any, list[tuple[str, Any, int | None]]]]:
        for name, words in FIGURES.items():
            yield name, words, [(days, label, self.figures[name][days]) for days, label in PERIODS.items()]


def conditions(at: datetime) -> dict[str, Q]:
    """Which offers each figure counts. Sent is the sum of answered, unanswered, waiting and withdrawn."""
    silent = ~ANSWERED & ~Q(state=OfferState.WITHDRAWN)
    waiting = silent & Q(state__in=OPEN_OFFERS, answer_by__gt=at)
    no_bed = Q(state=OfferState.DECLINED, decline_code=DeclineCode.NO_BED)
    return {
        "sent": Q(pk__isnull=False),
        "answered": ANSWERED,
        MEDIAN: ANSWERED,
        "unanswered": silent & ~waiting,
        "no_bed": no_bed,
        "declined": Q(state=OfferState.DECLINED) & ~no_bed,
        "waiting": waiting,
        "withdrawn": ~ANSWERED & Q(state=OfferState.WITHDRAWN),
    }


def how_it_is_kept(contract_id: UUID, at: datetime) -> list[Kept]:
    """By the unit that was asked, in one statement whatever the number of offers."""
    counted: dict[str, Any] = {}
    took = ExpressionWrapper(F("answered_at") - F("sent_at"), output_field=DurationField())
    for name, condition in conditions(at).items():
        for days in PERIODS:
            within = condition & Q(sent_at__gt=_since(days, at))
            counted[f"{name}_{days}"] = (
                Median(took, filter=within, output_field=DurationField())
                if name == MEDIAN
                else Count("pk", filter=within)
            )
    longest = max(PERIODS, key=int)
    found = (
        Offer.objects.filter(contract_id=contract_id, sent_at__gt=_since(longest, at), sent_at__lte=at)
        .values("unit_id", "unit__name_zh", "unit__name_en")
        .annotate(**counted)
        .order_by("unit__name_zh", "unit_id")
    )
    return [_kept(row) for row in found]


def offers_behind(
    actor: Actor, contract_id: UUID, figure: str, days: str, unit_id: UUID | None, at: datetime
) -> QuerySet[Offer]:
    """The offers that a figure was counted from, the latest first; `named` says whose name may be shown."""
    found = Offer.objects.filter(
        conditions(at)[figure], contract_id=contract_id, sent_at__gt=_since(days, at), sent_at__lte=at
    )
    if unit_id:
        found = found.filter(unit_id=unit_id)
    return (
        with_names(actor, found, "transfer__person_id")
        .select_related("unit", "transfer__person", "transfer__from_unit", "transfer__requested_unit")
        .order_by("-sent_at", "-pk")
    )


def open_to(actor: Actor, offers: list[Offer]) -> set[UUID]:
    """Those of these offers' transfers whose page the actor may open."""
    ids = [one.transfer_id for one in offers]
    return set(Transfer.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))


def _since(days: str, at: datetime) -> datetime:
    return at - timedelta(days=int(days))


def _kept(row: Any) -> Kept:
    from django.utils.translation import get_language

    english = not (get_language() or "zh").startswith("zh") and row["unit__name_en"]
    figures = {name: {days: _figure(row[f"{name}_{days}"]) for days in PERIODS} for name in FIGURES}
    return Kept(row["unit_id"], row["unit__name_en"] if english else row["unit__name_zh"], figures)


def _figure(value: Any) -> int | None:
    """A count, or a length of time in whole minutes; None when there is nothing to take the middle of."""
    return round(value.total_seconds() / 60) if isinstance(value, timedelta) else value
