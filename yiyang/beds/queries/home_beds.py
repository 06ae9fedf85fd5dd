"""Home medical beds as their pages show them: set-ups under way, beds in use, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Case, OuterRef, QuerySet, Subquery, When
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from yiyang.access.bed_kinds import BedKind
from yiyang.access.queries import live_licence, organisation
from yiyang.beds.models import Bed, Episode, HomeBedReview, HomeBedSetup, Transfer
from yiyang.beds.models.episodes import UNDER_WAY
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.transfers import TransferState
from yiyang.beds.queries.board import Somebody, somebody, visible
from yiyang.beds.queries.episodes import episodes, home_bed_setup, home_bed_setups
from yiyang.beds.queries.units import free_beds
from yiyang.kernel.components import Step
from yiyang.kernel.components.times import absolute
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now

S = HomeBedSetup.State
PAGE = 50
ARRIVING = (TransferState.ALLOCATED, TransferState.HANDED_OVER, TransferState.DEPARTED)


@dataclass(frozen=True)
class UnderWay:
    """A set-up, and the person as the reader may know them."""

    setup: HomeBedSetup
    who: Somebody | None


@dataclass(frozen=True)
class InUse:
    """A home medical bed in use; the cycle `ends_soon`, or `is_over`, or the review is `review_late`."""

    episode: Any
    who: Somebody | None
    ends_soon: bool
    is_over: bool
    review_late: bool


def under_way(actor: Any) -> list[UnderWay]:
    """What is being set up, the nearest to the bed first; in each state who applied first."""
    order = Case(*[When(state=state, then=number) for number, state in enumerate(reversed(UNDER_WAY))])
    found = list(home_bed_setups(actor).filter(state__in=UNDER_WAY).order_by(order, "applied_at", "pk"))
    known = visible(actor, [one.person_id for one in found])
    return [UnderWay(one, somebody(actor, one.person, known)) for one in found]


def in_use(actor: Any, offset: int = 0) -> list[InUse]:
    """Beds in use, the cycle that ends first above; one more than a page when there are more."""
    asked = _with_reviews(episodes(actor).filter(kind=BedKind.HOME_MEDICAL, closed_at=None))
    found = list(asked.order_by("cycle_ends_on", "opened_at", "pk")[offset : offset + PAGE + 1])
    known = visible(actor, [one.person_id for one in found])
    today = localdate(now())
    soon = today + timedelta(days=policy("beds.hold_warning_days", on=today).value)
    return [
        InUse(
            one,
            somebody(actor, one.person, known),
            ends_soon=one.cycle_ends_on is not None and today <= one.cycle_ends_on <= soon,
            is_over=one.cycle_ends_on is not None and one.cycle_ends_on < today,
            review_late=one.next_on is not None and one.next_on < today,  # type: ignore[attr-defined]
        )
        for one in found
    ]


def _with_reviews(found: QuerySet[Episode]) -> QuerySet[Episode]:
    latest = HomeBedReview.objects.filter(episode=OuterRef("pk")).order_by("-at", "-pk")
    return found.annotate(
        last_seen_at=Subquery(latest.values("at")[:1]), next_on=Subquery(latest.values("next_on")[:1])
    )


def reviews_of(episode: Episode) -> list[HomeBedReview]:
    """Visits, reviews and renewals of a home medical bed, newest first."""
    return list(HomeBedReview.objects.filter(episode=episode).order_by("-at", "-pk"))


def visits_due_on(day: date, episode_ids: Sequence[UUID]) -> dict[UUID, list[tuple[str, Any]]]:
    """person → who is to visit on this day, and for what, by the latest visit or review of each stay."""
    found: dict[UUID, list[tuple[str, Any]]] = {}
    latest = HomeBedReview.objects.filter(episode__in=list(episode_ids)).select_related("episode__unit")
    for one in latest.order_by("episode", "-at", "-pk").distinct("episode") if episode_ids else []:
        if one.next_on == day:
            name = one.episode.responsible or one.episode.unit.name
            found.setdefault(one.episode.person_id, []).append((name, _("visits you at home")))
    return found


def setup(actor: Any, setup_id: UUID) -> HomeBedSetup:
    """A set-up of one's own units, for a person whom one may see."""
    found = home_bed_setup(actor, setup_id)
    if not actor.sees(found.person_id):
        raise NotFound
    return found


def setup_under_way(actor: Any, person_ids: Sequence[UUID]) -> HomeBedSetup | None:
    """What the actor's own units are setting up for a person."""
    return home_bed_setups(actor).filter(person__in=person_ids, state__in=UNDER_WAY).first()


def has_home_bed(person_ids: Sequence[UUID]) -> bool:
    return Episode.objects.filter(person__in=person_ids, kind=BedKind.HOME_MEDICAL, closed_at=None).exists()


def transfer_that_waits(setup: HomeBedSetup) -> Transfer | None:
    """The transfer whose arrival brings this bed into use: a bed of the unit is reserved for it already."""
    return Transfer.objects.filter(
        person=setup.person_id,
        to_unit=setup.unit_id,
        target_kind=BedKind.HOME_MEDICAL,
        state__in=ARRIVING,
        suspended_at=None,
    ).first()


def is_awaited(transfer: Transfer) -> bool:
    """Whether a home medical bed must be set up before this transfer can arrive."""
    return (
        transfer.target_kind == BedKind.HOME_MEDICAL
        and transfer.state in ARRIVING
        and transfer.suspended_at is None
        and transfer.to_unit_id is not None
    )


def units_to_apply_at(actor: Any, transfer: Transfer | None = None) -> list[Any]:
    """The actor's units that are licensed for home medical beds, the own one first; of a transfer, its unit."""
    at = now()
    mine = [transfer.to_unit_id] if transfer else actor.organisation_ids
    licensed = [one for one in mine if live_licence(one, BedKind.HOME_MEDICAL, at)]
    licensed.sort(key=lambda one: (one != actor.organisation_id, one))
    return [organisation(actor, one) for one in licensed]


def beds_for(setup: HomeBedSetup) -> list[Bed]:
    return free_beds(setup.unit_id, BedKind.HOME_MEDICAL, Lane.OVERLAY)


def stations(setup: HomeBedSetup) -> list[Step]:
    """The five steps with the time at which each was done; the first open one is current while it goes on."""
    opened_at = setup.episode.opened_at if setup.episode else None
    line = (
        (_("Application"), setup.applied_at),
        (_("Doctor's visit"), setup.visited_at),
        (_("Agreement signed"), setup.agreed_at),
        (_("Filing with the insurance"), setup.filed_at),
        (_("Bed set up"), opened_at),
    )
    goes_on, shown = setup.state in UNDER_WAY, []
    for name, at in line:
        state = "done" if at else "current" if goes_on else "later"
        goes_on = goes_on and state != "current"
        shown.append(Step(name, state, absolute(at, now()) if at else ""))
    return shown
