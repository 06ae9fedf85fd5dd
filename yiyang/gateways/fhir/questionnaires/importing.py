"""A QuestionnaireResponse of another system as an assessment of a person here."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import get_current_timezone, is_naive, make_aware
from django.utils.translation import gettext_lazy as _

from yiyang.assessments.commands import import_assessment
from yiyang.assessments.commands.locks import content_of, context_of
from yiyang.assessments.queries.instruments import in_version
from yiyang.assessments.rules.texts import Text
from yiyang.gateways.fhir.questionnaires.answers import (
    Answered,
    ResponseFault,
    answers_of,
    instrument_of,
)
from yiyang.gateways.fhir.questionnaires.words import instrument_code
from yiyang.kernel.refusals import Refusal

if TYPE_CHECKING:
    from yiyang.assessments.models import Assessment
    from yiyang.kernel.actors import Actor
    from yiyang.people.models import Person

FINISHED = ("completed", "amended")


class ResponseNotTaken(Refusal):
    message = _("This QuestionnaireResponse cannot be taken over: {faults}")
    status = 422


class InstrumentNotHere(Refusal):
    message = _(
        "It answers {code} {version}, which is not in use here. Put that Questionnaire into use first."
    )
    status = 422


def import_response(*, by: Actor, at: datetime, person: Person, response: Any) -> Assessment:
    """Take it over for this person; sent twice, it is one assessment. Its instrument must be in use here."""
    try:
        code, version = instrument_of(response)
        instrument = in_version(code, version)
        if instrument is None:
            raise InstrumentNotHere(code=code, version=version)
        assessed_at = _authored(response)
        answered = answers_of(content_of(instrument), response, context=context_of(person, assessed_at))
    except ResponseFault as fault:
        raise ResponseNotTaken(
            faults="; ".join(str(one) for one in fault.faults), found=[str(one) for one in fault.faults]
        ) from fault
    return import_assessment(
        by=by, at=at, person=person, instrument=instrument, answers=answered.answers, assessed_at=assessed_at,
        assessed_by=answered.author, origin=f"FHIR {answered.identifier}".strip(), key=_key(person, answered),
    )  # fmt: skip


def questionnaire_in_use(response: dict[str, Any]) -> bool:
    """Whether what it answers is an instrument here."""
    address = response.get("questionnaire")
    return isinstance(address, str) and in_version(*instrument_code(address)) is not None


def _authored(response: dict[str, Any]) -> datetime:
    if response["status"] not in FINISHED:
        words = Text(
            "状态为 {status}，只接收已完成的", "its status is {status}; only what is completed is taken over"
        )
        raise ResponseFault([words.format(status=response["status"])])
    text = str(response.get("authored") or "")
    found = parse_datetime(text) if "T" in text else None
    day = parse_date(text) if "T" not in text and len(text) == 10 else None
    if found is None and day is not None:
        found = datetime(day.year, day.month, day.day, tzinfo=get_current_timezone())
    if found is None:
        raise ResponseFault(
            [Text("没有写明评估日期（authored）", "it does not say on which day it was assessed (authored)")]
        )
    return make_aware(found) if is_naive(found) else found


def _key(person: Person, answered: Answered) -> str:
    """Of this person, from that place: its identifier, and what it answers where it has none."""
    whole = (
        f"{person.pk}|{answered.identifier or sorted(answered.answers.items(), key=str)}|{answered.authored}"
    )
    return f"fhir:{hashlib.sha256(whole.encode()).hexdigest()[:48]}"
