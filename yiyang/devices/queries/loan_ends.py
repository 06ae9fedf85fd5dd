"""Loans that end soon and of which nobody was told yet."""

from __future__ import annotations

from datetime import datetime

from yiyang.access.queries.notices import known_keys
from yiyang.devices.commands.loan_ends import key_of
from yiyang.devices.models import Loan

AT_ONCE = 500


def ending(at: datetime, until: datetime) -> list[Loan]:
    """Between the two instants; not those that were returned."""
    found = list(
        Loan.objects.filter(returned_at=None, period__endswith__gt=at, period__endswith__lte=until)
        .select_related("device")
        .order_by("pk")[:AT_ONCE]
    )
    known = known_keys([key_of(one) for one in found])
    return [one for one in found if key_of(one) not in known]
