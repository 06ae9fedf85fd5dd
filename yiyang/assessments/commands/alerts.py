"""An answer that demands a step at once: whoever is on duty says what was done, and nobody further is told."""

from __future__ import annotations

from datetime import datetime

from yiyang.access.permissions import Permission
from yiyang.assessments.commands import locks
from yiyang.assessments.commands.refusals import AlertAnsweredAlready, NoAlert, SayWhatWasDone
from yiyang.assessments.models import AlertAnswer, Assessment
from yiyang.assessments.queries import alerts
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.people.reach import in_full


@command(Permission.TAKE_DUTY, within=lambda by, **_: by.organisation_id, about=in_full(locks.about))
def answer_alert(*, by: Actor, at: datetime, assessment: Assessment, done: str) -> AlertAnswer:
    """Somebody has looked after the person: what was done, in one sentence. The ladder ends."""
    if not done.strip():
        raise SayWhatWasDone(field="done")
    found = locks.locked(assessment)
    urgent = alerts.urgent_codes(found)
    if not urgent:
        raise NoAlert
    if not alerts.open_codes(found):
        last = alerts.answers_to(found)[-1]
        raise AlertAnsweredAlready(who=last.by_label, at=last.at, done=last.done)
    made = AlertAnswer.objects.create(
        assessment=found, codes=urgent, done=done.strip()[:400], at=at, by_label=by.label[:120],
        by_account=by.account_id,
    )  # fmt: skip
    record_of(found, "assessment.alert_answered", by=by, at=at, code=found.code, done=made.done)
    return made
