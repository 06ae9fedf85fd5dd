"""What the clinical record knows of what a form asks: shown beside the question, never taken over unasked."""

from __future__ import annotations

from datetime import timedelta

from django.utils.timezone import localdate

from yiyang.assessments.models import Assessment
from yiyang.assessments.rules.instruments import Instrument as Content
from yiyang.kernel.actors import Actor
from yiyang.kernel.policy import policy
from yiyang.people import queries as people
from yiyang.records.queries import vital_signs
from yiyang.records.rules.vital_signs import Measured


def measured(actor: Actor, found: Assessment, content: Content) -> dict[str, Measured]:
    """By item: the newest value under the item's LOINC code in the hours before the assessment that policy counts."""
    asked = {item.loinc: item.code for item in content.items if item.loinc}
    if not asked or people.scope(actor, found.person_id) != "FULL":
        return {}
    hours = int(policy("assessments.measured_within_hours", on=localdate(found.assessed_at)).value)
    known = vital_signs.latest(
        actor, found.person_id, asked, at=found.assessed_at, within=timedelta(hours=hours)
    )
    return {asked[code]: one for code, one in known.items()}
