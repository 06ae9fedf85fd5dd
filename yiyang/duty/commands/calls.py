"""“I phoned”: who, whom, when, and what came of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.texts import line
from yiyang.duty.commands.matters import give_time
from yiyang.duty.models import Matter, PhoneCall
from yiyang.duty.rules.results import CallResult
from yiyang.kernel.actors import Actor, identity
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal
from yiyang.kernel.time import now


class WhomCalled(Refusal):
    message = _("Say whom you phoned: a unit, a name or a number.")
    status = 422


@command(Permission.RECORD_CALL, within="from_unit")
def note_call(
    *,
    by: Actor,
    at: datetime,
    from_unit: UUID,
    result: str,
    to_unit: UUID | None = None,
    to_name: str = "",
    telephone: str = "",
    note: str = "",
    subject: Any = None,
    person: Any = None,
    link: str = "",
) -> PhoneCall:
    """Record a telephone call, about something or about nothing in particular."""
    to_name, telephone = line(to_name, "to_name", 120), line(telephone, "telephone", 40)
    if to_unit is None and not to_name and not telephone:
        raise WhomCalled(field="to_name")
    call = PhoneCall.objects.create(
        from_unit_id=from_unit,
        to_unit_id=to_unit,
        to_name=to_name,
        telephone=telephone,
        at=at,
        recorded_at=now(),
        by_account=by.account_id,
        by_label=by.label[:120],
        result=CallResult(result),
        note=line(note, "note", 300),
        subject_kind=type(subject).__name__ if subject is not None else "",
        subject_id=identity(subject),
        person_id=identity(person),
        link=link,
    )
    record(
        "call.made", by=by, at=at, subject=call, person=person, unit=from_unit, to_unit=to_unit,
        result=result, about=call.subject_kind, about_id=call.subject_id,
    )  # fmt: skip
    if result == CallResult.REACHED and link:
        # One's own unit called somebody outside, or another unit was reached: it acts now.
        waiting = Matter.objects.open().filter(unit=to_unit or from_unit, link=link)
        for matter in waiting.select_for_update(no_key=True):
            give_time(matter, at)
    return call
