"""Alarms of devices as DetectedIssue: what it is, how grave, by which readings, who took it and what came of it.

R4 has no word for an alarm that waits: `preliminary` until somebody has closed it, `final` when it was real, `cancelled`
when it was false or a test.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Coalesce

from yiyang.devices.queries import open_records
from yiyang.devices.rules.alarms import Cause, Outcome, Severity
from yiyang.devices.rules.quantities import BY_NO
from yiyang.gateways.fhir.rest.shown.facts import FACTS
from yiyang.gateways.fhir.rest.shown.listing import (
    Listing,
    Resource,
    Source,
    by_date,
    by_reference,
    concept,
    moment,
    nothing,
    patient,
    reference,
    without_empty,
)
from yiyang.gateways.fhir.rest.shown.measured import EPOCH, id_at
from yiyang.gateways.fhir.rest.shown.measured import SHOWN as MEASURED
from yiyang.gateways.fhir.rest.shown.since import told, told_of_person
from yiyang.people.fact_words import words_of
from yiyang.records.r4.search import Condition
from yiyang.records.r4.search.query import WantedToken
from yiyang.records.stored import NOBODY

CAUSES = "urn:yiyang:alarm-cause"
SEVERITY = {Severity.EMERGENCY: "high", Severity.URGENT: "moderate", Severity.ROUTINE: "low"}
STATUS = {"": "preliminary", Outcome.TRUE: "final", Outcome.FALSE: "cancelled", Outcome.TEST: "cancelled"}
READINGS = 10


def issue(one: Any) -> Resource:
    return without_empty(
        {
            "resourceType": "DetectedIssue",
            "id": str(one.pk),
            "status": STATUS[one.outcome],
            "code": concept(CAUSES, one.cause, Cause(one.cause).label),
            "severity": SEVERITY[Severity(one.severity)],
            "patient": reference("Patient", one.person_id) if one.person_id else {},
            "identifiedDateTime": moment(one.event_at),
            "author": reference("Device", one.device_id, one.device) if one.device_id else {},
            "evidence": [{"detail": found}] if (found := _readings(one)) else [],
            "mitigation": _steps(one),
        }
    )


def _readings(one: Any) -> list[Resource]:
    """The newest readings that it was judged by; what happened (a fall) is no Observation."""
    if one.person_id is None:
        return []
    shown = {quantity.no for quantity in MEASURED}
    rows = [
        (datetime.fromisoformat(row[0]), int(code))
        for code, rows in one.evidence.get("readings", {}).items()
        if int(code) in BY_NO and int(code) in shown
        for row in rows[-READINGS:]
    ]
    named = {
        id_at(one.person_id, code, (at - EPOCH) // timedelta(microseconds=1)): None
        for at, code in sorted(rows, reverse=True)
    }
    return [reference("Observation", id) for id in list(named)[:READINGS]]


def _steps(one: Any) -> list[Resource]:
    told = [
        ("alarm.acknowledged", one.acknowledged_at, one.acknowledged_by, one.acknowledged_label, ""),
        ("alarm.person_seen", one.seen_at, one.seen_by, one.seen_label, ""),
        ("alarm.cleared", one.cleared_at, None, "", ""),
        ("alarm.closed", one.closed_at, one.closed_by, one.closed_label, one.done),
    ]
    return [
        without_empty(
            {
                "action": concept(FACTS, name, words_of(name)) | ({"text": done} if done else {}),
                "date": moment(at),
                "author": _who(by, label),
            }
        )
        for name, at, by, label, done in told
        if at is not None
    ]


def _who(account: Any, label: str) -> Resource:
    return reference("Practitioner", account, label) if account else {"display": label} if label else {}


def _cause(condition: Condition) -> Q:
    asked = [one for one in condition.wanted if isinstance(one, WantedToken)]
    if any(one.code is None for one in asked):
        return Q()
    return Q(cause__in=[one.code for one in asked])


SHOWN = Listing(
    Source(
        rows=open_records.open_alarms,
        write=issue,
        person=lambda one: one.person_id or NOBODY,
        narrow={
            "patient": patient,
            "code": _cause,
            "identified": by_date("event_at"),
            "author": by_reference("device_id", "Device"),
            "identifier": nothing,
            "implicated": nothing,
        },
        times={"identified": "event_at"},
        changed=Coalesce(told_of_person(), told()),
    )
)
