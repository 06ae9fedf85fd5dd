"""Beginning an assessment, and answering it: each answer is kept at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from yiyang.access.permissions import Permission
from yiyang.assessments.commands import locks
from yiyang.assessments.commands.refusals import (
    AnswerNotPossible,
    AnswersChanged,
    AssessedInTheFuture,
    NoSuchInstrument,
    NotADraft,
    SameAssessor,
)
from yiyang.assessments.models import Assessment, Dispute, Instrument, Reason, State
from yiyang.assessments.rules.instruments import Instrument as Content
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.people.reach import in_full

if TYPE_CHECKING:
    from yiyang.people.models import Person

EMPTY: tuple[Any, ...] = (None, "", [], {})


@command(
    Permission.ASSESS,
    within=lambda by, **_: by.organisation_id,
    about=in_full(lambda person, **_: person.pk),
)
def begin_assessment(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    code: str,
    reason: str,
    note: str = "",
    assessed_at: datetime | None = None,
    key: str = "",
    dispute: Dispute | None = None,
) -> Assessment:
    """Begin to fill in, or go on with what the own unit has begun. The same `key` never makes two."""
    if key and (earlier := Assessment.objects.filter(key=key, person=person).first()):
        record_of(earlier, "assessment.resumed", by=by, at=at, code=earlier.code)
        return earlier
    instrument = in_use(code)
    content = locks.content_of(instrument)
    locks.check_who(by, content)
    locks.check_person(content, person, assessed_at or at)
    check_dispute(by, dispute)
    check_moment(assessed_at, at)
    drafts = Assessment.objects.filter(person=person, code=instrument.code, state=State.DRAFT, amends=None)
    open_one = drafts.filter(organisation=by.organisation_id, dispute=dispute).first()
    if open_one is not None:
        record_of(open_one, "assessment.resumed", by=by, at=at, code=open_one.code)
        return open_one
    made = Assessment.objects.create(
        person=person, instrument=instrument, code=instrument.code, organisation_id=by.organisation_id,
        reason=Reason.DISPUTE if dispute else Reason(reason), note=note.strip()[:400], key=key[:80],
        dispute=dispute, begun_at=at, begun_by=by.label[:120], begun_by_account=by.account_id,
        assessed_at=assessed_at or at,
    )  # fmt: skip
    record_of(
        made, "assessment.begun", by=by, at=at, code=made.code, version=instrument.version, reason=made.reason
    )
    return made


@command(Permission.ASSESS, within=locks.owner, about=in_full(locks.about))
def answer(
    *,
    by: Actor,
    at: datetime,
    assessment: Assessment,
    answers: Mapping[str, Any],
    revision: int,
    device: str = "",
    sources: Mapping[str, Any] | None = None,
) -> Assessment:
    """Keep some answers; an empty one takes an answer away. `revision` is the one that the writer saw.

    Two who write at once do not overwrite each other: what was answered otherwise since then, elsewhere than on
    this `device`, is refused, everything else is kept. The same answers sent twice change nothing. `sources` are who
    measured what was taken over, and when, by item.
    """
    return keep(assessment, answers, revision, device, sources, by=by, at=at)


def keep(
    assessment: Assessment,
    answers: Mapping[str, Any],
    revision: int,
    device: str = "",
    sources: Mapping[str, Any] | None = None,
    *,
    by: Actor,
    at: datetime,
) -> Assessment:
    found = locks.locked(assessment)
    if found.state != State.DRAFT:
        raise NotADraft(state=found.get_state_display(), who=found.signed_by, at=found.signed_at)
    content = locks.content_of(found.instrument)
    changes = _changes(found, content, answers)
    _check_nobody_else(found, content, changes, revision, device)
    after = {**found.answers, **changes}
    after = {code: value for code, value in after.items() if value not in EMPTY}
    _check_possible(found, after, changes)
    if changes:
        found.revision += 1
        mark = [found.revision, str(by.account_id or ""), by.label[:120], at.isoformat(), device[:40]]
        noted = {code: [*mark, (sources or {}).get(code)] for code in changes}
        found.changed = {**found.changed, **noted}
        found.answers = after
        found.save(update_fields=["answers", "changed", "revision"])
    fact = "assessment.answered" if changes else "assessment.unchanged"
    record_of(found, fact, by=by, at=at, items=sorted(changes), revision=found.revision)
    return found


def _changes(found: Assessment, content: Content, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What differs from what is kept; only what the instrument asks."""
    changes = {}
    for code, value in answers.items():
        item = content.by_code.get(code)
        if item is None or item.computed:
            raise AnswerNotPossible(problem=_no_such(code), field=code)
        value = None if value in EMPTY else value
        if found.answers.get(code) != value:
            changes[code] = value
    return changes


def _no_such(code: str) -> str:
    from django.utils.translation import gettext as _

    return _("this instrument has no question “{code}”").format(code=code[:40])


def _check_nobody_else(
    found: Assessment, content: Content, changes: dict[str, Any], revision: int, device: str
) -> None:
    """Of what I change, nothing may have been changed elsewhere since I looked."""
    marks = {code: found.changed[code] for code in changes if code in found.changed}
    taken = [
        code for code, mark in marks.items() if mark[0] > revision and not (device and mark[4] == device)
    ]
    if not taken:
        return
    last = max((found.changed[code] for code in taken), key=lambda mark: int(mark[0]))
    raise AnswersChanged(
        who=last[2], at=datetime.fromisoformat(last[3]), items=names(content, taken), codes=taken,
        theirs={code: found.answers.get(code) for code in taken},
        mine={code: changes[code] for code in taken}, revision=found.revision,
    )  # fmt: skip


def _check_possible(found: Assessment, after: dict[str, Any], changes: dict[str, Any]) -> None:
    """An answer outside the options or the range is refused at once, in words."""
    faults = [one for one in locks.outcome_of(found, after).impossible if one.item in changes]
    if faults:
        raise AnswerNotPossible(problem=str(faults[0].words), field=faults[0].item)


def names(content: Content, codes: list[str] | tuple[str, ...], at_most: int = 6) -> str:
    """Questions by their words, in the order in which they are asked; the rest as a number."""
    found = [str(item.text) for item in content.items if item.code in codes]
    more = f" … +{len(found) - at_most}" if len(found) > at_most else ""
    return "、".join(found[:at_most]) + more


def in_use(code: str) -> Instrument:
    """The newest version in use."""
    found = Instrument.objects.filter(code=code, retired_at=None).order_by("-serial").first()
    if found is None:
        raise NoSuchInstrument(code=code[:40])
    return found


def check_moment(assessed_at: datetime | None, at: datetime) -> None:
    if assessed_at is not None and assessed_at > at + timedelta(minutes=1):
        raise AssessedInTheFuture(at=assessed_at, field="assessed_at")


def check_dispute(by: Actor, dispute: Dispute | None) -> None:
    """A result that is questioned is assessed again by others."""
    if dispute is None or by.account_id is None:
        return
    before = dispute.assessment
    if by.account_id in (before.signed_by_account, before.second_signed_by_account):
        raise SameAssessor
