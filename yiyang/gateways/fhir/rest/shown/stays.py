"""Episodes as EpisodeOfCare and as the Encounter of the whole stay; each state of a bed as an Encounter within it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Greatest

from yiyang.access.bed_kinds import BedKind
from yiyang.beds import queries as beds
from yiyang.gateways.fhir.rest.shown.listing import (
    Listing,
    Resource,
    Source,
    by_reference,
    concept,
    nothing,
    patient,
    period,
    reference,
    subjects,
    targets,
    without_empty,
)
from yiyang.gateways.fhir.rest.shown.since import told_of_person
from yiyang.records.queries.outside import Fact

ACTS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
KINDS = "urn:yiyang:bed-kind"
STATES = "urn:yiyang:occupancy-state"
CLASSES = {
    "IMP": "inpatient encounter",
    "NONAC": "inpatient non-acute",
    "HH": "home health",
    "EMER": "emergency",
}
BY_KIND = {"HOME_CARE": "HH", "INSTITUTION": "NONAC", "HOME_MEDICAL": "HH", "HOSPITAL": "IMP"}
BY_PLACE = {"EMERGENCY_ROOM": "EMER", "OUTSIDE_HOSPITAL": "IMP"}
OPEN = {"RESERVED": "planned", "PRESENT": "in-progress", "HELD": "onleave"}
OVER = {"RESERVED": "cancelled", "RELEASED": "cancelled", "VOID": "entered-in-error"}
IN_BED = {"planned": "reserved", "in-progress": "active", "onleave": "reserved", "finished": "completed"}


def episode(one: Any) -> Resource:
    status = "finished" if one.closed_at else "onhold" if one.suspended_at else "active"
    return without_empty(
        {
            "resourceType": "EpisodeOfCare",
            "id": str(one.pk),
            "status": status,
            "type": [concept(KINDS, one.kind, BedKind(one.kind).label)],
            "patient": reference("Patient", one.person_id),
            "managingOrganization": reference("Organization", one.unit_id, one.unit.name),
            "period": period(one.opened_at, one.closed_at),
            "careManager": {"display": one.responsible} if one.responsible else {},
        }
    )


def whole_stay(one: Any) -> Resource:
    reasons = [text for text in (one.open_reason,) if text]
    return without_empty(
        {
            "resourceType": "Encounter",
            "id": str(one.pk),
            "status": "finished" if one.closed_at else "in-progress",
            "class": _class(_class_of(one.kind, one.lane)),
            "type": [concept(KINDS, one.kind, BedKind(one.kind).label)],
            "subject": reference("Patient", one.person_id),
            "episodeOfCare": [reference("EpisodeOfCare", one.pk)],
            "period": period(one.opened_at, one.closed_at),
            "reasonCode": [{"text": text} for text in reasons],
            "hospitalization": _closing(one),
            "serviceProvider": reference("Organization", one.unit_id, one.unit.name),
        }
    )


def _closing(one: Any) -> Resource:
    if not one.close_reason:
        return {}
    label = one.get_close_reason_display()
    return {"dischargeDisposition": concept("urn:yiyang:close-reason", one.close_reason, label)}


def in_bed(row: Any) -> Resource:
    """One state of one bed, or a stay in none of ours; part of the Encounter of its episode."""
    status = OVER[row.state] if row.state in ("RELEASED", "VOID") else _status(row)
    when = row.claim if row.state in ("RESERVED", "RELEASED") else row.period
    lasted = period(when.lower, when.upper) if not when.isempty else {}
    code = _class_of(row.bed.kind, row.bed.lane) if row.bed else BY_PLACE.get(row.reason, "NONAC")
    return without_empty(
        {
            "resourceType": "Encounter",
            "id": str(row.pk),
            "status": status,
            "class": _class(code),
            "type": [concept(STATES, row.state, row.get_state_display())],
            "subject": reference("Patient", row.person_id),
            "episodeOfCare": [reference("EpisodeOfCare", row.episode_id)] if row.episode_id else [],
            "basedOn": [reference("ServiceRequest", row.transfer_id)] if row.transfer_id else [],
            "period": lasted,
            "location": _location(row, status, lasted),
            "serviceProvider": reference("Organization", row.unit_id, row.unit.name) if row.unit else {},
            "partOf": reference("Encounter", row.episode_id) if row.episode_id else {},
        }
    )


def _status(row: Any) -> str:
    over = row.period.isempty or row.period.upper is not None
    return OVER.get(row.state, "finished") if over else OPEN[row.state]


def _location(row: Any, status: str, lasted: Resource) -> list[Resource]:
    place = reference("Location", row.bed_id, row.bed.label) if row.bed else {}
    if not place:
        place = {"display": row.place_name} if row.place_name else {}
    if not place:
        return []
    return [without_empty({"location": place, "status": IN_BED.get(status, ""), "period": lasted})]


def _class_of(kind: str, lane: str) -> str:
    return BY_KIND.get(kind) or ("HH" if lane == "OVERLAY" else "IMP")


def _class(code: str) -> Resource:
    return {"system": ACTS, "code": code, "display": CLASSES[code]}


def occupied(facts: Sequence[Fact]) -> Q:
    """Rows of these stays and transfers, and what else began or ended with their persons in that moment."""
    told = [
        one for one in facts if one["person_id"] and one["subject_kind"] in ("Episode", "Transfer", "Person")
    ]
    named = subjects(told)
    found = Q(pk__in=subjects(facts)) | Q(episode_id__in=named) | Q(transfer_id__in=named)
    if told:
        since = min(one["at"] for one in told)
        moved = Q(period__startswith__gte=since) | Q(period__endswith__gte=since)
        found |= Q(person_id__in={one["person_id"] for one in told}) & moved
    return found


def _same_id(condition: Any) -> Q:
    return Q(pk__in=targets(condition, "EpisodeOfCare"))


EPISODES = Listing(
    Source(
        rows=beds.open_episodes,
        write=episode,
        person=lambda one: one.person_id,
        narrow={
            "patient": patient,
            "organization": by_reference("unit_id", "Organization"),
            "identifier": nothing,
        },
        times={"date": "opened_at"},
        changed=told_of_person(),
    )
)
ENCOUNTERS = Listing(
    Source(
        rows=beds.open_episodes,
        write=whole_stay,
        person=lambda one: one.person_id,
        narrow={
            "patient": patient,
            "subject": patient,
            "identifier": nothing,
            "episode-of-care": _same_id,
            "service-provider": by_reference("unit_id", "Organization"),
            "part-of": nothing,
            "location": nothing,
            "based-on": nothing,
        },
        times={"date": "opened_at"},
        changed=told_of_person(),
    ),
    Source(
        rows=beds.open_rows,
        write=in_bed,
        person=lambda row: row.person_id,
        narrow={
            "patient": patient,
            "subject": patient,
            "identifier": nothing,
            "episode-of-care": by_reference("episode_id", "EpisodeOfCare"),
            "service-provider": by_reference("unit_id", "Organization"),
            "part-of": by_reference("episode_id", "Encounter"),
            "location": by_reference("bed_id", "Location"),
            "based-on": by_reference("transfer_id", "ServiceRequest"),
        },
        times={"date": "claim__startswith"},
        changed=Greatest(F("recorded_at"), told_of_person(), told_of_person("episode_id")),
        touched=occupied,
    ),
)
