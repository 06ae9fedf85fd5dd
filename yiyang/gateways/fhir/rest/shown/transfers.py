"""A transfer as what is asked for (ServiceRequest) and as the work on it (Task), with every state it went through."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from yiyang.access.bed_kinds import BedKind
from yiyang.beds import queries as beds
from yiyang.gateways.fhir.rest.shown.listing import (
    Listing,
    Resource,
    Source,
    by_date,
    concept,
    moment,
    nothing,
    patient,
    period,
    reference,
    targets,
    without_empty,
)
from yiyang.gateways.fhir.rest.shown.since import told_of_person
from yiyang.gateways.fhir.rest.shown.waiting import WAITING
from yiyang.people.rules.kinds_of_data import KindOfData

KINDS = "urn:yiyang:bed-kind"
TRIGGERS = "urn:yiyang:transfer-trigger"
STATES = "urn:yiyang:transfer-state"
PRIORITIES = {"ROUTINE": "routine", "URGENT": "urgent", "EMERGENCY": "stat"}
TASKS = {
    "REQUESTED": "requested", "EVALUATED": "received", "AGREED": "received", "OFFERED": "received",
    "ACCEPTED": "accepted", "ALLOCATED": "ready", "HANDED_OVER": "in-progress", "DEPARTED": "in-progress",
    "IN_EMERGENCY_ROOM": "in-progress", "COMPLETED": "completed", "SENT_BACK": "failed", "NOT_INDICATED": "rejected",
    "REFUSED": "rejected", "CANCELLED": "cancelled", "WITHDRAWN": "cancelled", "EXPIRED": "failed",
    "FAILED": "failed", "DIED": "cancelled",
}  # fmt: skip


def service_request(one: Any) -> Resource:
    receiver = one.to_unit or one.chosen_unit
    return _common(one) | without_empty(
        {
            "resourceType": "ServiceRequest",
            "status": _status(one),
            "code": concept(KINDS, one.target_kind, BedKind(one.target_kind).label),
            "subject": reference("Patient", one.person_id),
            "occurrencePeriod": period(one.wanted_from, one.expected_until),
            "performer": _units(receiver) or _named(one.destination_outside),
            "reasonCode": [concept(TRIGGERS, one.trigger, one.get_trigger_display()) | _text(one.reason)],
        }
    )


def task(one: Any) -> Resource:
    """R4 has no status history in a Task: each step is an output (state, time) and a note (who, why)."""
    steps = list(one.steps.all())
    labels = dict(one._meta.get_field("state").flatchoices)
    limit = {"period": {"end": moment(one.act_by)}} if one.act_by and one.live else {}
    return _common(one) | without_empty(
        {
            "resourceType": "Task",
            "status": "on-hold" if one.suspended_at and one.live else TASKS[one.state],
            "businessStatus": concept(STATES, one.state, one.get_state_display()),
            "code": concept("http://hl7.org/fhir/CodeSystem/task-code", "fulfill"),
            "focus": reference("ServiceRequest", one.pk),
            "for": reference("Patient", one.person_id),
            "executionPeriod": period(one.requested_at, one.ended_at),
            "lastModified": moment(max(one.state_since, one.requested_at)),
            "owner": next(iter(_units(one.coordinator or one.from_unit)), {}),
            "restriction": limit,
            "note": [_note(step, labels) for step in steps],
            "output": [_output(step, labels) for step in steps],
        }
    )


def _common(one: Any) -> Resource:
    return without_empty(
        {
            "id": str(one.pk),
            "intent": "order",
            "priority": PRIORITIES[one.urgency],
            "authoredOn": moment(one.requested_at),
            "requester": {"display": one.requested_by} if one.requested_by else {},
        }
    )


def _status(one: Any) -> str:
    if one.live:
        return "on-hold" if one.suspended_at else "active"
    return "completed" if one.state == "COMPLETED" else "revoked"


def _units(unit: Any) -> list[Resource]:
    return [reference("Organization", unit.pk, unit.name)] if unit else []


def _named(outside: str) -> list[Resource]:
    return [{"display": outside}] if outside else []


def _text(reason: str) -> Resource:
    return {"text": reason} if reason.strip() else {}


def _note(step: Any, labels: dict[str, Any]) -> Resource:
    state = str(labels.get(step.to_state, step.to_state))
    text = f"{state}: {step.reason}" if step.reason.strip() else state
    return without_empty({"authorString": step.by_label, "time": moment(step.at), "text": text})


def _output(step: Any, labels: dict[str, Any]) -> Resource:
    state = concept(STATES, step.to_state, labels.get(step.to_state, ""))
    return {"type": state, "valueDateTime": moment(step.at)}


def _focused(condition: Any) -> Q:
    return Q(pk__in=targets(condition, "ServiceRequest"))


REQUESTS = Listing(
    Source(
        rows=lambda actor: beds.open_transfers(actor, str(KindOfData.PLANS)),
        write=service_request,
        person=lambda one: one.person_id,
        narrow={
            "patient": patient,
            "subject": patient,
            "identifier": nothing,
            "authored": by_date("requested_at"),
            "based-on": nothing,
        },
        times={"authored": "requested_at", "occurrence": "wanted_from"},
        changed=told_of_person(),
    ),
    WAITING,
)
TASKS_SHOWN = Listing(
    Source(
        rows=beds.open_transfers,
        write=task,
        person=lambda one: one.person_id,
        narrow={
            "patient": patient,
            "subject": patient,
            "focus": _focused,
            "identifier": nothing,
            "authored-on": by_date("requested_at"),
        },
        times={"authored-on": "requested_at", "modified": "state_since", "period": "requested_at"},
        changed=told_of_person(),
    )
)
