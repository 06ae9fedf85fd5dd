"""Which organisations serve the people of an area without any contract with them."""

from __future__ import annotations

from uuid import UUID

from .models import Organisation
from .organisation_kinds import OrganisationKind

SUB_DISTRICT = 9


def organisations_serving(area: str) -> dict[UUID, str]:
    """The residents' committee, the sub-district's department and the coordination centre of an area: id → kind.

    A department of the whole district serves by figures, so it is not among them.
    """
    codes = [code for code in (area[:6], area[:9], area[:12]) if code]
    near = Organisation.objects.filter(
        area_id__in=codes,
        active=True,
        kind__in=[
            OrganisationKind.COMMITTEE,
            OrganisationKind.GOVERNMENT,
            OrganisationKind.COORDINATION_CENTRE,
        ],
    )
    return {
        one.pk: one.kind
        for one in near
        if one.kind != OrganisationKind.GOVERNMENT or len(one.area_id) >= SUB_DISTRICT
    }
