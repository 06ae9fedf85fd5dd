"""Residents have signed: an agreement with their care home or for their bed at home, three of five a five-bed one."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.timezone import localdate

from yiyang.access.bed_kinds import BedKind as K
from yiyang.beds.models import Episode
from yiyang.demo import names
from yiyang.demo.history import History
from yiyang.kernel.reactions import of_the_past
from yiyang.people import commands

OWN = {K.INSTITUTION.value: "ADMISSION", K.HOME_CARE.value: "HOME_CARE_BED"}
AT_MOST, HOLD_DAYS = 2000, 45


def build_agreements(history: History, at: datetime) -> None:
    homes = [home.pk for home in history.district.homes]
    chance = Random(f"{history.district.area.code} contacts")
    residents = Episode.objects.filter(closed_at=None, kind__in=OWN, unit__in=homes, person__died_at=None)
    with of_the_past(), transaction.atomic():
        for number, stay in enumerate(residents.select_related("person", "unit").order_by("pk")[:AT_MOST]):
            contact = _contact(chance) if number % 4 else {}  # one of four has nobody to name
            for kind in [OWN[stay.kind], "FIVE_BEDS"] if number % 5 < 3 else [OWN[stay.kind]]:
                _sign(history, stay, kind, at, contact)


def _contact(chance: Random) -> dict[str, str]:
    """Who is asked to call when life is in danger."""
    name = names.surname(chance) + chance.choice(names.CHILDREN)
    return {"emergency_contact": name, "emergency_phone": names.phone(chance)}


def _sign(history: History, stay: Episode, kind: str, at: datetime, contact: dict[str, Any]) -> None:
    day = localdate(stay.opened_at)
    commands.sign_agreement(
        by=history.actor(stay.unit, "CARE_HOME_MANAGER"), at=at, person=stay.person, unit_id=stay.unit_id, kind=kind,
        from_on=day, to_on=None, signed_on=day, signer=stay.person.full_name, capacity="PERSON",
        **contact, sends_record=kind == "FIVE_BEDS", hold_days=None if kind == "FIVE_BEDS" else HOLD_DAYS,
        designated_hospital_id=_hospital(history, stay) if kind == "FIVE_BEDS" else None,
    )  # fmt: skip


def _hospital(history: History, stay: Episode) -> UUID:
    """The same for everybody of a home."""
    hospitals, homes = history.district.hospitals, [home.pk for home in history.district.homes]
    return hospitals[homes.index(stay.unit_id) % len(hospitals)].pk
