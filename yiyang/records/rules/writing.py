"""What staff enter, as FHIR R4 resources. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Any

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
ABSENT = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
NO_ALLERGIES = "no-known-allergies"
Resource = dict[str, Any]


def said(text: str, system: str = "", code: str = "", display: str = "") -> Resource:
    """A CodeableConcept: the words, and a code where one is known, with what its list calls it."""
    coding = {"system": system, "code": code, **({"display": display} if display else {})}
    return {**({"coding": [coding]} if code else {}), "text": text}


def condition(
    *, patient: str, at: datetime, by: str, text: str, system: str = "", code: str = "", display: str = "",
    onset: str = "", state: str = "active", sure: str = "confirmed", note: str = "",
) -> Resource:  # fmt: skip
    return {
        "resourceType": "Condition",
        "clinicalStatus": _coded("condition-clinical", state),
        "verificationStatus": _coded("condition-ver-status", sure),
        "code": said(text, system, code, display),
        "subject": {"reference": patient},
        **({"onsetDateTime": onset} if onset else {}),
        "recordedDate": _written(at),
        "recorder": {"display": by},
        **_note(note, at, by),
    }


def allergy(
    *, patient: str, at: datetime, by: str, text: str, system: str = "", code: str = "", display: str = "",
    category: str = "", criticality: str = "", reaction: str = "", onset: str = "", none_known: bool = False, note: str = "",
) -> Resource:  # fmt: skip
    """An allergy; or, when none is known, that this was asked and nothing was found."""
    return {
        "resourceType": "AllergyIntolerance",
        "clinicalStatus": _coded("allergyintolerance-clinical", "active"),
        "verificationStatus": _coded("allergyintolerance-verification", "confirmed"),
        **({"category": [category]} if category else {}),
        **({"criticality": criticality} if criticality else {}),
        "code": said(text, ABSENT, NO_ALLERGIES) if none_known else said(text, system, code, display),
        "patient": {"reference": patient},
        **({"onsetDateTime": onset} if onset else {}),
        "recordedDate": _written(at),
        "recorder": {"display": by},
        **_note(note, at, by),
        **({"reaction": [{"manifestation": [{"text": reaction}]}]} if reaction else {}),
    }


def medicine(
    *, patient: str, at: datetime, by: str, text: str, system: str = "", code: str = "", display: str = "",
    dose: str = "", since: str = "", note: str = "",
) -> Resource:  # fmt: skip
    return {
        "resourceType": "MedicationStatement",
        "status": "active",
        "medicationCodeableConcept": said(text, system, code, display),
        "subject": {"reference": patient},
        **({"effectivePeriod": {"start": since}} if since else {}),
        "dateAsserted": _written(at),
        "informationSource": {"display": by},
        **_note(note, at, by),
        **({"dosage": [{"text": dose}]} if dose else {}),
    }


def note(*, patient: str, at: datetime, by: str, title: str, text: str) -> Resource:
    data = base64.b64encode(text.encode()).decode()
    return {
        "resourceType": "DocumentReference",
        "status": "current",
        "type": said(title),
        "subject": {"reference": patient},
        "date": _written(at),
        "author": [{"display": by}],
        "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": data}}],
    }


# What can be said to be entered in error here, and whether it can hold notes.
STRIKES = {
    "Condition": "condition-ver-status",
    "AllergyIntolerance": "allergyintolerance-verification",
    "MedicationStatement": "",
    "Observation": "",
    "Procedure": "",
    "Immunization": "",
    "DocumentReference": "",
}


def struck(resource: Mapping[str, Any], *, at: datetime, by: str, reason: str) -> Resource:
    """The same, entered in error, with the reason as a note (of a document, as its description)."""
    changed = dict(resource)
    system = STRIKES[changed["resourceType"]]
    if system:
        changed.pop("clinicalStatus", None)
        changed["verificationStatus"] = _coded(system, "entered-in-error")
    else:
        changed["status"] = "entered-in-error"
    if changed["resourceType"] == "DocumentReference":
        changed["description"] = " · ".join(one for one in (changed.get("description"), reason) if one)
    else:
        changed["note"] = [*changed.get("note", []), *_note(reason, at, by)["note"]]
    return changed


def _coded(system: str, code: str) -> Resource:
    return {"coding": [{"system": f"{TERMINOLOGY}/{system}", "code": code}]}


def _note(text: str, at: datetime, by: str) -> Resource:
    return {"note": [{"authorString": by, "time": _written(at), "text": text}]} if text else {}


def _written(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
