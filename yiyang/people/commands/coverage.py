"""Nobody lives in a care bed without a family doctor: the health centre of the area is asked to offer one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yiyang.access.commands import notify
from yiyang.access.permissions import Permission
from yiyang.access.serving import health_centre_of
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.people.commands import writing
from yiyang.people.commands.relationships import close_relationship, open_relationship
from yiyang.people.models import Basis, CoverageTask, Person, Scope
from yiyang.people.notices import COVERAGE_MISSING
from yiyang.people.rules import texts


class CoverageAskedAlready(Refusal):
    message = _("The health centre of the area was asked already.")


class NoHealthCentre(Refusal):
    message = _("No health centre of this area is entered. Ask the coordination centre to name one.")


class CoverageSettled(Refusal):
    message = _("This was settled already. Look at the list.")


@refuses("coverage_task_one_open")
def _asked(given: dict[str, Any]) -> Refusal:
    return CoverageAskedAlready()


@command(Permission.ADMIT, within="unit_id", about="person.pk")
def ask_for_family_doctor(
    *, by: Actor, at: datetime, person: Person, unit_id: Any, area: str, why: str
) -> CoverageTask | None:
    """A care bed was opened without a family-doctor contract: a task for the health centre of the area.

    Source: Jing'an implementation opinions 2024 (family-doctor contract as part of the five-bed agreement);
    who is asked is to be confirmed by the district.
    """
    found = writing.lock_living_record(person)
    live = found.family_doctor_contracts.filter(ended_at=None)
    if live.filter(Q(ends_on=None) | Q(ends_on__gt=writing.today(at))).exists():
        record("family_doctor.covered", by=by, at=at, subject=found, person=found)
        return None
    centre = health_centre_of(found.residence_area or area, area)
    if centre is None:
        raise NoHealthCentre
    task = CoverageTask.objects.create(
        person=found, organisation_id=centre, raised_at=at, why=texts.line(why, "why")
    )
    record("family_doctor.missing", by=by, at=at, subject=task, person=found, organisation=centre)
    open_relationship(
        by=by, at=at, person_id=found.pk, organisation_id=centre, basis=Basis.AREA, scope=Scope.BASIC,
        source_kind="CoverageTask", source_id=task.pk,
    )  # fmt: skip
    notify(
        by=by, at=at, subject=COVERAGE_MISSING, organisation=centre, role="FAMILY_DOCTOR", person=found,
        key=f"coverage:{task.pk}", link=reverse("people:coverage_tasks"),
    )  # fmt: skip
    return task


@command(Permission.COVER_AREA, within="task.organisation_id", about="task.person_id")
def settle_coverage(*, by: Actor, at: datetime, task: CoverageTask, outcome: str) -> CoverageTask:
    """The centre has offered: the person declined, has a doctor elsewhere, or moved away. In words."""
    found = CoverageTask.objects.select_for_update(no_key=True).get(pk=task.pk)
    if found.done_at is not None:
        raise CoverageSettled
    close_task(found, at=at, by=by, outcome=texts.reason(outcome))
    return found


def close_tasks_of(person: Person, *, at: datetime, by: Actor, outcome: str) -> None:
    """A contract was signed: nothing is left to do."""
    for task in CoverageTask.objects.select_for_update(no_key=True).filter(person=person, done_at=None):
        close_task(task, at=at, by=by, outcome=outcome)


def close_task(task: CoverageTask, *, at: datetime, by: Actor, outcome: str) -> None:
    task.done_at, task.outcome = at, outcome[:200]
    task.save(update_fields=["done_at", "outcome"])
    record("family_doctor.settled", by=by, at=at, subject=task, person=task.person_id, outcome=task.outcome)
    close_relationship(by=by, at=at, person_id=task.person_id, source_id=task.pk)
