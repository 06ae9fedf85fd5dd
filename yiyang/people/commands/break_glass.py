from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yiyang.access.commands import notify
from yiyang.access.permissions import Permission
from yiyang.access.serving import account_of_person, accounts_in_role
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import Refusal
from yiyang.people.commands import writing
from yiyang.people.commands.relationships import open_relationship
from yiyang.people.models import Basis, CareRelationship, Person, Scope
from yiyang.people.notices import GLASS_BROKEN
from yiyang.people.rules import texts


class NobodyWithThisNumber(Refusal):
    message = _(
        "Nobody is registered with this number. Compare it with the document, or register the person."
    )
    status = 404


@command(Permission.BREAK_GLASS, within=lambda by, **_: by.organisation_id)
def break_glass(*, by: Actor, at: datetime, number: str, reason: str) -> CareRelationship:
    """Open a record in an emergency without any other basis: for this account, for hours, seen by all concerned.

    Whoever breaks the glass must hold the full number of a document: there is no browsing.
    """
    person_id = writing.holder_of_number(number, at)
    if person_id is None:
        raise NobodyWithThisNumber(field="number")
    person = writing.lock(person_id)
    told = texts.reason(reason)
    hours = policy("access.break_glass_hours", on=writing.today(at)).value
    ends_at = at + timedelta(hours=hours)
    record("glass.broken", by=by, at=at, subject=person, person=person, reason=told, ends_at=ends_at)
    opened = open_relationship(
        by=by, at=at, person_id=person.pk, account_id=by.account_id, basis=Basis.BREAK_GLASS, scope=Scope.FULL,
        ends_at=ends_at, source_kind="BreakGlass", reason=told,
    )  # fmt: skip
    _tell(by, at, person, told, opened)
    return opened


def _tell(by: Actor, at: datetime, person: Person, reason: str, opened: CareRelationship) -> None:
    """The data-protection officers of the district learn of it, and so does the person."""
    district = (person.residence_area or person.registered_area)[:6]
    own = account_of_person(person.pk)
    for account_id in {*accounts_in_role("DATA_PROTECTION_OFFICER", district), *([own] if own else [])}:
        notify(
            by=by, at=at, subject=GLASS_BROKEN, account=account_id, params={"who": by.label, "reason": reason},
            person=person, link=reverse("people:sight", args=[person.pk]) if account_id == own else reverse("people:broken_glass"),
            key=f"glass:{opened.id}:{account_id}",
        )  # fmt: skip
