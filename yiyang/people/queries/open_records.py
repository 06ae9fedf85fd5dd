"""Rows about persons whose whole record, or whose data of one kind, is open to the actor: for what is shown of all of
them at once."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from yiyang.access import queries as access
from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.models import PersonFact, Reading
from yiyang.people import reach
from yiyang.people.models import Consent, Person, PersonAlias, Scope


def in_full(actor: Actor, column: str = "person_id", *, kind: str = "") -> Q:
    """The condition on a table that names persons, under any id that they have had.

    `kind`: also those of whom a relationship opens this kind of data alone (`rules.kinds_of_data`).
    A small reach starts from the relationships; a large one asks for each row, and so can stop at the page.
    """
    if actor.sees_all:
        return Q()
    if not reach.reads_records(actor):
        return Q(pk__in=[])
    own = reach.own_person(actor)
    mine = Q(**{f"{column}__in": every_id([own])}) if own else Q()
    opened = Q(scope=Scope.FULL) | Q(kinds__contains=[kind]) if kind else Q(scope=Scope.FULL)
    live = reach.live(actor).filter(opened)
    if own or reach.approximate(actor) < reach.SMALL:
        persons = live.values("person_id")
        merged = PersonAlias.objects.filter(person_id__in=persons).values("alias_id")
        return mine | Q(**{f"{column}__in": persons}) | Q(**{f"{column}__in": merged})
    living = PersonAlias.objects.filter(alias_id=OuterRef(OuterRef(column))).values("person_id")
    return Q(Exists(live.filter(person_id=Coalesce(Subquery(living), OuterRef(column)))))


def every_id(persons: Iterable[UUID]) -> list[UUID]:
    """All ids that these persons have had, two statements however many they are."""
    named = set(persons)
    living = dict(PersonAlias.objects.filter(alias_id__in=named).values_list("alias_id", "person_id"))
    kept = {living.get(one, one) for one in named}
    merged = PersonAlias.objects.filter(person_id__in=kept).values_list("alias_id", flat=True)
    return sorted({*named, *kept, *merged})


def living_of(persons: Iterable[UUID]) -> dict[UUID, UUID]:
    """Those of these ids that are or were a person's, with the living record's; whoever asks: only for checks."""
    named = set(persons)
    living = dict(PersonAlias.objects.filter(alias_id__in=named).values_list("alias_id", "person_id"))
    there = Person.objects.filter(pk__in=named - set(living)).values_list("pk", flat=True)
    return living | {one: one for one in there}


def open_persons(actor: Actor) -> QuerySet[Person]:
    """The living records alone: relationships belong to these."""
    return Person.objects.filter(in_full(actor, "pk"), merged_into=None)


def open_consents(actor: Actor) -> QuerySet[Consent]:
    return Consent.objects.filter(in_full(actor)).select_related("organisation")


def open_facts(actor: Actor) -> QuerySet[PersonFact]:
    """What happened to persons: all of it for those who audit, without notices for staff who see the person in full."""
    found = PersonFact.objects.all()
    if actor.sees_all:
        return found
    audited = access.in_reach(actor) if actor.may(Permission.READ_AUDIT) else Q(pk__in=[])
    if actor.organisation_id is None:  # at home what happened is told in other words
        return found.filter(audited)
    return found.filter(audited | in_full(actor) & ~Q(name__startswith="notice."))


def open_readings(actor: Actor) -> QuerySet[Reading]:
    """Who looked at records, for those who may read the access log. For staff every reading: what of it they may be
    shown is decided by `open_ids`, person by person."""
    found = Reading.objects.all()
    if actor.sees_all or getattr(actor, "reads_records", False):
        return found
    return found.filter(access.in_reach(actor)) if actor.may(Permission.READ_ACCESS_LOG) else found.none()


def open_ids(actor: Actor, persons: Iterable[UUID]) -> set[UUID]:
    """Those of these ids whose whole record is open to the actor, also ids that a person had before."""
    named = list(dict.fromkeys(persons))
    living = dict(PersonAlias.objects.filter(alias_id__in=named).values_list("alias_id", "person_id"))
    kept = {living.get(one, one) for one in named}
    opened = set(Person.objects.filter(in_full(actor, "pk"), pk__in=kept).values_list("pk", flat=True))
    return {one for one in named if living.get(one, one) in opened}
