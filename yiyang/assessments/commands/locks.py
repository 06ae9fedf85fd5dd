"""Locking an assessment and asking what it is, for the commands about one."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.timezone import localdate

from yiyang.access.roles import ROLES
from yiyang.assessments.commands.refusals import InstrumentDoesNotApply, NotYourInstrument, PersonHasDied
from yiyang.assessments.models import Assessment, Instrument
from yiyang.assessments.rules import reading
from yiyang.assessments.rules.asking import applies_to
from yiyang.assessments.rules.instruments import Instrument as Content
from yiyang.assessments.rules.outcomes import Outcome
from yiyang.assessments.rules.scoring import score
from yiyang.kernel.actors import Actor
from yiyang.people import queries as people

if TYPE_CHECKING:
    from yiyang.people.models import Person


def locked(assessment: Assessment) -> Assessment:
    """As it is now, until the command ends."""
    found: Assessment = (
        Assessment.objects.select_for_update(no_key=True, of=("self",))
        .select_related("instrument", "person")
        .get(pk=assessment.pk)
    )
    return found


def content_of(instrument: Instrument) -> Content:
    """What the file of this version says; read once by each process."""
    return _content(instrument.digest, instrument.content, f"{instrument.code} {instrument.version}")


@lru_cache(maxsize=128)
def _content(digest: str, text: str, name: str) -> Content:
    return reading.read(text, name)


def context_of(person: Person, at: datetime) -> dict[str, Any]:
    """What conditions may ask of the person beside the answers."""
    day = localdate(at)
    return {"age": people.age_of(person, day), "sex": person.sex, "today": day}


def outcome_of(assessment: Assessment, answers: dict[str, Any] | None = None) -> Outcome:
    """What follows from the answers, by the version that they were given on."""
    given = assessment.answers if answers is None else answers
    context = context_of(assessment.person, assessment.assessed_at)
    return score(content_of(assessment.instrument), given, context=context)


def check_who(by: Actor, content: Content) -> None:
    """Whether this role fills in this instrument, where the instrument says who does."""
    if content.who and by.role not in (*content.who, "SYSTEM"):
        names = [ROLES[one].name if one in ROLES else one for one in content.who]
        raise NotYourInstrument(who=", ".join(names))


def check_person(content: Content, person: Person, at: datetime) -> None:
    if people.died_at(person.pk) is not None:
        raise PersonHasDied
    if not applies_to(content, context_of(person, at)):
        raise InstrumentDoesNotApply(title=str(content.title), why=str(content.note))


def owner(by: Actor, assessment: Assessment, **_given: Any) -> UUID | None:
    """The unit whose assessment it is; what a person answered at home belongs to whoever cares for them."""
    return assessment.organisation_id or by.organisation_id


def about(assessment: Assessment, **_given: Any) -> UUID:
    return assessment.person_id
