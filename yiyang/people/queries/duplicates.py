"""Who is registered already and may be the person now being registered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from yiyang.kernel.actors import Actor
from yiyang.people.commands.writing import holder_of
from yiyang.people.models import Person
from yiyang.people.queries.search import holders_of_phone, search_persons
from yiyang.people.rules import documents
from yiyang.people.rules.names import search_form

AT_MOST = 5


@dataclass(frozen=True)
class Likeness:
    """Somebody already registered who may be the person now being registered, and why."""

    person: Person
    same_number: bool = False
    same_name: bool = False
    same_birth: bool = False
    same_phone: bool = False


@dataclass(frozen=True)
class Duplicates:
    """`elsewhere`: a document's full number belongs to somebody whose record is not open to the actor."""

    likely: list[Likeness] = field(default_factory=list)
    elsewhere: bool = False


def possible_duplicates(
    actor: Actor,
    full_name: str,
    born_on: date | None,
    numbers: Iterable[documents.Document] = (),
    phones: Iterable[str] = (),
) -> Duplicates:
    """Among those whom the actor may see: the same document or telephone, or the same name with no other birth
    date. Of others no more is told than that the document is registered."""
    found: dict[UUID, Likeness] = {}
    elsewhere = False
    for document in numbers:
        holder = holder_of(document)
        if holder and actor.sees(holder):
            found[holder] = Likeness(Person.objects.get(pk=holder), same_number=True)
        elsewhere |= holder is not None and holder not in found
    for one in _of_the_name(actor, full_name, born_on):
        known = found.get(one.pk) or Likeness(one)
        same_birth = one.born_on is not None and one.born_on == born_on
        found[one.pk] = replace(known, same_name=True, same_birth=same_birth)
    for one in _of_the_phones(actor, phones):
        found[one.pk] = replace(found.get(one.pk) or Likeness(one), same_phone=True)
    return Duplicates(sorted(found.values(), key=_rank)[:AT_MOST], elsewhere)


def _of_the_name(actor: Actor, full_name: str, born_on: date | None) -> list[Person]:
    form = search_form(full_name)
    if len(form) < 2:
        return []
    return [
        one
        for one in search_persons(actor, full_name, limit=50).persons
        if search_form(one.full_name) == form and (not one.born_on or not born_on or one.born_on == born_on)
    ]


def _of_the_phones(actor: Actor, phones: Iterable[str]) -> list[Person]:
    ids = {one for number in phones for one in holders_of_phone(number)}
    if not ids:
        return []
    return list(Person.objects.visible_to(actor).defer("search_keys").filter(pk__in=ids)[:AT_MOST])


def _rank(one: Likeness) -> tuple[bool, bool, bool, bool, str]:
    return (
        not one.same_number,
        not one.same_birth,
        not one.same_name,
        not one.same_phone,
        one.person.sort_key,
    )
