"""Whom to ask to call when a person's life is in danger: the emergency contacts of their live agreements alone."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from yiyang.people.models import Phone, ids_of
from yiyang.people.models.agreements import ServiceAgreement


def emergency_numbers(person_id: UUID, on: date) -> list[str]:
    """The telephones named in agreements that hold on this day, each once."""
    live = ServiceAgreement.objects.filter(person_id__in=ids_of(person_id), ended_at=None, valid__contains=on)
    held = live.exclude(emergency_phone=None).order_by("-signed_on", "pk")
    return list(dict.fromkeys(one.emergency_number for one in held))


def telephones_to_dial(person_id: UUID) -> list[str]:
    """The person's own telephones, for a page about an alarm, which has checked who may see it."""
    found = Phone.objects.filter(person_id__in=ids_of(person_id), ended_at=None).order_by("-added_at", "pk")
    return list(dict.fromkeys(one.number for one in found))
