"""Why two records cannot be joined yet: what a device sends would go to the record that is no longer open."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from yiyang.devices.models.registry import Loan
from yiyang.people import merging


@merging.register
def devices_that_forbid_it(kept: list[UUID], duplicate: list[UUID]) -> list[str]:
    held = Loan.objects.filter(person_id__in=duplicate, returned_at=None).select_related("device")
    return [
        _("%(device)s is still lent under the duplicate; take it back first, then hand it out again")
        % {"device": one.device}
        for one in held
    ]
