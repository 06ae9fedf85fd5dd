"""A loan that ends soon is told to the unit that lent the device: after its end nothing is taken."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from yiyang.access.commands import notify
from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.devices.models import Loan
from yiyang.devices.notices import LOAN_ENDS
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record


@command(SYSTEM_ONLY, within=ANYWHERE)
def tell_loans_ending(*, by: Actor, at: datetime, loans: list[Loan]) -> int:
    """Once for each loan and end."""
    for loan in loans:
        notify(
            by=by, at=at, subject=LOAN_ENDS, organisation=loan.device.unit_id, person=loan.person_id,
            params={"device": str(loan.device), "until": loan.period.upper}, due_at=loan.period.upper, remind=True,
            link=reverse("devices:hand_out", args=[loan.device_id]), key=key_of(loan),
        )  # fmt: skip
    record("loans.end_told", by=by, at=at, count=len(loans))
    return len(loans)


def key_of(loan: Loan) -> str:
    return f"loan-ends:{loan.pk}:{loan.period.upper:%Y%m%d%H%M}"
