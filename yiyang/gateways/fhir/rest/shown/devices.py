"""Devices as Device, loans as DeviceUseStatement; keys and their digests are nowhere in them.

Who sees what is measured of a person sees by which device; with whom a device is now stands in it for them alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Greatest

from yiyang.devices.queries import open_records
from yiyang.devices.queries.open_records import held_by_any
from yiyang.devices.rules import udi
from yiyang.gateways.fhir.rest.shown.listing import (
    Listing,
    Resource,
    Source,
    by_reference,
    concept,
    moment,
    nothing,
    patient,
    period,
    reference,
    subjects,
    targets,
    without_empty,
)
from yiyang.gateways.fhir.rest.shown.since import told, told_of_person
from yiyang.kernel.actors import Actor
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.records.queries.outside import Fact
from yiyang.records.r4.search import Condition
from yiyang.records.r4.search.query import WantedToken
from yiyang.records.stored import NOBODY

KINDS = "urn:yiyang:device-kind"
URI = "urn:ietf:rfc:3986"
IDENTIFIER_TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
REASONS = "http://terminology.hl7.org/CodeSystem/device-status-reason"
MDC = "urn:iso:std:iso:11073:10101"
BATTERY, FIRMWARE = ("67996", "MDC_ATTR_VAL_BATT_CHARGE"), ("531976", "MDC_ID_PROD_SPEC_FW")


def device(one: Any) -> Resource:
    names = [{"name": str(one.get_kind_display()), "type": "user-friendly-name"}]
    names += [{"name": one.model, "type": "model-name"}] if one.model else []
    firmware = {"type": concept(MDC, *FIRMWARE), "value": one.firmware}
    battery = {"value": one.battery, "unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}
    whom: UUID | None = getattr(one, "whom", None)
    return without_empty(
        {
            "resourceType": "Device",
            "id": str(one.pk),
            "identifier": [
                {"system": URI if one.urn.startswith("urn:") else "urn:yiyang:device", "value": one.urn},
                {"type": concept(IDENTIFIER_TYPES, "SNO", "Serial Number"), "value": one.serial},
            ],
            "udiCarrier": _udi(one.udi),
            "status": "inactive" if one.state == "RETIRED" else "active",
            "statusReason": _reason(one),
            "serialNumber": one.serial,
            "deviceName": names,
            "modelNumber": one.model,
            "type": concept(KINDS, one.kind, one.get_kind_display()),
            "version": [firmware] if one.firmware else [],
            "property": [{"type": concept(MDC, *BATTERY), "valueQuantity": [battery]}]
            if one.battery is not None
            else [],
            "patient": reference("Patient", whom) if whom else {},
            "owner": reference("Organization", one.unit_id, one.unit.name),
        }
    )


def _udi(text: str) -> list[Resource]:
    if not text:
        return []
    return [{"deviceIdentifier": udi.read(text).device, "issuer": udi.ISSUER, "carrierHRF": text}]


def _reason(one: Any) -> list[Resource]:
    """Whether it is heard from; of a device that is with nobody nothing is expected."""
    if one.state == "RETIRED":
        return []
    if one.state == "MAINTENANCE" or (one.quiet_until and one.quiet_until > now()):
        return [concept(REASONS, "not-ready", "Not Ready")]
    if getattr(one, "lent_since", None) is None:
        return []
    silent = getattr(one, "is_silent", False)
    return [concept(REASONS, "offline", "Offline") if silent else concept(REASONS, "online", "Online")]


def use(loan: Any) -> Resource:
    ended = loan.returned_at is not None or (loan.period.upper is not None and loan.period.upper <= now())
    return {
        "resourceType": "DeviceUseStatement",
        "id": str(loan.pk),
        "status": "completed" if ended else "active",
        "subject": reference("Patient", loan.person_id),
        "timingPeriod": period(loan.period.lower, loan.period.upper),
        "recordedOn": moment(loan.recorded_at),
        "device": reference("Device", loan.device_id, loan.device),
    }


def _with_wearers(actor: Actor, rows: list[Any]) -> list[Any]:
    held = open_records.wearers(actor, rows)
    for one in rows:
        one.whom = held.get(one.pk)
    return rows


def _worn_by(condition: Condition) -> Q:
    held = held_by_any(people.every_id(targets(condition, "Patient")))
    return Q(pk__in=held.values("device"))


def _codes(condition: Condition) -> list[str]:
    return [one.code for one in condition.wanted if isinstance(one, WantedToken) and one.code]


def _identified(condition: Condition) -> Q:
    return Q(urn__in=_codes(condition)) | Q(serial__in=_codes(condition))


def _of_kind(condition: Condition) -> Q | None:
    named = all(isinstance(one, WantedToken) and one.code for one in condition.wanted)
    return Q(kind__in=_codes(condition)) if named else None


def _with_udi(_condition: Condition) -> Q:
    return ~Q(udi="")


def _touched(facts: Sequence[Fact]) -> Q:
    return Q(pk__in=open_records.told_of(subjects(facts)))


DEVICES = Listing(
    Source(
        rows=open_records.open_devices,
        write=device,
        person=lambda one: getattr(one, "whom", None) or NOBODY,
        narrow={
            "patient": _worn_by,
            "identifier": _identified,
            "organization": by_reference("unit_id", "Organization"),
            "type": _of_kind,
            **dict.fromkeys(("udi-carrier", "udi-di"), _with_udi),
            **dict.fromkeys(("location", "manufacturer", "url"), nothing),
        },
        changed=Greatest(
            told(), open_records.lent_last("recorded_at"), open_records.lent_last("returned_at")
        ),
        open=_with_wearers,
        touched=_touched,
    )
)
USES = Listing(
    Source(
        rows=open_records.open_loans,
        write=use,
        person=lambda one: one.person_id,
        narrow={
            "patient": patient,
            "subject": patient,
            "device": by_reference("device_id", "Device"),
            "identifier": nothing,
        },
        changed=told_of_person(),
    )
)
