"""What rules look at of many persons at once: age, groups and insurance on a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q

from yiyang.kernel.ids import among
from yiyang.people.models import Group, GroupMembership, Insurance, Person, PersonAlias
from yiyang.people.rules import ages


@dataclass(frozen=True)
class Circumstances:
    """None is: not recorded."""

    age: int | None
    groups: frozenset[str]
    insurance: frozenset[str] | None


def circumstances(person_ids: Iterable[UUID], on: date) -> dict[UUID, Circumstances]:
    """Of persons whom the caller may see or counts; what lies under merged records belongs to the person."""
    ids = list(dict.fromkeys(person_ids))
    merged = aliases_of(ids)
    everyone = [*ids, *merged]
    born = dict(Person.objects.filter(pk__in=among(ids)).values_list("pk", "born_on"))
    groups, insured = enrolled(everyone, on, merged)
    return {
        one: Circumstances(
            ages.age(born_on, on) if born_on else None,
            frozenset(groups.get(one, ())),
            frozenset(insured[one]) if one in insured else None,
        )
        for one, born_on in born.items()
    }


def enrolled(
    person_ids: Iterable[UUID], on: date, merged: Mapping[UUID, UUID] | None = None
) -> tuple[dict[UUID, set[str]], dict[UUID, set[str]]]:
    """The groups and the insurances of that day, by the person to whom each record belongs."""
    asked = {"person__in": among(person_ids)}
    groups = GroupMembership.objects.filter(_on(on), **asked)
    insured = Insurance.objects.filter(_on(on), **asked)
    return _by_person(groups, "group", merged or {}), _by_person(insured, "kind", merged or {})


def aliases_of(person_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The other ids under which rows of these persons may lie, each with the person to whom it belongs."""
    rows = PersonAlias.objects.filter(person_id__in=among(person_ids))
    return dict(rows.values_list("alias_id", "person_id"))


def kept_records(person_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Of these records those that were merged into another, each with the one that is kept."""
    rows = PersonAlias.objects.filter(alias_id__in=among(person_ids))
    return dict(rows.values_list("alias_id", "person_id"))


def group_names() -> dict[str, Any]:
    """The groups that a person may be recorded in, as they are called."""
    return dict(Group.choices)


def _on(on: date) -> Q:
    return (Q(from_on=None) | Q(from_on__lte=on)) & (Q(to_on=None) | Q(to_on__gt=on))


def _by_person(rows: Any, field: str, merged: Mapping[UUID, UUID]) -> dict[UUID, set[str]]:
    found: dict[UUID, set[str]] = {}
    for person_id, value in rows.values_list("person_id", field):
        found.setdefault(merged.get(person_id, person_id), set()).add(value)
    return found
