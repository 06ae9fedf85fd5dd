"""Who waits for which kind of bed: as what is proposed for a person, not yet ordered (ServiceRequest, `proposal`)."""

from __future__ import annotations

from typing import Any

from yiyang.access.bed_kinds import BedKind
from yiyang.beds import queries as beds
from yiyang.gateways.fhir.rest.shown.listing import (
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
from yiyang.gateways.fhir.rest.shown.since import told_of_person

LISTS = "urn:yiyang:waiting-list"
KINDS = "urn:yiyang:bed-kind"
CHANNELS = "urn:yiyang:waiting-channel"
STATES = "urn:yiyang:waiting-state"
STATUSES = {"WAITING": "active", "OFFERED": "active", "PLACED": "completed"}


def waiting(one: Any) -> Resource:
    wanted, asks = one.wanted_unit, one.requested_unit
    return without_empty(
        {
            "resourceType": "ServiceRequest",
            "id": str(one.pk),
            "basedOn": [reference("ServiceRequest", one.transfer_id)] if one.transfer_id else [],
            "status": STATUSES.get(one.state, "revoked"),
            "intent": "proposal",
            "category": [concept(LISTS, one.state, one.get_state_display())],
            "code": concept(KINDS, one.kind, BedKind(one.kind).label),
            "orderDetail": [concept(CHANNELS, one.channel, one.get_channel_display())],
            "subject": reference("Patient", one.person_id),
            "authoredOn": moment(one.joined_at),
            "requester": reference("Organization", asks.pk, asks.name) if asks else {},
            "performer": [reference("Organization", wanted.pk, wanted.name)] if wanted else [],
            "locationReference": [reference("Location", one.offered_bed_id)] if one.offered_bed_id else [],
            "note": [{"text": one.end_reason}] if one.end_reason.strip() else [],
        }
    )


WAITING = Source(
    rows=beds.open_waiting,
    write=waiting,
    person=lambda one: one.person_id,
    narrow={
        "patient": patient,
        "subject": patient,
        "identifier": nothing,
        "authored": by_date("joined_at"),
        "based-on": by_reference("transfer_id", "ServiceRequest"),
        "occurrence": nothing,
    },
    times={"authored": "joined_at"},
    changed=told_of_person(),
)
