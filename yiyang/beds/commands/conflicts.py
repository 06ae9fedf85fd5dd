"""What the database refuses about beds, persons and stays, said with who holds what."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yiyang.beds.models import Bed, Episode, Occupancy
from yiyang.beds.models.occupancy import LIVE, REAL, Block, State
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.people import queries as persons

if TYPE_CHECKING:
    from yiyang.people.models import Person


class BedNotFree(Refusal):
    message = _(
        "Bed {bed} is taken by {holder} until {free_from}. Choose another bed, or join the waiting list."
    )


class PersonIsElsewhere(Refusal):
    message = _("{name} is present in {place} since {since}. End that stay first, or correct it.")


class EpisodeOpen(Refusal):
    message = _(
        "{name} already has an open stay of this kind at {unit}. Change the bed there, or close it first."
    )


@refuses("occupancy_bed_claim")
@refuses("occupancy_bed_period")
def _bed_taken(given: dict[str, Any]) -> Refusal:
    """Says who holds the bed if the actor may know it, and until when."""
    bed = _bed_of(given)
    if bed is None:
        return BedNotFree(bed=_("of this room"), holder=_("somebody else"), free_from=None)
    taking = Occupancy.objects.filter(bed=bed).select_related("person")
    live = taking.filter(state__in=LIVE, period__endswith=None)
    row = live.exclude(person=_person_of(given), state=State.RESERVED).order_by("claim").first()
    free_from = row.claim.upper if row else None
    if row is None and isinstance(given.get("at"), datetime):
        # Nobody is in it any more, but somebody was at the instant that is entered.
        row = taking.filter(state__in=REAL, period__endswith__gt=given["at"]).order_by("-period").first()
        free_from = row.period.upper if row else None
    holder: Any = _("somebody else")
    if row is not None and row.person is not None and given["by"].sees(row.person_id):
        holder = row.person.full_name
    elif row is not None and row.person is None:
        holder = Block(row.reason).label
    return BedNotFree(bed=bed.label, holder=holder, free_from=free_from)


@refuses("occupancy_person_place")
def _person_elsewhere(given: dict[str, Any]) -> Refusal:
    person = _person_of(given)
    present = Occupancy.objects.filter(person=person, state=State.PRESENT).select_related("unit", "person")
    if isinstance(given.get("at"), datetime):
        present = present.filter(Q(period__endswith=None) | Q(period__endswith__gt=given["at"]))
    row = present.order_by("-period").first() if person else None
    return present_at(row) if row else PersonIsElsewhere(name=_name(person), place=None, since=None)


def present_at(row: Occupancy) -> Refusal:
    place = row.unit.name if row.unit else row.place_name
    return PersonIsElsewhere(name=_name(row.person), place=place, since=row.period.lower)


@refuses("episode_one_open_per_kind")
def _episode_open(given: dict[str, Any]) -> Refusal:
    person, bed = _person_of(given), given.get("bed")
    open_ones = Episode.objects.filter(person=person, closed_at=None).order_by("-opened_at")
    open_one = (open_ones.filter(kind=bed.kind) if bed else open_ones).first()
    return EpisodeOpen(name=_name(person), unit=open_one.unit.name if open_one else _("another unit"))


def _bed_of(given: dict[str, Any]) -> Bed | None:
    """The bed in conflict: the one that the database names, else the one that the command was given."""
    named = re.search(r"\(bed_id, \w+\)=\(([0-9a-f-]{36})", given.get("violation", ""))
    if named:
        return Bed.objects.filter(pk=named[1]).first()
    return given.get("to_bed") or given.get("bed")


def _person_of(given: dict[str, Any]) -> Person | None:
    if given.get("person") is not None:
        return given["person"]
    for name in ("transfer", "episode", "setup", "row", "entry"):
        if given.get(name) is not None:
            return persons.person_of(given[name].person_id)
    return None


def _name(person: Person | None) -> Any:
    return person.full_name if person else _("This person")
