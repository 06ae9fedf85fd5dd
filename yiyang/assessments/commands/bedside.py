"""What was answered at the bedside without a connection, while the same assessment was signed by somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from yiyang.access.permissions import Permission
from yiyang.assessments.commands import locks
from yiyang.assessments.commands.drafts import begin_assessment, keep
from yiyang.assessments.commands.outcomes import amend_assessment
from yiyang.assessments.models import Assessment, State
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.people.reach import in_full


@command(Permission.ASSESS, within=locks.owner, about=in_full(locks.about))
def keep_beside(
    *, by: Actor, at: datetime, assessment: Assessment, answers: Mapping[str, Any], reason: str, key: str
) -> Assessment:
    """My answers, with those that were kept before, become a draft beside what was signed: a new version of it that
    names the reason, or, where it waits for a second signature or was discarded, an assessment of its own. The same
    `key` never makes two."""
    earlier = Assessment.objects.filter(key=key[:80], person=assessment.person_id).first() if key else None
    if earlier is not None:
        record_of(earlier, "assessment.resumed", by=by, at=at, code=earlier.code)
        return earlier
    # What others have answered since in a version under way is not overwritten, but refused: revision 0.
    made = _beside(assessment, by=by, at=at, reason=reason, key=key)
    return keep(made, {**assessment.answers, **answers}, 0, by=by, at=at)


def _beside(assessment: Assessment, *, by: Actor, at: datetime, reason: str, key: str) -> Assessment:
    found = locks.locked(assessment)
    if found.state != State.SIGNED:
        return begin_assessment(
            by=by, at=at, person=found.person, code=found.code, reason=found.reason, note=reason, key=key,
            assessed_at=found.assessed_at, dispute=found.dispute,
        )  # fmt: skip
    made = amend_assessment(by=by, at=at, assessment=found, reason=reason)
    if key and not made.key:
        made.key = key[:80]
        made.save(update_fields=["key"])
    return made
