"""A district puts other criteria in force: laid down, counted whom they touch, signed or taken back."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from yiyang.access.commands.notices import SYSTEM_ONLY
from yiyang.access.permissions import Permission
from yiyang.assessments.rules.eligibility import CriteriaFault
from yiyang.beds.commands.steps import SayWhy
from yiyang.beds.models import EligibilityRules, TouchedPerson
from yiyang.beds.queries import eligibility as queries
from yiyang.beds.queries import eligibility_change as changes
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, Stale

if TYPE_CHECKING:
    from uuid import UUID

BATCH = 2000


class CriteriaNotUsable(Refusal):
    message = _("These criteria cannot be used. {faults}")
    status = 422


class SignedForThePast(Refusal):
    message = _("Criteria come into force today or later, not on {day}.")
    status = 422


class NotCounted(Refusal):
    message = _(
        "Whom these criteria touch is not counted yet, or was counted before something changed. Wait for the count, "
        "or count again, look at it, and sign then."
    )


@command(Permission.SIGN_CRITERIA, within="by.organisation_id")
def propose_criteria(
    *, by: Actor, at: datetime, content: str, valid_from: date, reason: str
) -> EligibilityRules:
    """Other criteria are laid down to be looked at: nothing changes until they are signed. The count begins."""
    if not reason.strip():
        raise SayWhy(field="reason")
    try:
        faults = queries.unfit(content)
    except CriteriaFault as fault:
        faults = fault.faults
    if faults:
        raise CriteriaNotUsable(faults="; ".join(faults), field="file")
    if valid_from < localdate(at):
        raise SignedForThePast(day=valid_from, field="valid_from")
    made = EligibilityRules.objects.create(
        content=content,
        digest=hashlib.sha256(content.encode()).hexdigest(),
        valid_from=valid_from,
        reason=reason.strip(),
        proposed_at=at,
        proposed_by=by.label[:120],
        unit_id=by.organisation_id,
        count_begun_at=at,
    )
    _queue(made.pk)
    record("criteria.proposed", by=by, at=at, subject=made, valid_from=valid_from, digest=made.digest)
    return made


@command(Permission.SIGN_CRITERIA, within="rules.unit_id")
def count_criteria(*, by: Actor, at: datetime, rules: EligibilityRules) -> EligibilityRules:
    """Count again whom a proposal touches: the last count is old, or other criteria came into force."""
    found = _open(rules.pk)
    found.count_begun_at, found.counted_at, found.count_done = at, None, 0
    found.save(update_fields=["count_begun_at", "counted_at", "count_done"])
    _queue(found.pk)
    record("criteria.count_begun", by=by, at=at, subject=found)
    return found


@command(SYSTEM_ONLY, within=ANYWHERE)
def keep_count(
    *, by: Actor, at: datetime, rules: EligibilityRules, change: changes.Change, against: str
) -> EligibilityRules:
    """What the count gave, all of it; one that was begun anew meanwhile is thrown away."""
    found = _open(rules.pk)
    if found.count_begun_at != rules.count_begun_at:
        raise Stale
    found.touched_persons.all().delete()
    TouchedPerson.objects.bulk_create(
        [
            TouchedPerson(
                rules=found, person_id=one.person_id, kind=one.kind, how=one.how, before=one.before, after=one.after,
                since=one.since,
            )
            for one in change.touched
        ],
        batch_size=BATCH,
    )  # fmt: skip
    found.touched, found.counted_at, found.counted_against = change.counts(), at, against
    found.count_of = found.count_done = sum(change.looked_at.values())
    found.save(update_fields=["touched", "counted_at", "counted_against", "count_of", "count_done"])
    record("criteria.counted", by=by, at=at, subject=found, touched=found.touched)
    return found


@command(Permission.SIGN_CRITERIA, within="rules.unit_id")
def sign_criteria(*, by: Actor, at: datetime, rules: EligibilityRules) -> EligibilityRules:
    """They come into force on their day, once it was counted whom they touch; the count stays with them."""
    found = _open(rules.pk)
    if found.valid_from < localdate(at):
        raise SignedForThePast(day=found.valid_from)
    if not changes.holds(found, at):
        raise NotCounted
    found.signed_at, found.signed_by = at, by.label[:120]
    found.save(update_fields=["signed_at", "signed_by"])
    record(
        "criteria.signed", by=by, at=at, subject=found, valid_from=found.valid_from, digest=found.digest,
        touched=found.touched,
    )  # fmt: skip
    return found


@command(Permission.SIGN_CRITERIA, within="rules.unit_id")
def withdraw_criteria(*, by: Actor, at: datetime, rules: EligibilityRules) -> EligibilityRules:
    """A proposal that is not signed is taken back."""
    found = _open(rules.pk)
    found.withdrawn_at, found.withdrawn_by = at, by.label[:120]
    found.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record("criteria.withdrawn", by=by, at=at, subject=found)
    return found


def _open(rules_id: UUID) -> EligibilityRules:
    found = EligibilityRules.objects.select_for_update(no_key=True).get(pk=rules_id)
    if not found.open:
        raise Stale
    return found


def _queue(rules_id: UUID) -> None:
    from yiyang.beds.jobs import queue_count

    queue_count(rules_id)
