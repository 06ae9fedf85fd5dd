from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.people.commands import writing
from yiyang.people.commands.relationships import open_relationship
from yiyang.people.models import Basis, CareRelationship, Scope, root_of
from yiyang.people.rules import texts


@command(Permission.BREAK_GLASS, within=lambda by, **_: by.organisation_id)
def break_glass(*, by: Actor, at: datetime, person_id: UUID, reason: str) -> CareRelationship:
    """Open a record in an emergency without any other basis: for this account, for hours, seen by all concerned."""
    person = writing.lock(root_of(person_id))
    told = texts.reason(reason)
    hours = policy("access.break_glass_hours", on=writing.today(at)).value
    ends_at = at + timedelta(hours=hours)
    record("glass.broken", by=by, at=at, subject=person, person=person, reason=told, ends_at=ends_at)
    return open_relationship(
        by=by, at=at, person_id=person.pk, account_id=by.account_id, basis=Basis.BREAK_GLASS, scope=Scope.FULL,
        ends_at=ends_at, source_kind="BreakGlass", reason=told,
    )  # fmt: skip
