"""What a person answers themself: begun by them or for them, sent in by them, read and signed by staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from yiyang.access.permissions import Permission
from yiyang.assessments.commands import locks
from yiyang.assessments.commands.drafts import in_use, keep, names
from yiyang.assessments.commands.refusals import (
    AnswersMissing,
    HandedInAlready,
    NotADraft,
    NotASelfReport,
)
from yiyang.assessments.models import Assessment, Reason, State
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.people import queries as people
from yiyang.people.reach import in_full

if TYPE_CHECKING:
    from yiyang.people.models import Person

CARING = ("EPISODE", "FAMILY_DOCTOR")


@command(
    Permission.ANSWER_SELF_REPORT,
    within=lambda by, **_: by.organisation_id,
    about=in_full(lambda person, **_: person.pk),
)
def begin_self_report(*, by: Actor, at: datetime, person: Person, code: str) -> Assessment:
    """The person answers at home; it goes to the unit that cares for them, else to the family doctor's."""
    instrument = in_use(code)
    content = locks.content_of(instrument)
    if not content.self_report:
        raise NotASelfReport
    locks.check_person(content, person, at)
    open_one = Assessment.objects.filter(
        person=person, code=instrument.code, state=State.DRAFT, amends=None
    ).first()
    if open_one is not None:
        record_of(open_one, "assessment.resumed", by=by, at=at, code=open_one.code)
        return open_one
    made = Assessment.objects.create(
        person=person, instrument=instrument, code=instrument.code, organisation_id=unit_caring_for(person),
        reason=Reason.ROUTINE, begun_at=at, begun_by=by.label[:120], begun_by_account=by.account_id,
        assessed_at=at,
    )  # fmt: skip
    record_of(
        made, "assessment.begun", by=by, at=at, code=made.code, version=instrument.version, self_report=True
    )
    return made


@command(
    Permission.ANSWER_SELF_REPORT,
    within=lambda by, **_: by.organisation_id,
    about=in_full(locks.about),
)
def answer_self_report(
    *,
    by: Actor,
    at: datetime,
    assessment: Assessment,
    answers: Mapping[str, Any],
    revision: int,
    device: str = "",
) -> Assessment:
    """One answer after another, each kept at once."""
    _own(assessment)
    return keep(assessment, answers, revision, device, by=by, at=at)


@command(
    Permission.ANSWER_SELF_REPORT,
    within=lambda by, **_: by.organisation_id,
    about=in_full(locks.about),
)
def hand_in_self_report(*, by: Actor, at: datetime, assessment: Assessment) -> Assessment:
    """All questions are answered: staff are told, read the answers with the person, and sign."""
    _own(assessment)
    found = locks.locked(assessment)
    if found.state != State.DRAFT:
        raise NotADraft(state=found.get_state_display())
    if found.handed_in_at is not None:
        raise HandedInAlready
    outcome = locks.outcome_of(found)
    if outcome.missing:
        codes = list(outcome.missing)
        raise AnswersMissing(
            number=len(codes), items=names(locks.content_of(found.instrument), codes), codes=codes
        )
    found.handed_in_at, found.handed_in_by = at, by.label[:120]
    found.assessed_at = at
    found.save(update_fields=["handed_in_at", "handed_in_by", "assessed_at"])
    urgencies = {one.urgency for one in outcome.alerts}
    urgency = next((one for one in ("EMERGENCY", "URGENT") if one in urgencies), "ROUTINE")
    record_of(
        found,
        "assessment.handed_in",
        by=by,
        at=at,
        code=found.code,
        unit=found.organisation_id,
        urgency=urgency,
    )
    return found


def unit_caring_for(person: Person) -> UUID | None:
    """Where the person stays or is looked after at home; else the family doctor's unit."""
    rows = people.live_relationships(person.pk)
    found = {one.basis: one.organisation_id for one in rows if one.organisation_id}
    return next((found[basis] for basis in CARING if basis in found), None)


def _own(assessment: Assessment) -> None:
    if not assessment.instrument.self_report:
        raise NotASelfReport
