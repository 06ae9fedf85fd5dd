"""Licences: what a unit may run, how many beds are approved, until when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.kernel.versions import compare

from ..bed_kinds import BedKind
from ..models import Licence, LicensedBeds, Organisation
from ..models.licences import FilingKind, LicenceState
from ..permissions import Permission
from ..refusals import FieldNeeded, NotAStepFromHere, PeriodEndsBeforeItStarts
from ..rules import LICENCE_STEPS
from ..texts import line, reason_of


class LicenceOverlaps(Refusal):
    message = _("The licence {number} is recorded already for part of this period. Choose a later beginning.")


class NoBedsApproved(Refusal):
    message = _("Enter the approved number of beds for at least one kind.")
    status = 422


@refuses("licence_number_once_at_a_time")
def _overlaps(given: dict[str, Any]) -> Refusal:
    licence = given.get("licence")
    number = given.get("number") or (licence.number if licence else None)
    return LicenceOverlaps(number=number, field="number")


@command(Permission.MANAGE_LICENCES, within=lambda organisation, **_given: organisation.pk)
def record_licence(
    *,
    by: Actor,
    at: datetime,
    organisation: Organisation,
    number: str,
    filing_kind: FilingKind | str,
    approved_beds: dict[BedKind, int],
    valid_from: date,
    valid_to: date | None = None,
    clinic_operator: Organisation | None = None,
    medical_insurance: bool = False,
    care_insurance: bool = False,
) -> Licence:
    """Record a licence or filing as the authority issued it. A new count comes with a new licence."""
    number = line(number, "number", 60)
    if not number:
        raise FieldNeeded(name=_("licence number"), field="number")
    if valid_to and valid_to <= valid_from:
        raise PeriodEndsBeforeItStarts(field="valid_to")
    approved = {kind: count for kind, count in approved_beds.items() if count}
    if not approved:
        raise NoBedsApproved
    licence = Licence.objects.create(
        organisation=organisation,
        number=number,
        filing_kind=filing_kind,
        clinic_operator=clinic_operator,
        medical_insurance=medical_insurance,
        care_insurance=care_insurance,
        valid=DateRange(valid_from, valid_to),
        recorded_at=at,
        recorded_by=by.account_id,
    )
    for kind, count in approved.items():
        LicensedBeds.objects.create(licence=licence, kind=kind, approved_beds=count)
    record(
        "licence.recorded", by=by, at=at, subject=licence, organisation=organisation, number=licence.number,
        approved={str(kind): count for kind, count in approved.items()},
    )  # fmt: skip
    return licence


@command(Permission.MANAGE_LICENCES, within=lambda licence, **_given: licence.organisation_id)
def suspend_licence(*, by: Actor, at: datetime, licence: Licence, reason: str) -> Licence:
    return _step(licence, "suspend", by, at, reason)


@command(Permission.MANAGE_LICENCES, within=lambda licence, **_given: licence.organisation_id)
def restore_licence(*, by: Actor, at: datetime, licence: Licence, reason: str) -> Licence:
    return _step(licence, "restore", by, at, reason)


@command(Permission.MANAGE_LICENCES, within=lambda licence, **_given: licence.organisation_id)
def revoke_licence(*, by: Actor, at: datetime, licence: Licence, reason: str) -> Licence:
    return _step(licence, "revoke", by, at, reason)


def _step(licence: Licence, verb: str, by: Actor, at: datetime, reason: str) -> Licence:
    reason = reason_of(reason)
    current = Licence.objects.select_for_update(no_key=True).get(pk=licence.pk)
    compare(current)
    state = LICENCE_STEPS.get((current.state, verb))
    if state is None:
        raise NotAStepFromHere(state=LicenceState(current.state).label)
    current.state, current.state_reason = LicenceState(state), reason
    current.changed_at, current.changed_by = at, by.account_id
    current.version += 1
    current.save(update_fields=["state", "state_reason", "changed_at", "changed_by", "version"])
    record(
        f"licence.{ {'suspend': 'suspended', 'restore': 'restored', 'revoke': 'revoked'}[verb] }",
        by=by, at=at, subject=current, organisation=current.organisation_id, number=current.number,
        reason=reason,
    )  # fmt: skip
    return current
