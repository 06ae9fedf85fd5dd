"""Whom to ask to call when a person's life is in danger: the emergency contacts of their live agreements alone."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from yiyang.people.models import PersonAlias, Phone, ids_of
from yiyang.people.models.agreements import ServiceAgreement
from yiyang.people.queries.circumstances import kept_records


def emergency_numbers(person_id: UUID, on: date) -> list[str]:
    """The telephones named in agreements that hold on this day, each once."""
    live = ServiceAgreement.objects.filter(person_id__in=ids_of(person_id), ended_at=None, valid__contains=on)
    held = live.exclude(emergency_phone=None).order_by("-signed_on", "pk")
    return list(dict.fromkeys(one.emergency_number for one in held))


def have_contacts(person_ids: Collection[UUID], on: date) -> set[UUID]:
    """Those of whom an agreement names somebody with a telephone; three statements for all of them."""
    kept = kept_records(person_ids)
    roots = {kept.get(one, one) for one in person_ids}
    others = dict(PersonAlias.objects.filter(person_id__in=roots).values_list("alias_id", "person_id"))
    live = ServiceAgreement.objects.filter(
        person_id__in=roots | set(others), ended_at=None, valid__contains=on
    )
    named = live.exclude(emergency_phone=None).values_list("person_id", flat=True)
    found = {others.get(one, one) for one in named}
    return {one for one in person_ids if kept.get(one, one) in found}


def telephones_to_dial(person_id: UUID) -> list[str]:
    """The person's own telephones, for a page about an alarm, which has checked who may see it."""
    found = Phone.objects.filter(person_id__in=ids_of(person_id), ended_at=None).order_by("-added_at", "pk")
    return list(dict.fromkeys(one.number for one in found))
