from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal
from yiyang.people.commands import writing
from yiyang.people.models import GroupMembership, Insurance, Person
from yiyang.people.reach import in_full
from yiyang.people.rules import texts


class PeriodEndsBeforeStart(Refusal):
    message = _("The period ends before it starts. Correct one of the two dates.")
    status = 422


class EvidenceMissing(Refusal):
    message = _(
        "Say what shows that the person belongs to this group: a certificate, its number, who saw it."
    )
    status = 422


@command(Permission.EDIT_PERSON, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def add_insurance(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    kind: str,
    detail: str = "",
    from_on: date | None = None,
    to_on: date | None = None,
) -> Insurance:
    """Note an insurance with its period."""
    found = writing.lock_living_record(person)
    insurance = Insurance.objects.create(
        person=found, kind=kind, detail=texts.line(detail, "detail", 120), **_period(from_on, to_on)
    )
    writing.touch(found)
    record("person.insurance_added", by=by, at=at, subject=insurance, person=found, kind=kind)
    return insurance


@command(Permission.EDIT_PERSON, within=ANYWHERE, about=in_full(lambda insurance, **_: insurance.person_id))
def end_insurance(*, by: Actor, at: datetime, insurance: Insurance, to_on: date) -> Insurance:
    """The insurance ends, or ended, on a day."""
    holder = writing.lock_holder(insurance)
    found = Insurance.objects.select_for_update().get(pk=insurance.pk)
    found.to_on = _period(found.from_on, to_on)["to_on"]
    found.save(update_fields=["to_on"])
    writing.touch(holder)
    record("person.insurance_ended", by=by, at=at, subject=found, person=found.person_id, to_on=to_on)
    return found


@command(Permission.EDIT_PERSON, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def add_group(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    group: str,
    evidence: str,
    level: str = "",
    from_on: date | None = None,
    to_on: date | None = None,
) -> GroupMembership:
    """Note that a person belongs to a group, with the evidence and the dates."""
    found = writing.lock_living_record(person)
    if len(texts.line(evidence, "evidence")) < 2:
        raise EvidenceMissing(field="evidence")
    membership = GroupMembership.objects.create(
        person=found, group=group, level=texts.line(level, "level", 40),
        evidence=texts.line(evidence, "evidence"), **_period(from_on, to_on),
    )  # fmt: skip
    writing.touch(found)
    record("person.group_added", by=by, at=at, subject=membership, person=found, group=group)
    return membership


@command(Permission.EDIT_PERSON, within=ANYWHERE, about=in_full(lambda membership, **_: membership.person_id))
def end_group(*, by: Actor, at: datetime, membership: GroupMembership, to_on: date) -> GroupMembership:
    """The person belongs to the group until a day."""
    holder = writing.lock_holder(membership)
    found = GroupMembership.objects.select_for_update().get(pk=membership.pk)
    found.to_on = _period(found.from_on, to_on)["to_on"]
    found.save(update_fields=["to_on"])
    writing.touch(holder)
    record("person.group_ended", by=by, at=at, subject=found, person=found.person_id, to_on=to_on)
    return found


def _period(from_on: date | None, to_on: date | None) -> dict[str, date | None]:
    if from_on and to_on and to_on <= from_on:
        raise PeriodEndsBeforeStart(field="to_on")
    return {"from_on": from_on, "to_on": to_on}
