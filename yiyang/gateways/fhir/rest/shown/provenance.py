"""Who wrote what: each version of a stored resource, each step of a transfer, each signature under an assessment."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q

from yiyang.gateways.fhir.rest.shown.facts import (
    id_of,
    key_of,
    names_person,
    not_hidden,
    resource_of,
    subject_of,
    who,
)
from yiyang.gateways.fhir.rest.shown.listing import (
    Listing,
    Resource,
    Source,
    by_date,
    concept,
    moment,
    nothing,
    patient,
    reference,
    without_empty,
)
from yiyang.kernel.actors import Actor
from yiyang.people import queries as people
from yiyang.people.fact_words import words_of
from yiyang.records.queries.addresses import persons_of
from yiyang.records.r4.definitions import is_resource
from yiyang.records.r4.search import Condition
from yiyang.records.r4.search.query import WantedReference
from yiyang.records.stored import NOBODY

FACTS = "urn:yiyang:fact"
OPERATIONS = "http://terminology.hl7.org/CodeSystem/v3-DataOperation"
DONE = {
    "resource.created": ("CREATE", "create"),
    "resource.updated": ("UPDATE", "revise"),
    "resource.deleted": ("DELETE", "delete"),
}
SIGNED = ("assessment.signed", "assessment.first_signed", "assessment.voided", "assessment.imported")
TOLD = Q(name__in=[*DONE, *SIGNED]) | Q(subject_kind="Transfer")
BY_SUBJECT = {"Task": "Transfer", "ServiceRequest": "Transfer", "QuestionnaireResponse": "Assessment"}


def provenance(fact: Any) -> Resource:
    activity = concept(FACTS, fact.name, words_of(fact.name))
    if fact.name in DONE:
        code, display = DONE[fact.name]
        activity = concept(OPERATIONS, code, display)
    unit = reference("Organization", fact.by_organisation) if fact.by_organisation else {}
    return without_empty(
        {
            "resourceType": "Provenance",
            "id": id_of(fact),
            "target": [{"reference": subject_of(fact)}],
            "occurredDateTime": moment(fact.at),
            "recorded": moment(fact.recorded_at),
            "activity": activity,
            "agent": [{"who": who(fact)} | ({"onBehalfOf": unit} if unit else {})],
        }
    )


def _of_target(condition: Condition) -> Q:
    """By what was written: a stored resource by whose it is, a transfer or an assessment by its own id."""
    found = Q(pk__in=[])
    wanted = [to for one in condition.wanted if isinstance(one, WantedReference) for to in one.targets]
    keys = [tuple(to.split("/")[:2]) for to in wanted]
    named = [(of, id) for of, id in (one for one in keys if len(one) == 2) if is_resource(of)]
    for (of, id), person_id in persons_of(named):
        if person_id != NOBODY:
            found |= Q(person_id=person_id, data__type=of, data__resource=id)
    for of, id in named:
        if of in BY_SUBJECT and (subject := people.id_from(id)) is not None:
            found |= Q(subject_id=subject, subject_kind=BY_SUBJECT[of])
    return found


def _rows(actor: Actor) -> Any:
    return people.open_facts(actor).filter(TOLD)


def _fitting(actor: Actor, facts: list[Any]) -> list[Any]:
    told = [one for one in facts if resource_of(one) or one.subject_id]
    return not_hidden(actor, told)


SHOWN = Listing(
    Source(
        rows=_rows,
        write=provenance,
        person=lambda fact: fact.person_id,
        narrow={
            "patient": patient,
            "target": _of_target,
            "recorded": by_date("recorded_at"),
            "entity": nothing,
            "location": nothing,
        },
        key=key_of,
        order=("person_id", "id"),
        times={"recorded": "recorded_at", "when": "at"},
        changed=F("recorded_at"),
        touched=None,
        open=_fitting,
        needs_person=names_person,
    )
)
