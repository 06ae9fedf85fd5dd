"""What staff enter, as FHIR R4 resources. Pure."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
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


RECOGNITION = "urn:yiyang:codes:recognition"
Reasons = Sequence[tuple[str, str]]


def test_order(
    *, patient: str, at: datetime, by: str, text: str, system: str, code: str, reason: str, display: str = "",
    circumstances: Reasons = (), declined: tuple[str, str] | None = None, declined_because: Reasons = (),
    declined_words: str = "",
) -> Resource:  # fmt: skip
    """An order; a result of another unit that was there and did not do stands beside it, with the reason."""
    reasons = [_reason(one) for one in dict.fromkeys([*circumstances, *declined_because])]
    return {
        "resourceType": "ServiceRequest",
        "status": "active",
        "intent": "order",
        **_wanted(patient, at, by, said(text, system, code, display)),
        "reasonCode": [{"text": reason}, *reasons],
        **({"supportingInfo": [{"reference": declined[0], "display": declined[1]}]} if declined else {}),
        **_note(declined_words, at, by),
    }


def test_not_needed(
    *, patient: str, at: datetime, by: str, text: str, system: str, code: str, reason: str, result: str, words: str,
    display: str = "",
) -> Resource:  # fmt: skip
    """That a result was accepted in place of a test: a request not to perform it, with the result beside it."""
    accepted = {"coding": [{"system": RECOGNITION, "code": "ACCEPTED"}], "text": words}
    return {
        "resourceType": "ServiceRequest",
        "status": "completed",
        "intent": "order",
        "doNotPerform": True,
        **_wanted(patient, at, by, said(text, system, code, display)),
        "reasonCode": [{"text": reason}, accepted],
        "supportingInfo": [{"reference": result, "display": words}],
    }


def _wanted(patient: str, at: datetime, by: str, code: Resource) -> Resource:
    return {
        "code": code,
        "subject": {"reference": patient},
        "authoredOn": _written(at),
        "requester": {"display": by},
    }


def _reason(one: tuple[str, str]) -> Resource:
    return {"coding": [{"system": RECOGNITION, "code": one[0]}], "text": one[1]}


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
