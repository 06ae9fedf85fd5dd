"""Taking over what another system assessed: it counts as it was signed there, and says where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.timezone import localdate

from yiyang.access.permissions import Permission
from yiyang.assessments.commands import locks
from yiyang.assessments.commands.drafts import check_moment
from yiyang.assessments.commands.due import close_due, raise_next
from yiyang.assessments.commands.signing import checked_outcome, take_result
from yiyang.assessments.models import Assessment, Instrument, Reason, State
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record_of
from yiyang.people.reach import in_full

if TYPE_CHECKING:
    from yiyang.people.models import Person


@command(
    Permission.ASSESS,
    within=lambda by, **_: by.organisation_id,
    about=in_full(lambda person, **_: person.pk),
)
def import_assessment(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    instrument: Instrument,
    answers: Mapping[str, Any],
    assessed_at: datetime,
    assessed_by: str,
    origin: str,
    key: str,
) -> Assessment:
    """Signed elsewhere, scored here: nothing may lack, nothing may be impossible. The same `key` never makes two.

    It sounds no alarm: what it demanded was demanded there. As the newest result it meets what is due here.
    """
    earlier = Assessment.objects.filter(key=key[:80], person=person).first()
    if earlier is not None:
        record_of(earlier, "assessment.import_repeated", by=by, at=at, code=earlier.code)
        return earlier
    content = locks.content_of(instrument)
    locks.check_person(content, person, assessed_at)
    check_moment(assessed_at, at)
    made = Assessment(
        person=person, instrument=instrument, code=instrument.code, organisation_id=by.organisation_id,
        state=State.SIGNED, reason=Reason.OTHER, origin=origin[:120], key=key[:80], begun_at=at,
        begun_by=by.label[:120], begun_by_account=by.account_id, assessed_at=assessed_at,
        answers=dict(answers), signed_at=assessed_at, signed_by=(assessed_by or origin)[:120],
    )  # fmt: skip
    take_result(made, content, checked_outcome(made, content))
    made.save()
    record_of(
        made, "assessment.imported", by=by, at=at, code=made.code, version=instrument.version, level=made.level,
        total=made.total, origin=made.origin,
    )  # fmt: skip
    if _counts(made, at):
        close_due(made, by=by, at=at)
        raise_next(made, by=by, at=at)
    return made


def _counts(made: Assessment, at: datetime) -> bool:
    """Whether it is the newest, and still valid."""
    if made.valid_until is not None and made.valid_until <= localdate(at):
        return False
    newer = Assessment.objects.standing().filter(person=made.person_id, code=made.code)
    return not newer.filter(assessed_at__gt=made.assessed_at).exists()
