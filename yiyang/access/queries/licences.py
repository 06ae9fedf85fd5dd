from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from yiyang.kernel.actors import identity

from ..bed_kinds import BedKind
from ..models import Licence, LicensedBeds, Organisation
from ..models.licences import LicenceState
from .ordering import in_order


def local_day(at: datetime | date) -> date:
    return timezone.localtime(at).date() if isinstance(at, datetime) else at


def live_licence(unit: Organisation | UUID, kind: BedKind | str, at: datetime | date) -> Licence | None:
    """The licence that lets a unit run beds of a kind on that day; None when there is none."""
    return (
        Licence.objects.filter(
            organisation_id=identity(unit),
            state=LicenceState.LIVE,
            valid__contains=local_day(at),
            beds__kind=kind,
            beds__approved_beds__gt=0,
        )
        .order_by("-valid", "id")
        .first()
    )


def approved_beds(unit: Organisation | UUID, kind: BedKind | str, at: datetime | date) -> int:
    """核定: how many beds of a kind the unit's live licences approve together."""
    lines = LicensedBeds.objects.filter(
        kind=kind,
        licence__organisation_id=identity(unit),
        licence__state=LicenceState.LIVE,
        licence__valid__contains=local_day(at),
    )
    return sum(lines.values_list("approved_beds", flat=True))


COLUMNS = {
    "unit": "organisation__name_zh", "number": "number", "kind": "filing_kind", "valid": "valid__endswith",
    "state": "state",
}  # fmt: skip


def licences(actor: Any, unit: Organisation | None = None, sort: str = "") -> QuerySet[Licence]:
    """Licences are public to the district's staff, as they hang on the wall."""
    known = Organisation.objects.visible_to(actor)
    found = Licence.objects.filter(organisation__in=known if unit is None else known.filter(pk=unit.pk))
    found = found.select_related("organisation", "clinic_operator").prefetch_related("beds")
    return in_order(found, sort, COLUMNS)


def licence(actor: Any, licence_id: UUID) -> Licence:
    found: Licence = get_object_or_404(licences(actor), pk=licence_id)
    return found
