"""With whose sight a packet is gathered: a unit as such, whoever of its staff reads it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from yiyang.access.permissions import Permission
from yiyang.people import reach

READS = (Permission.READ_RECORD,)


@dataclass(frozen=True)
class Receiver:
    """An actor that is a unit: it sees what is open to the unit, no account's own relationships, and writes nothing."""

    unit_id: UUID
    outside: bool = False
    label: str = "receiver"
    account_id: None = None
    role: str = "RECEIVER"
    sees_all: bool = False
    reads_records: bool = True
    person_id: None = None

    @property
    def organisation_id(self) -> UUID:
        return self.unit_id

    @property
    def membership_id(self) -> UUID:
        return self.unit_id

    @property
    def organisation_ids(self) -> frozenset[UUID]:
        return frozenset({self.unit_id})

    @property
    def reach(self) -> frozenset[UUID]:
        return frozenset()

    def may(self, permission: str, within: UUID | None = None) -> bool:
        return permission in READS and within in (None, self.unit_id)

    def sees(self, person_id: UUID) -> bool:
        return reach.sees(self, person_id)
