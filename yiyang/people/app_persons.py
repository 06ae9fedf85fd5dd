"""Whom an app may be opened for, for the page on which somebody is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from yiyang.people import queries


def own(actor: Any) -> dict[UUID, str]:
    if actor.membership_id is not None:
        return {}
    own = [actor.person_id] if actor.person_id is not None else []
    return named(actor, [*own, *(one.person_id for one in queries.entrusted_to(actor))])


def named(actor: Any, persons: Sequence[UUID]) -> dict[UUID, str]:
    found = queries.everyone_visible(actor).filter(pk__in=list(persons)).order_by("full_name", "pk")
    return {one.pk: one.full_name for one in found}
