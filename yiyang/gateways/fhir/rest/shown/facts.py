"""What happened and who looked, as AuditEvents: the trail of facts and the log of readings.

Who audits sees what the pages of the audit show. Staff see what concerns persons whose whole record is open to them,
asked for by the person; of a reading that showed several persons, only these. What a fact says in detail stays on
the pages.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import F, Q

from yiyang.access import queries as access
from yiyang.access.permissions import Permission
from yiyang.access.roles import ROLES, Scope
from yiyang.gateways.fhir.rest.shown.listing import (
    Listing,
    Narrower,
    Resource,
    Source,
    by_date,
    concept,
    moment,
    nothing,
    patient,
    reference,
    targets,
    without_empty,
)
from yiyang.kernel.actors import Actor
from yiyang.people import queries as people
from yiyang.people.fact_words import words_of
from yiyang.records.queries.resources import readable
from yiyang.records.r4.definitions import is_resource
from yiyang.records.r4.search import Condition

DICOM = "http://dicom.nema.org/resources/ontology/DCM"
RECORD = {"system": DICOM, "code": "110110", "display": "Patient Record"}
ACTIVITY = {"system": DICOM, "code": "110100", "display": "Application Activity"}
KINDS = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
ROLE = {"system": "http://terminology.hl7.org/CodeSystem/object-role", "code": "1", "display": "Patient"}
FACTS = "urn:yiyang:fact"
SCREENS = "urn:yiyang:screen"
ACTIONS = {"resource.created": "C", "resource.updated": "U", "resource.deleted": "D"}
# As what the objects of facts are shown.
SUBJECTS = {
    "Organisation": "Organization", "Account": "Practitioner", "Membership": "PractitionerRole", "Bed": "Location",
    "Contract": "Contract", "Episode": "EpisodeOfCare", "Occupancy": "Encounter", "Transfer": "Task",
    "WaitingEntry": "ServiceRequest", "Consent": "Consent", "Assessment": "QuestionnaireResponse",
    "Instrument": "Questionnaire", "Device": "Device", "Loan": "DeviceUseStatement", "Alarm": "DetectedIssue",
}  # fmt: skip


def happened(fact: Any) -> Resource:
    person = getattr(fact, "person_id", None)
    entities = [person_entity(person)] if person else []
    if what := subject_of(fact):
        entities.append({"what": {"reference": what}})
    elif fact.subject_id:
        entities.append(
            {"what": {"identifier": {"value": str(fact.subject_id)}}, "name": fact.subject_kind or "?"}
        )
    name = {"system": FACTS, "code": fact.name, "display": str(words_of(fact.name))}
    return _event(
        fact, id_of(fact), RECORD if person else ACTIVITY, ACTIONS.get(fact.name, "E"), name, entities
    )


def looked(reading: Any) -> Resource:
    what = {"system": SCREENS, "code": reading.subject_kind}
    entities = [person_entity(one) for one in reading.told_of]
    return _event(reading, str(reading.pk), RECORD, "R", what, entities)


def person_entity(person_id: UUID) -> Resource:
    return {
        "what": reference("Patient", person_id),
        "type": {"system": KINDS, "code": "1", "display": "Person"},
        "role": ROLE,
    }


def _event(
    fact: Any, id: str, kind: Resource, action: str, what: Resource, entities: list[Resource]
) -> Resource:
    return without_empty(
        {
            "resourceType": "AuditEvent",
            "id": id,
            "type": kind,
            "subtype": [what],
            "action": action,
            "period": {"start": moment(fact.at)},
            "recorded": moment(fact.recorded_at),
            "outcome": "0",
            "agent": [agent(fact) | {"requestor": True}],
            "source": {"observer": {"display": "Yiyang"}},
            "entity": entities,
        }
    )


def agent(fact: Any) -> Resource:
    """Who did it, in which role, for which unit."""
    role = ROLES.get(fact.by_role)
    told = concept("urn:yiyang:role", fact.by_role, role.name if role else "") if fact.by_role else {}
    return without_empty({"role": [told] if told else [], "who": who(fact)})


def who(fact: Any) -> Resource:
    shown = {"display": fact.by_label} if fact.by_label.strip() else {}
    if fact.by_account is None:
        return {"type": "Device", **shown} if fact.by_role == "SYSTEM" else shown or {"display": "?"}
    role = ROLES.get(fact.by_role)
    if role is not None and role.scope is Scope.SELF:
        account = {"system": "urn:yiyang:account", "value": str(fact.by_account)}
        return {"type": "RelatedPerson", "identifier": account, **shown}
    return {"type": "Practitioner", **reference("Practitioner", fact.by_account), **shown}


def id_of(fact: Any) -> str:
    """A fact about a person is found by the person: both ids in one, as long as an id may be."""
    person = getattr(fact, "person_id", None)
    return f"{person.hex}{fact.id.hex}" if person else str(fact.id)


def key_of(text: str) -> tuple[UUID, UUID] | None:
    if len(text) != 64 or (not text.islower() and not text.isdigit()):
        return None
    try:
        return UUID(text[:32]), UUID(text[32:])
    except ValueError:
        return None


def resource_of(fact: Any) -> tuple[str, str] | None:
    """The stored resource of which a fact tells."""
    of, id = fact.data.get("type"), fact.data.get("resource")
    named = fact.name.startswith("resource.") and isinstance(of, str) and isinstance(id, str)
    return (of, id) if named and is_resource(of) else None


def subject_of(fact: Any) -> str:
    if stored := resource_of(fact):
        return "/".join((*stored, "_history", str(fact.data.get("version", 1))))
    of = SUBJECTS.get(fact.subject_kind)
    return f"{of}/{fact.subject_id}" if of and fact.subject_id else ""


def not_hidden(actor: Actor, facts: list[Any]) -> list[Any]:
    """Without those that tell of a stored resource which the actor may not read; who audits reads none of them."""
    if actor.sees_all or actor.may(Permission.READ_AUDIT):
        return facts
    named = {fact.pk: stored for fact in facts if (stored := resource_of(fact))}
    known = readable(actor, named.values())
    return [fact for fact in facts if fact.pk not in named or named[fact.pk] in known]


def _shown_of(actor: Actor, readings: list[Any]) -> list[Any]:
    """Each reading with those of its persons who may be named to the actor; none without any."""
    whole = actor.sees_all or actor.may(Permission.READ_ACCESS_LOG)
    named = {one for reading in readings for one in reading.persons}
    known = named if whole else people.open_ids(actor, named)
    for reading in readings:
        reading.told_of = [one for one in reading.persons if one in known]
    return [one for one in readings if one.told_of]


def _audits(actor: Actor) -> bool:
    return actor.may(Permission.READ_AUDIT) or actor.may(Permission.READ_ACCESS_LOG)


def names_person(actor: Actor) -> bool:
    return not actor.sees_all and not _audits(actor)


def _of_readers(condition: Condition) -> Q:
    return Q(persons__overlap=people.every_id(targets(condition, "Patient")))


def _entity(of_person: Narrower) -> Narrower:
    """By a Patient among what was touched; by anything else what is shown decides."""

    def narrow(condition: Condition) -> Q | None:
        wanted = [to for one in condition.wanted for to in getattr(one, "targets", ("",))]
        return of_person(condition) if all(to.startswith("Patient/") for to in wanted) else None

    return narrow


SHOWN = Listing(
    Source(
        rows=people.open_facts,
        write=happened,
        person=lambda fact: fact.person_id,
        narrow={
            "patient": patient,
            "entity": _entity(patient),
            "date": by_date("recorded_at"),
            "address": nothing,
        },
        key=key_of,
        order=("person_id", "id"),
        times={"date": "recorded_at"},
        changed=F("recorded_at"),
        touched=None,
        open=not_hidden,
        needs_person=names_person,
    ),
    Source(
        rows=people.open_readings,
        write=looked,
        person=lambda reading: reading.told_of[0],
        narrow={
            "patient": _of_readers,
            "entity": _entity(_of_readers),
            "date": by_date("recorded_at"),
            "address": nothing,
        },
        times={"date": "recorded_at"},
        changed=F("recorded_at"),
        touched=None,
        open=_shown_of,
        needs_person=names_person,
    ),
    Source(
        rows=access.plain_facts,
        write=happened,
        narrow={"patient": nothing, "date": by_date("recorded_at"), "address": nothing},
        times={"date": "recorded_at"},
        changed=F("recorded_at"),
        touched=None,
    ),
    opens=_audits,
)
