"""What can be asked for, for whom, and what is asked for most often."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from yiyang.access import queries as access
from yiyang.access.bed_kinds import BedKind
from yiyang.beds.commands.requests import policy_targets
from yiyang.beds.models import Occupancy
from yiyang.beds.models.inventory import Lane
from yiyang.beds.models.transfers import Trigger
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.people.queries import everyone_visible


def person(actor: Actor, person_id: UUID) -> Any:
    """The person, when the actor may see them."""
    found = everyone_visible(actor).filter(pk=person_id).first()
    if found is None:
        raise NotFound
    return found


WISHED_KINDS = ("HOSPITAL", "CHC", "INSTITUTION", "COMMUNITY_CARE_CENTRE")


def units_to_wish_for(actor: Actor, of: Any) -> Any:
    """Units of the five-bed network that a person may name; families see those of where the person lives."""
    if actor.organisation_id is None:
        return access.units(kind=WISHED_KINDS, area=of.residence_area[:6])
    return access.units(actor, kind=WISHED_KINDS)


def paths(at: datetime) -> list[tuple[str, str, str]]:
    """(trigger, kind, lane): the ways of the green channel and of a mere wish, in the order of the kinds."""
    found = []
    for trigger in Trigger:
        allowed = policy_targets(trigger, at)
        for kind in BedKind:
            if kind in allowed:
                found.append((trigger.value, kind.value, ""))
                if kind == BedKind.PALLIATIVE:
                    found.append((trigger.value, kind.value, Lane.OVERLAY.value))
    return found


def usual_path(rows: Sequence[Occupancy]) -> tuple[str, str, str]:
    """From a ward one goes back to the care bed, from anywhere else to a ward."""
    live = [row for row in rows if row.period.upper is None and row.bed is not None]
    kinds = {row.bed.kind for row in live if row.state == "PRESENT" and row.bed}
    held = [row.bed.kind for row in live if row.state == "HELD" and row.bed]
    if kinds & {BedKind.HOSPITAL, BedKind.PALLIATIVE}:
        back = next((kind for kind in held if kind != BedKind.HOME_MEDICAL), BedKind.INSTITUTION)
        return (Trigger.HEALTH_IMPROVED.value, str(back), "")
    return (Trigger.HEALTH_WORSENED.value, BedKind.HOSPITAL.value, "")
