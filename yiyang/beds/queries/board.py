"""What the district board lists beside its figures: who waits for an answer, who comes, which beds become free."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Window
from django.utils import timezone

from yiyang.beds.models import Occupancy, Offer, Transfer
from yiyang.beds.models.occupancy import State
from yiyang.beds.models.transfers import OPEN_OFFERS
from yiyang.beds.queries.answering import answerers, call_address
from yiyang.kernel.time import midnight, now
from yiyang.people.queries import age_of, persons

LISTED = 20  # of each list; how many there are in all stands beside its heading
GRACE = timedelta(hours=1)
ALL = Window(Count("*"))
SHOWN_OF_A_BED = (
    "claim",
    "bed",
    "person",
    "episode",
    "bed__unit",
    "bed__room",
    "bed__room__ward",
    "bed__label",
    "bed__kind",
    "bed__unit__name_zh",
    "bed__unit__name_en",
    "bed__room__label",
    "bed__room__ward__name",
    "person__full_name",
    "person__sex",
    "person__born_on",
    "person__died_at",
    "episode__expected_until",
)


@dataclass(frozen=True)
class Somebody:
    """A person on a board: the name where the actor may see the record, age and sex where the actor must act."""

    person_id: UUID
    name: str
    sex: str
    age: int | None


@dataclass(frozen=True)
class Waiting:
    """A transfer that waits for an answer, until when, of how many units; nobody answered when of none."""

    transfer: Transfer
    who: Somebody | None
    units: int
    answer_by: datetime | None
    may_open: bool
    answers: Any = None
    phoned: str = ""


@dataclass(frozen=True)
class Due:
    """A bed that somebody is to come to, or is expected to leave, before the day ends."""

    row: Occupancy
    who: Somebody | None
    due_at: datetime
    late: bool


@dataclass(frozen=True)
class Some:
    """The first lines of a list, and how many there are in all."""

    lines: list[Any]
    total: int


@dataclass(frozen=True)
class Today:
    waiting: Some
    arriving: Some
    leaving: Some

    @property
    def named(self) -> list[UUID]:
        """The persons whose names are shown."""
        lines: tuple[Waiting | Due, ...] = (*self.waiting.lines, *self.arriving.lines, *self.leaving.lines)
        who = [line.who for line in lines]
        return [one.person_id for one in who if one is not None and one.name]


def today(actor: Any) -> Today:
    """All three lists, in a fixed number of statements whatever their length."""
    transfers, coming, going = list(_unanswered(actor)), list(_coming(actor)), list(_going(actor))
    known = visible(actor, [one.person_id for one in (*transfers, *coming, *going)])
    at = now()
    whom = answerers(transfers, at) if getattr(actor, "reads_records", actor.sees_all) else {}
    return Today(
        _some(transfers, lambda one: _waiting(actor, one, known, whom.get(one.pk))),
        _some(coming, lambda row: _due(actor, row, row.claim.lower, known, at)),
        _some(going, lambda row: _due(actor, row, row.episode.expected_until, known, at)),
    )


def _some(rows: list[Any], line: Callable[[Any], Any]) -> Some:
    return Some([line(row) for row in rows], rows[0].total if rows else 0)


def visible(actor: Any, ids: Iterable[UUID | None]) -> set[UUID]:
    """Which of these persons the actor may see, in one statement."""
    wanted = {one for one in ids if one is not None}
    return set(persons(actor).filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()


def names(actor: Any, ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """The names of those of these persons whom the actor may see, in one statement."""
    wanted = {one for one in ids if one is not None}
    return dict(persons(actor).filter(pk__in=wanted).values_list("pk", "full_name")) if wanted else {}


def somebody(actor: Any, person: Any, known: set[UUID]) -> Somebody | None:
    """The person as the actor may know them; nobody at all for those who see figures only."""
    if person is None or not (actor.sees_all or getattr(actor, "reads_records", False)):
        return None
    name = person.full_name if person.pk in known else ""
    return Somebody(person.pk, name, str(person.get_sex_display()), age_of(person))


def end_of_day() -> datetime:
    return midnight(timezone.localdate(now()) + timedelta(days=1))


def _unanswered(actor: Any) -> QuerySet[Transfer, Any]:
    """Offered and not yet answered, soonest first; before them those that no unit answered."""
    asked = Q(offers__state__in=OPEN_OFFERS)
    return (
        Transfer.objects.live()
        .filter(_concerned(actor), suspended_at=None)
        .annotate(
            units=Count("offers", filter=asked),
            answer_by=Min("offers__answer_by", filter=asked),
            may_open=Exists(Transfer.objects.visible_to(actor).filter(pk=OuterRef("pk"))),
        )
        .filter(Q(units__gt=0) | Q(escalated_at__isnull=False, to_unit=None, departed_at=None))
        .annotate(total=ALL)
        .select_related("person", "from_unit", "from_episode")
        .order_by(F("answer_by").asc(nulls_first=True), "requested_at", "pk")[:LISTED]
    )


def _waiting(actor: Any, transfer: Any, known: set[UUID], answers: Any) -> Waiting:
    who = somebody(actor, transfer.person, known) if transfer.may_open else None
    phoned = call_address(actor, transfer, answers)
    return Waiting(transfer, who, transfer.units, transfer.answer_by, transfer.may_open, answers, phoned)


def _concerned(actor: Any) -> Q:
    """Transfers of the units in the actor's reach: sender, requester, coordinator and those asked."""
    if actor.sees_all:
        return Q()
    reach = list(actor.reach)
    asked = Offer.objects.filter(transfer=OuterRef("pk"), unit__in=reach)
    return Q(from_unit__in=reach) | Q(requested_unit__in=reach) | Q(coordinator__in=reach) | Q(Exists(asked))


def _coming(actor: Any) -> QuerySet[Occupancy, Any]:
    """Live reservations that begin before the day ends, the first to come first."""
    rows = Occupancy.objects.filter(
        state=State.RESERVED, expires_at__gt=now(), claim__startswith__lt=end_of_day()
    )
    return _listed(actor, rows, "claim")


def _going(actor: Any) -> QuerySet[Occupancy, Any]:
    """Stays that are expected to end before the day does, or should have ended, the longest overdue first."""
    rows = Occupancy.objects.filter(
        state=State.PRESENT, episode__closed_at=None, episode__expected_until__lt=end_of_day()
    )
    return _listed(actor, rows, "episode__expected_until")


def _listed(actor: Any, rows: QuerySet[Occupancy], order: str) -> QuerySet[Occupancy, Any]:
    rows = rows.filter(period__endswith=None, bed__isnull=False)
    if not actor.sees_all:
        rows = rows.filter(bed__unit__in=list(actor.reach))
    related = rows.select_related("bed__unit", "bed__room__ward", "person", "episode").only(*SHOWN_OF_A_BED)
    return related.annotate(total=ALL).order_by(order, "pk")[:LISTED]


def _due(actor: Any, row: Occupancy, due_at: datetime, known: set[UUID], at: datetime) -> Due:
    return Due(row, somebody(actor, row.person, known), due_at, due_at + GRACE < at)
