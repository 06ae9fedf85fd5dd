"""An emergency that is declared for a whole district waives evaluation and agreement."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.queries import naming
from yiyang.beds.commands import locks
from yiyang.beds.models import DistrictEmergency, Transfer
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, refuses


class NoEmergencyDeclared(Refusal):
    message = _("This emergency has been ended already.")


class AlreadyDeclared(Refusal):
    message = _("An emergency is already declared for this district.")


@refuses("emergency_one_at_a_time")
def _emergency_declared(given: dict[str, Any]) -> Refusal:
    return AlreadyDeclared()


@command(Permission.DECLARE_EMERGENCY, within="organisation_id")
def declare_emergency(*, by: Actor, at: datetime, organisation_id: UUID, reason: str) -> DistrictEmergency:
    """Waive evaluation and agreement in the whole district until the emergency is ended.

    Any centre of the district may declare it; who declared it ends it.
    """
    district = _district(organisation_id)
    locks.take_turns("emergency", district)
    if _declared_in(district).exists():
        raise AlreadyDeclared
    emergency = DistrictEmergency.objects.create(
        organisation_id=organisation_id, reason=reason[:200], since=at, declared_by=by.label
    )
    record(
        "district.emergency_declared", by=by, at=at, subject=emergency, unit=organisation_id, reason=reason
    )
    return emergency


@command(Permission.DECLARE_EMERGENCY, within="emergency.organisation_id")
def end_emergency(*, by: Actor, at: datetime, emergency: DistrictEmergency) -> DistrictEmergency:
    """Back to the ordinary steps."""
    emergency = DistrictEmergency.objects.select_for_update(no_key=True).get(pk=emergency.pk)
    if emergency.until is not None:
        raise NoEmergencyDeclared
    emergency.until, emergency.ended_by = at, by.label
    emergency.save()
    record("district.emergency_ended", by=by, at=at, subject=emergency, unit=emergency.organisation_id)
    return emergency


def waived(transfer: Transfer) -> bool:
    """Whether an emergency is declared in the district of the transfer's centre, by whichever centre there.

    Asked once for each transfer that was fetched: a command fetches its own, and is judged by one answer.
    """
    known: dict[str, Any] = transfer.__dict__
    if "_waived" not in known:
        centre = transfer.coordinator_id
        known["_waived"] = centre is not None and _declared_in(_district(centre)).exists()
    return bool(known["_waived"])


def _declared_in(district: str) -> QuerySet[DistrictEmergency]:
    return DistrictEmergency.objects.filter(until=None, organisation__area__code__startswith=district)


def _district(organisation_id: UUID) -> str:
    return naming.area_of(organisation_id)[:6]
