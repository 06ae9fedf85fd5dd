"""Which units could take a person, best first, with the reasons in words. Four statements, however many units."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils import timezone

from yiyang.access import queries as access
from yiyang.access.bed_kinds import BedKind
from yiyang.assessments.rules.eligibility import Answer
from yiyang.beds.models import Bed, Episode, Occupancy, Offer, Outbreak, Transfer, Ward
from yiyang.beds.models.occupancy import LIVE, State
from yiyang.beds.models.transfers import OPEN_OFFERS, OfferState, Urgency
from yiyang.beds.queries.eligibility import override_about
from yiyang.beds.rules import ranking
from yiyang.beds.rules.ranking import Candidate, Ranked, Why
from yiyang.kernel.actors import SYSTEM
from yiyang.kernel.time import now
from yiyang.people import queries as people

if TYPE_CHECKING:
    from yiyang.access.models import Organisation

LATELY = timedelta(days=7)


@dataclass(frozen=True)
class Choice:
    """A ranked unit as the page offers it; `asked` when it has been asked already."""

    ranked: Ranked
    asked: str = ""

    @property
    def open(self) -> bool:
        return not self.asked and not self.ranked.blocked

    @property
    def unit_id(self) -> UUID:
        return self.ranked.candidate.unit_id


def candidates(transfer: Transfer, offers: list[Offer], at: datetime | None = None) -> list[Choice]:
    """All units of the district that may run such a bed, partners elsewhere, and the unit that was chosen or is
    named in an agreement."""
    at = at or now()
    sender = transfer.from_unit or transfer.requested_unit
    contracts = access.partners_for(sender.pk, transfer.target_kind, at) if sender else {}
    named = designated(transfer, at)
    found = [
        _candidate(unit, transfer, sender, contracts, named)
        for unit in _units(transfer, {*contracts, *named}, at)
    ]
    asked = {
        offer.unit_id: str(offer.get_state_display())
        for offer in offers
        if offer.state in (*OPEN_OFFERS, OfferState.ACCEPTED, OfferState.DECLINED)
    }
    ranked = ranking.rank(found, urgent=transfer.urgency != Urgency.ROUTINE, word=_word(transfer, at))
    return [Choice(one, asked.get(one.candidate.unit_id, "")) for one in ranked]


def designated(transfer: Transfer, at: datetime) -> dict[UUID, str]:
    """The hospitals that the person's agreements name, where a hospital is looked for."""
    hospital = transfer.target_kind == BedKind.HOSPITAL
    return people.designated_hospitals(transfer.person_id, at) if hospital else {}


def _word(transfer: Transfer, at: datetime) -> ranking.Word | None:
    """What a clinician said against the criteria of the kind, as far as it still holds; an emergency goes first."""
    said = override_about(transfer, at)
    if said is None or (transfer.urgency == Urgency.EMERGENCY and said.given == Answer.NOT_ELIGIBLE):
        return None
    return ranking.Word(said.given == Answer.ELIGIBLE, said.clinician)


def reasons(choices: list[Choice]) -> dict[UUID, list[Why]]:
    """What is kept with each offer: why the unit stood where it stood."""
    return {choice.unit_id: choice.ranked.why for choice in choices}


def _candidate(
    unit: Any,
    transfer: Transfer,
    sender: Organisation | None,
    contracts: dict[UUID, Any],
    named: Collection[UUID] = (),
) -> Candidate:
    contract = contracts.get(unit.pk)
    return Candidate(
        unit_id=unit.pk,
        name=unit.name,
        free=unit.free,
        free_from=unit.free_from,
        contract_id=contract.pk if contract else None,
        designated_first=contract.designated_order if contract else None,
        chosen=unit.pk == transfer.chosen_unit_id,
        km=ranking.distance_km(_place(sender), _place(unit)),
        been_there=unit.been_there,
        features_met=not transfer.needs or unit.fitting > 0,
        declined_lately=unit.declined_lately,
        answer_minutes=contract.answer_minutes(transfer.urgency) if contract else None,
        phone=unit.night_contact or unit.phone,
        closed=unit.wards_closed == [True] or unit.outbreak == "unit",
        outbreak=bool(unit.outbreak),
        by_agreement=unit.pk in named,
    )


def _units(transfer: Transfer, partners: set[UUID], at: datetime) -> QuerySet[Any]:
    licensed = access.organisations(SYSTEM, active=None).filter(
        licences__state="LIVE",
        licences__valid__contains=timezone.localtime(at).date(),
        licences__beds__kind=transfer.target_kind,
        licences__beds__approved_beds__gt=0,
    )
    near = Q(pk__in=partners) | Q(pk=transfer.chosen_unit_id)
    district = _district(transfer)
    if district:
        near |= Q(area__code__startswith=district)
    beds = Bed.objects.filter(
        unit=OuterRef("pk"), kind=transfer.target_kind, lane=transfer.target_lane, closed_at=None
    )
    free = beds.exclude(Exists(taken(OuterRef("pk"), at)))
    return (
        access.organisations(SYSTEM, active=None)
        .filter(near, active=True, pk__in=licensed.values("pk"))
        .exclude(pk=transfer.from_unit_id if transfer.from_episode_id and _same_kind(transfer) else None)
        .annotate(
            free=_count(free),
            fitting=_count(free.filter(features__contains=transfer.needs)) if transfer.needs else Value(1),
            free_from=Subquery(_next_free(transfer, at)),
            been_there=Subquery(_been_there(transfer)),
            declined_lately=_count(
                Offer.objects.filter(
                    unit=OuterRef("pk"),
                    state__in=[OfferState.DECLINED, OfferState.EXPIRED],
                    sent_at__gte=at - LATELY,
                )
            ),
            wards_closed=ArraySubquery(_wards(transfer)),
            outbreak=Case(
                When(Exists(_outbreaks().filter(ward=None)), then=Value("unit")),
                When(Exists(_outbreaks()), then=Value("ward")),
                default=Value(""),
            ),
        )
    )


def _same_kind(transfer: Transfer) -> bool:
    return bool(transfer.from_episode and transfer.from_episode.kind == transfer.target_kind)


def _district(transfer: Transfer) -> str:
    for unit in (transfer.coordinator, transfer.from_unit, transfer.requested_unit):
        if unit is not None:
            return str(unit.area_id)[:6]
    return ""


def taken(bed: Any, at: datetime) -> QuerySet[Occupancy]:
    """Rows that keep a bed from being given now: a lapsed reservation does not."""
    return Occupancy.objects.filter(bed=bed, state__in=LIVE, period__endswith=None).exclude(
        state=State.RESERVED, expires_at__lte=at
    )


def _count(rows: Any) -> Any:
    counted = rows.order_by().values(one=Value(1)).annotate(number=Count("*")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _next_free(transfer: Transfer, at: datetime) -> Any:
    upper = Func(F("claim"), function="upper")
    return (
        Occupancy.objects.filter(
            bed__unit=OuterRef("pk"),
            bed__kind=transfer.target_kind,
            bed__lane=transfer.target_lane,
            state=State.PRESENT,
            period__endswith=None,
            claim__endswith__gt=at,
        )
        .order_by()
        .values(one=Value(1))
        .annotate(soonest=Min(upper))
        .values("soonest")
    )


def _been_there(transfer: Transfer) -> Any:
    return (
        Episode.objects.filter(unit=OuterRef("pk"), person=transfer.person_id)
        .order_by()
        .values(one=Value(1))
        .annotate(last=Max("opened_at"))
        .values("last")
    )


def _wards(transfer: Transfer) -> Any:
    """Which answers the wards with such beds give to "closed to offers?"."""
    wards = Ward.objects.filter(
        unit=OuterRef("pk"), rooms__beds__kind=transfer.target_kind, rooms__beds__closed_at=None
    )
    return wards.order_by().values("closed_to_offers").distinct()


def _outbreaks() -> QuerySet[Outbreak]:
    return Outbreak.objects.filter(unit=OuterRef("pk"), until=None)


def _place(unit: Any) -> tuple[float, float] | None:
    if unit is None or unit.latitude is None or unit.longitude is None:
        return None
    return unit.latitude, unit.longitude


# The beds of the unit that accepted


def free_beds(transfer: Transfer, at: datetime | None = None) -> list[Any]:
    """Beds that can be promised for this stay, fitting ones first, with who shares the room."""
    at = at or now()
    found = Bed.objects.filter(
        unit=transfer.to_unit_id, kind=transfer.target_kind, lane=transfer.target_lane, closed_at=None
    ).exclude(Exists(_in_the_way(transfer, at)))
    others = (
        Occupancy.objects.filter(
            bed__room=OuterRef("room"), period__endswith=None, state__in=["PRESENT", "HELD", "RESERVED"]
        )
        .exclude(state=State.RESERVED, expires_at__lte=at)
        .exclude(person=transfer.person_id)
    )
    found = (
        found.annotate(
            room_sexes=ArraySubquery(others.order_by().values("person__sex").distinct()),
            busy=Exists(taken(OuterRef("pk"), at)),
        )
        .select_related("room__ward")
        .order_by("room__ward__name", "room__label", "label", "pk")
    )
    return [bed for bed in found[:400] if _room_fits(bed, transfer)]


def _in_the_way(transfer: Transfer, at: datetime) -> QuerySet[Occupancy]:
    """What keeps a bed from this stay: whoever is in it, or a claim that overlaps one for later."""
    if transfer.wanted_from <= at:
        return taken(OuterRef("pk"), at)
    clash = Occupancy.objects.filter(bed=OuterRef("pk"), state__in=LIVE).exclude(
        state=State.RESERVED, expires_at__lte=at
    )
    overstayed = Q(period__endswith=None, claim__endswith__lte=at)
    if transfer.expected_until is not None:
        return clash.filter(overstayed | Q(claim__overlap=(transfer.wanted_from, transfer.expected_until)))
    return clash.filter(overstayed | Q(claim__endswith__gt=transfer.wanted_from) | Q(claim__endswith=None))


def _room_fits(bed: Any, transfer: Transfer) -> bool:
    """As the command will judge: a shared room holds one sex, unless it is a couple's."""
    sex = transfer.person.sex
    if bed.room is None or bed.room.couple or sex not in ("MALE", "FEMALE"):
        return True
    return not {one for one in bed.room_sexes if one in ("MALE", "FEMALE")} - {sex}


def wards_taking(offer: Offer) -> QuerySet[Ward]:
    """Wards of the unit that hold such beds and take somebody new."""
    beds = Bed.objects.filter(room__ward=OuterRef("pk"), kind=offer.transfer.target_kind, closed_at=None)
    return (
        Ward.objects.filter(unit=offer.unit_id, closed_to_offers=False)
        .annotate(number=_count_in_ward(beds))
        .filter(number__gt=0)
        .order_by("name")
    )


def _count_in_ward(beds: Any) -> Any:
    return _count(beds.exclude(Exists(taken(OuterRef("pk"), now()))))
