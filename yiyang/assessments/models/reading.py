"""Whose assessments an actor may read: those of persons whose record is open beyond name, age and address."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from yiyang.kernel.actors import Actor
from yiyang.people import reach


def readable(actor: Actor) -> Q:
    """The condition on rows with a person; a merged record's rows are read under the kept one."""
    if actor.sees_all:
        return Q()
    if not reach.reads_records(actor):
        return Q(pk__in=[])
    open_to: Any = reach.live(actor).exclude(scope="BASIC").values("person_id")
    allowed = Q(person__in=open_to) | Q(person__alias_of__person__in=open_to)
    own = reach.own_person(actor)
    return allowed | Q(person=own) | Q(person__alias_of__person=own) if own else allowed
