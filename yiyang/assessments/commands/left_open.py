"""Nothing stays open silently: the assessor is told, days later the head of the unit, then the coordinator."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.timezone import localdate

from yiyang.access import queries as access
from yiyang.access.commands import notify
from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.access.queries import naming
from yiyang.assessments.models import Due, Instrument, LeftOpen
from yiyang.assessments.notices import LEFT_OPEN
from yiyang.assessments.queries.left_open import Late
from yiyang.duty.rules.ladder import MANAGERS
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import Stale

Rung = LeftOpen.Rung


@command(SYSTEM_ONLY, within=ANYWHERE)
def tell_of_left_open(*, by: Actor, at: datetime, late: Late, rung: str) -> LeftOpen:
    """The next one is told, once. A rung where nobody stands is noted, and passed the next day."""
    to = _whom(late, rung, at)
    made, fresh = LeftOpen.objects.get_or_create(
        kind=late.kind, subject_id=late.row.pk, day=late.day, rung=rung,
        defaults={"reached": bool(to), "told_on": localdate(at)},
    )  # fmt: skip
    if not fresh:
        raise Stale
    record_of(
        late.row, "assessment.left_open", by=by, at=at, what=late.kind, rung=rung, late_by=late.late_by,
        unit=late.row.organisation_id,
    )  # fmt: skip
    if to:
        instrument = Instrument.objects.filter(code=late.code).order_by("-serial").first()
        unit = late.row.organisation
        notify(
            by=by, at=at, subject=LEFT_OPEN, person=late.row.person_id, link=_link(late, rung), remind=False,
            params={
                "what": f"left_open.{late.kind}", "title": instrument.title if instrument else late.code,
                "days": late.late_by, "unit": unit.name if unit else None, "day": late.day,
            },
            key=f"left-open:{made.pk}", **to,
        )  # fmt: skip
    return made


def _whom(late: Late, rung: str, at: datetime) -> dict[str, Any]:
    unit: UUID | None = late.row.organisation_id
    if rung == Rung.ASSESSOR:
        account = _assessor(late)
        return {"account": account} if account else {"organisation": unit} if unit else {}
    if unit is None:
        return {}
    if rung == Rung.LEAD:
        role = access.role_held(unit, MANAGERS, at)
        return {"organisation": unit, "role": role} if role else {}
    centre = naming.coordination_centre(naming.area_of(unit))
    return {"organisation": centre, "role": "COORDINATOR"} if centre else {}


def _assessor(late: Late) -> UUID | None:
    """Who began it, or did the last one; a second signature and a dispute are everybody's but theirs."""
    if late.kind == LeftOpen.Kind.DRAFT:
        return None if late.row.handed_in_at else late.row.begun_by_account
    return late.row.assessor_account if isinstance(late.row, Due) else None


def _link(late: Late, rung: str) -> str:
    """The assessor goes on with it; heads and coordinators see what their units have left open."""
    if rung != Rung.ASSESSOR:
        return reverse("assessments:left_open")
    if late.kind == LeftOpen.Kind.DUE:
        return reverse("assessments:assessments_of_person", args=[late.row.person_id])
    found = late.row.assessment_id if late.kind == LeftOpen.Kind.DISPUTE else late.row.pk
    return reverse("assessments:assessment", args=[found])
