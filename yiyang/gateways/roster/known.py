"""What a roster row may name that is there already, so that a file can be sent twice."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from yiyang.access import queries as access
from yiyang.beds import queries as beds
from yiyang.devices.queries import devices
from yiyang.kernel.actors import SYSTEM
from yiyang.people.commands import writing
from yiyang.people.details import DocumentGiven

if TYPE_CHECKING:
    from yiyang.beds.models import Room, Ward


def login(name: str) -> bool:
    return access.accounts(SYSTEM).filter(login=name.strip().lower()).exists()


def bed(unit_id: UUID, kind: str, label: str) -> bool:
    return beds.beds(SYSTEM).filter(unit_id=unit_id, kind=kind, label=label, closed_at=None).exists()


def ward(unit_id: UUID, name: str) -> Ward | None:
    return beds.wards(SYSTEM).filter(unit_id=unit_id, name=name).first()


def room(of: Ward, label: str) -> Room | None:
    return beds.rooms(SYSTEM).filter(ward=of, label=label).first()


def contract(first: UUID, second: UUID, number: str) -> bool:
    return access.contracts(SYSTEM).filter(first_id=first, second_id=second, number=number).exists()


def device(unit_id: UUID, kind: str, serial: str) -> bool:
    return devices.devices(SYSTEM, unit_id=unit_id, kind=kind).filter(serial=serial).exists()


def person_with(given: DocumentGiven, at: datetime) -> bool:
    """Whether a person with this document is registered; a wrong number is refused with its reason."""
    [(_given, document)] = writing.read_documents([given], at)
    return writing.holder_of(document) is not None
