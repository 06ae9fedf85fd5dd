"""A bed that is kept, as those read it who agreed with the unit how long it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from yiyang.beds.models import Occupancy
from yiyang.beds.models.occupancy import State
from yiyang.beds.rules import holds as rules
from yiyang.kernel.actors import Actor
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.people.queries.agreements import HoldTerms


@dataclass(frozen=True)
class OwnHold:
    """A kept bed, what was agreed about it, and whether this reader decides; without terms the unit does."""

    row: Occupancy
    terms: HoldTerms | None
    decides: bool
    latest: datetime | None

    @property
    def gives_up(self) -> bool:
        return self.decides and self.row.release_at is None

    @property
    def extends(self) -> bool:
        return (
            self.decides
            and self.latest is not None
            and self.latest > max(now(), self.row.held_until or now())
        )

    @property
    def takes_back(self) -> bool:
        return self.decides and self.row.release_at is not None


def at_home(actor: Actor) -> bool:
    """Person, family or guardian, also where they are served at a counter; not staff, not the platform."""
    return actor.organisation_id is None and actor.role != "SYSTEM"


def own_hold(actor: Actor, row: Occupancy, at: datetime) -> OwnHold:
    """Of a kept bed, what person or family may do about it themselves."""
    assert row.person_id is not None and row.unit_id is not None
    agreed = people.hold_terms(row.person_id, row.unit_id, at) if row.reason in rules.OF_AGREEMENTS else None
    if agreed is None:
        return OwnHold(row, None, decides=False, latest=None)
    decides = people.changes_agreed(actor, row.person_id, agreed.capacity, at)
    return OwnHold(row, agreed, decides, rules.latest(row.period.lower, agreed.days, agreed.ends_on))


def kept_row(person_id: UUID, unit_id: UUID) -> Occupancy | None:
    """The bed that this unit keeps for the person."""
    rows = Occupancy.objects.filter(people.of_person(person_id), unit=unit_id, state=State.HELD)
    found: Occupancy | None = rows.filter(period__endswith=None).select_related("bed").first()
    return found


def row_kept(episode_id: UUID | None) -> Occupancy | None:
    """The bed that is kept for this stay; for pages and reactions."""
    rows = Occupancy.objects.filter(episode=episode_id, state=State.HELD, period__endswith=None)
    found: Occupancy | None = rows.select_related("bed", "unit").first()
    return found
