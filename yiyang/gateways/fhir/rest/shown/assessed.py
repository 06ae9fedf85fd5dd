"""Signed assessments: the answers as QuestionnaireResponse, what followed from them as Observations."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Q

from yiyang.assessments.queries import instruments, open_records
from yiyang.assessments.queries.answering import taken_over_by
from yiyang.devices.rules.quantities import BY_LOINC
from yiyang.gateways.fhir.questionnaires.observations import observations
from yiyang.gateways.fhir.questionnaires.responses import response
from yiyang.gateways.fhir.questionnaires.words import LOINC, system_of
from yiyang.gateways.fhir.rest.shown.listing import (
    Listing,
    Resource,
    Source,
    by_date,
    nothing,
    own_id,
    patient,
    reference,
)
from yiyang.gateways.fhir.rest.shown.measured import Observations, id_at
from yiyang.gateways.fhir.rest.shown.since import told_of_person
from yiyang.records.r4.search import Condition
from yiyang.records.r4.search.query import WantedToken

Coding = tuple[str, str]
_codes: dict[str, frozenset[Coding]] = {}


def answers(one: Any) -> Resource:
    return response(one, instruments.content_of(one.instrument))


def results(one: Any) -> list[Resource]:
    """In the order of the instrument; the id says of which assessment, and which of its results."""
    content = instruments.content_of(one.instrument)
    measured = [found for item in content.items if (found := _measurement(one, item.code))]
    return [
        made | {"id": f"{one.pk}.{number}", "derivedFrom": [*made["derivedFrom"], *measured]}
        for number, made in enumerate(observations(one, content), 1)
    ]


def _measurement(one: Any, item: str) -> Resource | None:
    """The Observation from which an answer was taken over: of the record, or of what a device told."""
    source = taken_over_by(one, item)
    if source is None:
        return None
    if source.device and source.code in BY_LOINC:
        at = round(source.at.timestamp() * 1_000_000)
        id = id_at(one.person_id, BY_LOINC[source.code].no, at)
        return {**reference("Observation", id), "display": source.by}
    return {**reference("Observation", source.id), "display": source.by} if source.id else None


def _assessment_of(text: str) -> UUID | None:
    assessment, point, number = text.partition(".")
    return own_id(assessment) if point and number else None


def _with_code(condition: Condition) -> Q:
    """The versions of instruments whose results have one of these codes; most codes are of none."""
    wanted = [one for one in condition.wanted if isinstance(one, WantedToken)]
    found = [
        pk
        for pk, digest in instruments.all_versions().order_by().values_list("pk", "digest")
        if any(
            one.system in (None, system) and one.code in (None, code)
            for system, code in _codes_of(pk, digest)
            for one in wanted
        )
    ]
    return Q(instrument_id__in=found)


def _codes_of(pk: UUID, digest: str) -> frozenset[Coding]:
    if digest not in _codes:
        content = instruments.content_of(instruments.version(pk))
        parts = [*content.subscores, *([content.total] if content.total else [])]
        own = system_of(content.code)
        names = [f"subscore/{one.code}" for one in content.subscores] + ["total", "level"]
        _codes[digest] = frozenset(
            {(own, name) for name in names} | {(LOINC, part.loinc) for part in parts if part.loinc}
        )
    return _codes[digest]


def _survey(condition: Condition) -> Q:
    asked = [one for one in condition.wanted if isinstance(one, WantedToken)]
    return Q() if any(one.code in (None, "survey") for one in asked) else Q(pk__in=[])


RESPONSES = Listing(
    Source(
        rows=open_records.open_signed,
        write=answers,
        person=lambda one: one.person_id,
        narrow={
            "patient": patient,
            "subject": patient,
            "authored": by_date("assessed_at"),
            "based-on": nothing,
            "encounter": nothing,
            "part-of": nothing,
        },
        times={"authored": "assessed_at"},
        changed=told_of_person(),
    )
)
NEVER = ("identifier", "based-on", "device", "encounter", "focus", "has-member", "part-of", "specimen")
RESULTS = Observations(
    Source(
        rows=open_records.open_signed,
        write=results,
        person=lambda one: one.person_id,
        narrow={
            "patient": patient,
            "subject": patient,
            "date": by_date("assessed_at"),
            "code": _with_code,
            "category": _survey,
            **dict.fromkeys(NEVER, nothing),
        },
        key=_assessment_of,
        times={"date": "assessed_at"},
        changed=told_of_person(),
    )
)
