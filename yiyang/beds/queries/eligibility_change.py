"""Whom other criteria would touch: occupants and waiting persons whose answer would not be the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localdate

from yiyang.assessments.queries.statistics import AGES, ages, named
from yiyang.assessments.rules import eligibility as rules
from yiyang.assessments.rules.eligibility import Answer, Criteria
from yiyang.beds.models import EligibilityRules, Occupancy, TouchedPerson, WaitingEntry
from yiyang.beds.queries import eligibility as queries
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.ops.config import config
from yiyang.people import queries as people

AT_ONCE = 1000
PAGE = 100
HOLDS = timedelta(days=7)
PARTS = {"kind": "kind", "how": "how", "from": "before", "to": "after"}  # as a page names what it shows
OCCUPANT, WAITING = "OCCUPANT", "WAITING"


@dataclass(frozen=True)
class Touched:
    """Somebody whose answer would change: in a bed of this kind, or waiting for one."""

    person_id: UUID
    kind: str
    how: str
    before: Answer
    after: Answer
    since: datetime


@dataclass(frozen=True)
class Change:
    """What a proposal would do: whom it touches, and of how many."""

    touched: tuple[Touched, ...]
    looked_at: Mapping[tuple[str, str], int]

    def counts(self) -> dict[str, Any]:
        """By kind and whether in a bed or waiting: how many were looked at, and which answers would change."""
        rows: dict[str, Any] = {}
        moved = Counter((one.kind, one.how, one.before, one.after) for one in self.touched)
        for (kind, how), number in sorted(self.looked_at.items()):
            changes = {
                f"{before}>{after}": count
                for (of, by, before, after), count in sorted(moved.items())
                if (of, by) == (kind, how)
            }
            rows[f"{kind}.{how}"] = {
                "looked_at": number,
                "changed": sum(changes.values()),
                "answers": changes,
            }
        return rows


def touched_by(
    proposal: EligibilityRules, at: datetime, progress: Callable[[int, int], None] = lambda done, of: None
) -> Change:
    """Everybody now in a bed, or waiting for one, of the kinds whose criteria would change."""
    new = dict(queries.criteria_from(proposal.content))
    in_force = queries.criteria_on(localdate(at))
    old = {kind: in_force[kind] for kind in new}
    found: list[Touched] = []
    looked_at: Counter[tuple[str, str]] = Counter()
    concerned = list(_concerned(list(new)))
    for first in range(0, len(concerned), AT_ONCE):
        progress(first, len(concerned))
        some = concerned[first : first + AT_ONCE]
        evidence = queries.evidence_of([one[0] for one in some], at, _all_asked(old, new))
        for person_id, kind, how, since in some:
            looked_at[kind, how] += 1
            known = evidence[person_id]
            before, after = (rules.decide(each[kind], known).answer for each in (old, new))
            if before != after:
                found.append(Touched(person_id, kind, how, before, after, since))
    return Change(tuple(found), dict(looked_at))


def to_count(rules_id: UUID) -> EligibilityRules | None:
    """The proposal, if a count of it was begun and has not ended."""
    found = EligibilityRules.objects.get(pk=rules_id)
    return found if found.counting else None


def under_count(proposal: EligibilityRules) -> QuerySet[EligibilityRules]:
    """The row of this very count, to tell its progress."""
    return EligibilityRules.objects.filter(
        pk=proposal.pk, count_begun_at=proposal.count_begun_at, counted_at=None
    )


def in_force(at: datetime) -> str:
    """Which criteria a count was made against: the pack, and what was signed over it last."""
    day = localdate(at)
    signed = EligibilityRules.objects.exclude(signed_at=None).filter(valid_from__lte=day)
    newest = signed.order_by("-valid_from", "-signed_at").values_list("pk", flat=True).first()
    return f"{config.policy_pack}:{newest or ''}"[:120]


def holds(proposal: EligibilityRules, at: datetime) -> bool:
    """Whether its count may be signed upon: made lately, and against the criteria that are in force now."""
    return (
        proposal.counted_at is not None
        and at - proposal.counted_at <= HOLDS
        and proposal.counted_against == in_force(at)
    )


def _all_asked(old: Mapping[str, Criteria], new: Mapping[str, Criteria]) -> dict[str, Criteria]:
    """Both, so that the evidence holds what either asks."""
    return {
        f"{name}.{kind}": one for name, each in (("old", old), ("new", new)) for kind, one in each.items()
    }


def _concerned(kinds: list[str]) -> Iterator[tuple[UUID, str, str, datetime]]:
    stays = Occupancy.objects.filter(
        bed__kind__in=kinds, state__in=queries.THERE, period__endswith=None, person__isnull=False
    )
    for person_id, kind, since in stays.values_list("person_id", "bed__kind", "period__startswith").order_by(
        "person_id"
    ):
        yield person_id, kind, OCCUPANT, since
    waiting = WaitingEntry.objects.filter(kind__in=kinds, state__in=["WAITING", "OFFERED"])
    for person_id, kind, since in waiting.values_list("person_id", "kind", "joined_at").order_by("person_id"):
        yield person_id, kind, WAITING, since


@dataclass(frozen=True)
class Row:
    """One who is touched: by name where the record is open to the reader, else by age band, sex and sub-district."""

    touched: TouchedPerson
    name: str
    age: str
    sex: str
    street: str


def rows(
    actor: Actor, proposal: EligibilityRules, *, since: int = 0, limit: int | None = PAGE, **chosen: str
) -> tuple[list[Row], int]:
    """Whom the count found, all of them; `chosen` are those behind one of its figures."""
    found = proposal.touched_persons.filter(
        **{PARTS[name]: value for name, value in chosen.items() if name in PARTS}
    )
    some = list(found.select_related("person")[since : since + limit if limit else None])
    open_ones = _open_to(actor, [one.person_id for one in some])
    streets = named("street", {one.person.residence_area[:9] for one in some if one.person.residence_area})
    bands = ages()
    return [_row(one, one.person_id in open_ones, streets, bands) for one in some], found.count()


def _row(one: TouchedPerson, is_open: bool, streets: Mapping[str, str], bands: Mapping[str, str]) -> Row:
    years = people.age_of(one.person)
    band = next((f"{since}-{upto}" for since, upto in AGES if years is not None and years <= upto), "")
    return Row(
        touched=one,
        name=one.person.full_name if is_open else "",
        age=str(years) if is_open and years is not None else bands.get(band, ""),
        sex=str(one.person.get_sex_display()),
        street=streets.get((one.person.residence_area or "")[:9], ""),
    )


def _open_to(actor: Actor, person_ids: list[UUID]) -> set[UUID]:
    """The persons whom the actor may see by name."""
    if not getattr(actor, "reads_records", actor.sees_all):
        return set()
    return set(people.everyone_visible(actor).filter(pk__in=person_ids).values_list("pk", flat=True))


def proposals(actor: Actor) -> QuerySet[EligibilityRules]:
    """Of the actor's own district."""
    found = EligibilityRules.objects.filter(withdrawn_at=None).order_by("-proposed_at")
    if actor.sees_all:
        return found
    unit = getattr(actor, "organisation", None)
    district = unit.area_id[:6] if unit is not None else None
    return found.filter(unit__area__code__startswith=district) if district else found.none()


def proposal(actor: Actor, rules_id: UUID) -> EligibilityRules:
    found = proposals(actor).filter(pk=rules_id).first()
    if found is None:
        raise NotFound
    return found
