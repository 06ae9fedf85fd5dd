"""Whose data: the care relationships of an actor, as a condition on persons.

Relationships belong to living records alone: merging copies them over, so one EXISTS is enough here.

A small reach starts from the relationships; a large one walks whatever index the query is ordered by and
probes the relationships of each person, so that it can stop at the page.
"""

from __future__ import annotations

import time as stopwatch
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from yiyang.access.purposes import Purpose, purpose_of
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotAllowed
from yiyang.kernel.time import now

SMALL = 5000
REMEMBERED_FOR = 60.0
_remembered: dict[tuple[Any, ...], tuple[float, int]] = {}


def condition(actor: Actor) -> Q:
    """The condition on `Person` for "this actor has a live reason to see them"."""
    if actor.sees_all:
        return Q()
    if not reads_records(actor):
        return Q(pk__in=[])
    own = own_person(actor)
    if own is not None:
        return Q(pk=own) | Q(pk__in=live(actor).values("person_id"))
    if approximate(actor) < SMALL:
        return Q(pk__in=live(actor).values("person_id"))
    return Q(Exists(live(actor).filter(person_id=OuterRef("pk"))))


def live(actor: Actor) -> QuerySet[Any]:
    """The live care relationships of the actor: of its organisations, or of the account itself."""
    from yiyang.people.models import CareRelationship

    at = now()
    found = CareRelationship.objects.filter(_whose(actor), _what_for(actor)).filter(
        Q(ends_at=None) | Q(ends_at__gt=at), starts_at__lte=at
    )
    return found.filter(person_id=only(actor)) if only(actor) else found


def sees(actor: Actor, person_id: UUID) -> bool:
    """Whether the actor has a live reason to see this person, under any id that the person has had."""
    from yiyang.people.models import root, root_of

    if not reads_records(actor):
        return False
    own = own_person(actor)
    if own is not None and own == root_of(person_id):
        return True
    return live(actor).filter(person_id=root(person_id)).exists()


def serves(actor: Actor, account_id: UUID) -> bool:
    """Whether the actor sees somebody who has entrusted this account with their record."""
    from yiyang.people.models import CareRelationship

    at = now()
    entrusted = CareRelationship.objects.filter(account_id=account_id, basis="DELEGATION", starts_at__lte=at)
    persons = entrusted.filter(Q(ends_at=None) | Q(ends_at__gt=at)).values_list("person_id", flat=True)
    return any(sees(actor, person_id) for person_id in persons[:20])


def scope(actor: Actor, person_id: UUID) -> str:
    """The widest scope that the actor holds now of this person, under any id; empty when it holds none."""
    from yiyang.people.models import root, root_of

    if not reads_records(actor):
        return ""
    own = own_person(actor)
    if actor.sees_all or (own is not None and own == root_of(person_id)):
        return "FULL"
    held = set(live(actor).filter(person_id=root(person_id)).values_list("scope", flat=True))
    return next((one for one in ("FULL", "MOVE", "BASIC") if one in held), "")


def in_full(whose: Callable[..., UUID]) -> Callable[..., UUID]:
    """For `@command(about=…)`: the person, of whom more than name, age and address is open to the actor.

    Who serves an area sees these basics alone, and so adds and changes nothing of what else is told.
    """

    def about(by: Actor, **given: Any) -> UUID:
        person_id = whose(**given)
        if scope(by, person_id) == "BASIC":
            raise NotAllowed
        return person_id

    about.in_full = True  # type: ignore[attr-defined]
    return about


def approximate(actor: Actor, up_to: int | None = None) -> int:
    """About how many persons the actor may see, counted no further than `up_to`, remembered for a minute."""
    up_to = up_to or SMALL
    key = (actor.account_id, actor.organisation_id, frozenset(organisations(actor)), purpose_of(actor), up_to)
    found = _remembered.get(key)
    if found and found[0] > stopwatch.monotonic():
        return found[1]
    if len(_remembered) > 10_000:
        _remembered.clear()
    count = live(actor).values("person_id")[:up_to].count()
    _remembered[key] = (stopwatch.monotonic() + REMEMBERED_FOR, count)
    return count


def forget() -> None:
    """Count anew: for tests and benchmarks that change the world under a living process."""
    _remembered.clear()


def organisations(actor: Actor) -> list[UUID]:
    return sorted(getattr(actor, "organisation_ids", ()))


def own_person(actor: Actor) -> UUID | None:
    """The living record of the person that the account is, for elders."""
    from yiyang.people.models import root_of

    own = getattr(actor, "person_id", None)
    return root_of(own) if own else None


def only(actor: Actor) -> UUID | None:
    """The one person of somebody who is served at a counter, whoever else has entrusted them."""
    found: UUID | None = getattr(actor, "only", None)
    return found


def reads_records(actor: Actor) -> bool:
    return actor.sees_all or bool(getattr(actor, "reads_records", False))


def sql(actor: Actor, alias: str = "c", *, whatever_for: bool = False) -> tuple[str, dict[str, Any]]:
    """The same test as SQL over relationships called `alias`, for the search's own statements.

    `whatever_for`: also those that are open for another purpose, to say so.
    """
    purpose = purpose_of(actor)
    meant = "true" if whatever_for else f"%(purpose)s = ANY({alias}.purposes)"
    if purpose == Purpose.CARE:
        meant = f"({alias}.purposes IS NULL OR {meant})"
    return (
        f"({alias}.organisation_id = ANY(%(organisations)s)"
        f" OR ({alias}.account_id = %(account)s AND ({alias}.basis = 'DELEGATION') = %(personal)s))"
        f" AND {alias}.starts_at <= %(at)s AND ({alias}.ends_at IS NULL OR {alias}.ends_at > %(at)s)"
        f" AND {meant}"
        f" AND (%(only)s::uuid IS NULL OR {alias}.person_id = %(only)s)",
        {
            "only": only(actor),
            "organisations": organisations(actor),
            "account": actor.account_id,
            "personal": actor.organisation_id is None,
            "at": now(),
            "purpose": purpose,
            "own": own_person(actor),
        },
    )


def _what_for(actor: Actor) -> Q:
    """Care, unless the actor acts for another purpose: then what a consent opens for that alone."""
    named = Q(purposes__contains=[purpose_of(actor)])
    return named | Q(purposes=None) if purpose_of(actor) == Purpose.CARE else named


def _whose(actor: Actor) -> Q:
    """A relative at work does not see the parent's record as staff, nor at home what the job opens."""
    entrusted = Q(basis="DELEGATION")
    mine = entrusted if actor.organisation_id is None else ~entrusted
    return Q(organisation_id__in=organisations(actor)) | (Q(account_id=actor.account_id) & mine)
