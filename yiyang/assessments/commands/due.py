"""What is to be assessed by when: raised by a result that ends, by what happens to a person, by a dispute."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q
from django.utils.timezone import localdate

from yiyang.access.commands import notify
from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.access.permissions import Permission
from yiyang.assessments.models import Assessment, Due, Instrument, Reason
from yiyang.assessments.notices import DUE
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record_of
from yiyang.kernel.refusals import Stale
from yiyang.people import queries as people
from yiyang.people.reach import in_full

if TYPE_CHECKING:
    from yiyang.people.models import Person


PLANNED = (Reason.ROUTINE, Reason.ADMISSION)


def raise_due(
    *,
    person_id: UUID,
    code: str,
    organisation_id: UUID | None,
    reason: str,
    due_on: date,
    by: Actor,
    at: datetime,
    assessor: tuple[UUID | None, str] = (None, ""),
) -> Due:
    """One open entry for each person and instrument: what comes sooner goes first. It says what happened, a fall
    for instance, rather than that its time had come anyway."""
    open_one = (
        Due.objects.select_for_update(no_key=True).filter(person=person_id, code=code, closed_at=None).first()
    )
    if open_one is not None and open_one.due_on <= due_on and reason != Reason.DISPUTE:
        if open_one.reason in PLANNED and reason not in PLANNED:
            open_one.reason = reason
            open_one.save(update_fields=["reason"])
        record_of(open_one, "assessment.due_kept", by=by, at=at, code=code, reason=reason)
        return open_one
    told: dict[str, Any] = {
        "organisation_id": organisation_id, "reason": reason, "due_on": due_on, "assessor_account": assessor[0],
        "assessor": assessor[1], "reminded_on": None,
    }  # fmt: skip
    if open_one is None:
        open_one = Due.objects.create(person_id=person_id, code=code, raised_at=at, **told)
    else:
        for name, value in told.items():
            setattr(open_one, name, value)
        open_one.save()
    record_of(open_one, "assessment.due_raised", by=by, at=at, code=code, reason=reason, due_on=due_on)
    return open_one


def close_due(found: Assessment, *, by: Actor, at: datetime) -> None:
    """A signed assessment meets what was due; one that somebody did on their own does not settle a dispute."""
    open_ones = Due.objects.select_for_update(no_key=True).filter(
        person=found.person_id, code=found.code, closed_at=None
    )
    for one in open_ones:
        if one.reason == Reason.DISPUTE and found.dispute_id is None:
            continue
        one.closed_at, one.met_by = at, found
        one.save(update_fields=["closed_at", "met_by"])
        record_of(one, "assessment.due_met", by=by, at=at, code=one.code, assessment=found.pk)


def raise_next(found: Assessment, *, by: Actor, at: datetime) -> None:
    """The result ends by itself: the next one is due on that day, from whoever signed first."""
    if found.valid_until is None:
        return
    raise_due(
        person_id=found.person_id, code=found.code, organisation_id=found.organisation_id, reason=Reason.ROUTINE,
        due_on=found.valid_until, by=by, at=at, assessor=(found.signed_by_account, found.signed_by),
    )  # fmt: skip


@command(
    Permission.ASSESS,
    within=lambda by, **_: by.organisation_id,
    about=in_full(lambda person, **_: person.pk),
)
def ask_for_assessment(
    *, by: Actor, at: datetime, person: Person, code: str, reason: str, due_on: date
) -> Due:
    """Somebody saw that the person has changed: the unit is to assess by this day."""
    return raise_due(
        person_id=person.pk, code=code, organisation_id=by.organisation_id, reason=Reason(reason), due_on=due_on,
        by=by, at=at,
    )  # fmt: skip


@command(SYSTEM_ONLY, within=ANYWHERE)
def raise_due_for(
    *,
    by: Actor,
    at: datetime,
    person_id: UUID,
    code: str,
    organisation_id: UUID | None,
    reason: str,
    due_on: date,
) -> Due:
    """Something happened to the person after which the policy pack wants an assessment."""
    if not Instrument.objects.filter(code=code, retired_at=None).exists() or people.died_at(person_id):
        raise Stale
    if reason == Reason.ADMISSION and _still_valid(person_id, code, due_on):
        raise Stale
    return raise_due(
        person_id=person_id,
        code=code,
        organisation_id=organisation_id,
        reason=reason,
        due_on=due_on,
        by=by,
        at=at,
    )


def _still_valid(person_id: UUID, code: str, due_on: date) -> bool:
    """Whoever moves in with a result that still counts is not assessed anew for that."""
    standing = Assessment.objects.standing().filter(people.of_person(person_id), code=code)
    return standing.filter(Q(valid_until=None) | Q(valid_until__gt=due_on)).exists()


@command(SYSTEM_ONLY, within=ANYWHERE)
def close_dues_of(*, by: Actor, at: datetime, person_id: UUID, why: str) -> int:
    """The person has died: nothing is due any more."""
    open_ones = list(Due.objects.select_for_update(no_key=True).filter(person=person_id, closed_at=None))
    if not open_ones:
        raise Stale
    for one in open_ones:
        one.closed_at, one.closed_reason = at, why
        one.save(update_fields=["closed_at", "closed_reason"])
        record_of(one, "assessment.due_closed", by=by, at=at, code=one.code, reason=why)
    return len(open_ones)


@command(SYSTEM_ONLY, within=ANYWHERE)
def take_back_fall(*, by: Actor, at: datetime, person_id: UUID) -> int:
    """The fall was recorded by mistake: the next assessment is due when the standing result ends, as before.

    Where there is none yet the first one stays due. Another fall since then keeps what is due because of it.
    """
    person, changed = people.person_of(person_id), 0
    falls = [one.at for one in people.falls_of(person)] if person else []
    for one in Due.objects.select_for_update(no_key=True).filter(
        person=person_id, closed_at=None, reason=Reason.FALL
    ):
        standing = Assessment.objects.standing().filter(people.of_person(person_id), code=one.code)
        latest = standing.exclude(valid_until=None).order_by("-assessed_at").first()
        since = latest.assessed_at if latest else at - timedelta(days=30)
        if any(fell > since for fell in falls):
            continue
        one.reason = Reason.ROUTINE if latest else Reason.ADMISSION
        one.due_on = latest.valid_until if latest and latest.valid_until else one.due_on
        one.reminded_on = None
        one.save(update_fields=["reason", "due_on", "reminded_on"])
        record_of(
            one, "assessment.due_raised", by=by, at=at, code=one.code, reason=one.reason, due_on=one.due_on
        )
        changed += 1
    if not changed:
        raise Stale
    return changed


@command(SYSTEM_ONLY, within=ANYWHERE)
def remind_of_due(*, by: Actor, at: datetime, due: Due) -> Due:
    """Tell the assessor who did the last one, or the assessors of the unit, that the day comes near."""
    found = Due.objects.select_for_update(no_key=True).get(pk=due.pk)
    if found.closed_at is not None or found.reminded_on is not None:
        raise Stale
    instrument = Instrument.objects.filter(code=found.code).order_by("-serial").first()
    found.reminded_on = localdate(at)
    found.save(update_fields=["reminded_on"])
    record_of(found, "assessment.due_reminded", by=by, at=at, code=found.code, due_on=found.due_on)
    to: dict[str, Any] = {"organisation": found.organisation_id}
    if found.organisation_id is None:
        to = {"account": found.assessor_account}
    if any(to.values()):
        notify(
            by=by, at=at, subject=DUE, person=found.person_id, link=f"/people/{found.person_id}/assessments/",
            params={"title": instrument.title if instrument else found.code, "due_on": found.due_on},
            key=f"assessment-due:{found.pk}:{found.due_on}", **to,
        )  # fmt: skip
    return found
