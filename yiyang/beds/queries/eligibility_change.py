"""Whom other criteria would touch: occupants and waiting persons whose answer would not be the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.timezone import localdate

from yiyang.assessments.rules import eligibility as rules
from yiyang.assessments.rules.eligibility import Answer, Criteria
from yiyang.beds.models import EligibilityRules, Occupancy, WaitingEntry
from yiyang.beds.queries import eligibility as queries
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.people import queries as people

AT_ONCE = 2000
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


def touched_by(proposal: EligibilityRules, at: datetime) -> Change:
    """Everybody now in a bed, or waiting for one, of the kinds whose criteria would change."""
    new = dict(queries.criteria_from(proposal.content))
    in_force = queries.criteria_on(localdate(at))
    old = {kind: in_force[kind] for kind in new}
    found: list[Touched] = []
    looked_at: Counter[tuple[str, str]] = Counter()
    concerned = _concerned(list(new))
    while some := list(islice(concerned, AT_ONCE)):
        evidence = queries.evidence_of([one[0] for one in some], at, _all_asked(old, new))
        for person_id, kind, how, since in some:
            looked_at[kind, how] += 1
            known = evidence[person_id]
            before, after = (rules.decide(each[kind], known).answer for each in (old, new))
            if before != after:
                found.append(Touched(person_id, kind, how, before, after, since))
    return Change(tuple(found), dict(looked_at))


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


def names_of(actor: Actor, found: list[Touched]) -> dict[UUID, Any]:
    """The persons whom the actor may see by name."""
    if not getattr(actor, "reads_records", actor.sees_all):
        return {}
    return {
        one.pk: one
        for one in people.everyone_visible(actor).filter(pk__in=[each.person_id for each in found])
    }


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
