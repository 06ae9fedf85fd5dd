"""Assessments and instruments as FHIR R4, and taking over what another system assessed."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import Field

from yiyang.access.permissions import Permission
from yiyang.assessments.queries import assessments, instruments, results
from yiyang.gateways.fhir import questionnaires
from yiyang.gateways.fhir.questionnaires.importing import import_response
from yiyang.gateways.fhir.taking_over import whose
from yiyang.kernel.api import Answer, Example, Id, Instant, Routes, Shown, Told, named
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.people import queries as people

routes = Routes("assessments")
AN_ID = "01890f5e-7c4a-7a31-8e2b-3f5b2f6c1e{:02d}"
RESPONSE: Example = {
    "resourceType": "QuestionnaireResponse", "identifier": {"system": "urn:hospital", "value": "A-17"},
    "questionnaire": "urn:yiyang:questionnaire:QSOFA", "status": "completed", "authored": "2026-05-01T08:30:00+08:00",
    "subject": {"identifier": {"system": "urn:oid:2.16.156.10011.1.3", "value": "31010619410302002X"}},
    "author": {"display": "Dr Li"},
    "item": [{"linkId": "QSOFA", "item": [
        {"linkId": "rr", "answer": [{"valueInteger": 24}]}, {"linkId": "sbp", "answer": [{"valueInteger": 95}]},
        {"linkId": "gcs", "answer": [{"valueInteger": 15}]},
    ]}],
}  # fmt: skip


class FhirFile(Shown):
    """A resource of FHIR R4 (4.0.1) as it stands, under `resource`."""

    example: ClassVar[Example] = {"resource": {"resourceType": "Bundle", "type": "collection", "entry": []}}

    resource: dict[str, Any]


class ImportAssessment(Told):
    example: ClassVar[Example] = {"response": RESPONSE, "person": AN_ID.format(2)}

    response: Annotated[dict[str, Any], Field(description="a QuestionnaireResponse of R4, completed")]
    person: Annotated[
        Id | None,
        Field(description="whose it is; without it, whom its `subject` names by a number known here"),
    ] = None


class AssessmentTakenOver(Shown):
    example: ClassVar[Example] = {
        "id": AN_ID.format(1), "person": AN_ID.format(2), "instrument": "QSOFA", "version": "1.0", "total": 2,
        "level": "HIGH", "level_title": "高风险", "assessed_at": "2026-05-01T00:30:00Z", "assessed_by": "Dr Li",
        "origin": "FHIR urn:hospital|A-17", "known_before": False,
    }  # fmt: skip

    id: Id
    person: Id
    instrument: str
    version: str
    total: float | None
    level: str
    level_title: str
    assessed_at: Instant
    assessed_by: str
    origin: str
    known_before: Annotated[bool, Field(description="it had come in before; nothing was added")]


@routes.get("/assessments/{assessment_id}/fhir", shows=FhirFile, permission=Permission.SEARCH_PERSONS)
def assessment_as_fhir(request: Any, assessment_id: Id) -> Answer:
    """A bundle: the QuestionnaireResponse, and Observations for sub-scores, total and level."""
    found = assessments.assessment(request.actor, assessment_id)
    if found.state == "DRAFT":
        raise NotFound
    made = questionnaires.bundle(found, instruments.content_of(found.instrument))
    return Answer(FhirFile(resource=made), persons=[found.person_id])


@routes.get("/instruments/{instrument_id}/fhir", shows=FhirFile)
def instrument_as_fhir(request: Any, instrument_id: Id) -> Answer:
    """The Questionnaire of one version. One of another system is put into use by POST /instruments."""
    found = instruments.version_for(request.actor, instrument_id)
    return Answer(
        FhirFile(resource=questionnaires.questionnaire(found.content, f"{found.code} {found.version}"))
    )


@routes.post(
    "/import-assessment", shows=AssessmentTakenOver, status=201, matches="", permission=Permission.ASSESS
)
def import_assessment(request: Any, body: ImportAssessment) -> Answer:
    """Take over an assessment of another system: whole or not at all, and the same one only once.

    It is scored here, counts as it was signed there, and meets what is due. Its questionnaire must be in use here.
    """
    at, person_id = now(), body.person
    person = named("person", lambda: people.person_in_full(request.actor, person_id)) if person_id else None
    told = whose(by=request.actor, at=at, response=body.response, person=person)
    made = import_response(by=request.actor, at=at, person=told.person, response=told.response)
    shows = AssessmentTakenOver(
        id=made.pk, person=made.person_id, instrument=made.code, version=made.instrument.version, total=made.total,
        level=made.level, level_title=results.level_of(made), assessed_at=made.assessed_at,
        assessed_by=made.signed_by, origin=made.origin, known_before=made.begun_at != at,
    )  # fmt: skip
    return Answer(shows, persons=[made.person_id], location=f"/api/assessments/{made.pk}")
