"""Resources as a hospital sends them: nine types, each about a person, a code and a time."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

Resource = dict[str, Any]
TYPES = (
    "AllergyIntolerance", "Condition", "DiagnosticReport", "Encounter", "Immunization", "MedicationRequest",
    "Observation", "Practitioner", "Procedure",
)  # fmt: skip
LOCAL = "https://example.org/codes"
UCUM = "http://unitsofmeasure.org"
TERMS = "http://terminology.hl7.org/CodeSystem"
CODES = 60
COMMONEST = 30  # of a hundred results
CATEGORY = [{"coding": [{"system": f"{TERMS}/observation-category", "code": "laboratory"}]}]


def code_of(number: int) -> int:
    """Three of ten results have the first code; the rest are shared out, so that most codes are rare."""
    place = number * 7919 % 1000
    if place < COMMONEST * 10:
        return 0
    if place < 900:
        return 1 + place % 9
    return 10 + number * 31 % (CODES - 10)


def made(type: str, number: int, person_id: UUID, at: datetime) -> Resource:
    """A resource of this type, valid by R4; `number` chooses its code and value."""
    return {"resourceType": type, **MAKERS[type](number, {"reference": f"Patient/{person_id}"}, _text(at))}


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _concept(number: int, what: str) -> Resource:
    return {
        "coding": [{"system": LOCAL, "code": f"{what}-{number:03d}", "display": f"{what} {number}"}],
        "text": f"示例项目{number}",
    }


def _observation(number: int, subject: Resource, at: str) -> Resource:
    code = code_of(number)
    value = 3 + number % 900 / 100
    return {
        "status": "final",
        "category": CATEGORY,
        "code": _concept(code, "T"),
        "subject": subject,
        "effectiveDateTime": at,
        "issued": at,
        "performer": [{"display": "检验科"}],
        "valueQuantity": {"value": round(value, 2), "unit": "mmol/L", "system": UCUM, "code": "mmol/L"},
        "interpretation": [
            {
                "coding": [
                    {"system": f"{TERMS}/v3-ObservationInterpretation", "code": "H" if value > 9 else "N"}
                ]
            }
        ],
        "referenceRange": [
            {
                "low": {"value": 3.9, "unit": "mmol/L"},
                "high": {"value": 6.1, "unit": "mmol/L"},
                "text": "3.9–6.1",
            }
        ],
        "note": [{"text": "空腹采血，标本合格，已由第二人复核。"}],
    }


def _condition(number: int, subject: Resource, at: str) -> Resource:
    return {
        "clinicalStatus": {"coding": [{"system": f"{TERMS}/condition-clinical", "code": "active"}]},
        "verificationStatus": {"coding": [{"system": f"{TERMS}/condition-ver-status", "code": "confirmed"}]},
        "code": _concept(number % CODES, "D"),
        "subject": subject,
        "onsetDateTime": at,
        "recordedDate": at,
        "note": [{"text": "门诊诊断，规律服药，血压控制尚可。"}],
    }


def _allergy(number: int, subject: Resource, at: str) -> Resource:
    return {
        "clinicalStatus": {"coding": [{"system": f"{TERMS}/allergyintolerance-clinical", "code": "active"}]},
        "type": "allergy",
        "criticality": "high",
        "code": _concept(number % CODES, "A"),
        "patient": subject,
        "recordedDate": at,
        "reaction": [{"manifestation": [{"text": "皮疹"}], "severity": "moderate"}],
    }


def _report(number: int, subject: Resource, at: str) -> Resource:
    return {
        "status": "final",
        "code": _concept(number % CODES, "R"),
        "subject": subject,
        "effectiveDateTime": at,
        "issued": at,
        "conclusion": "双肺纹理增多，未见明显实变；主动脉硬化。请结合临床。",
    }


def _encounter(number: int, subject: Resource, at: str) -> Resource:
    return {
        "status": "finished",
        "class": {"system": f"{TERMS}/v3-ActCode", "code": "AMB"},
        "type": [_concept(number % CODES, "E")],
        "subject": subject,
        "period": {"start": at, "end": at},
        "reasonCode": [{"text": "复诊取药"}],
    }


def _immunization(number: int, subject: Resource, at: str) -> Resource:
    return {
        "status": "completed",
        "vaccineCode": _concept(number % CODES, "V"),
        "patient": subject,
        "occurrenceDateTime": at,
        "primarySource": True,
        "lotNumber": f"2026{number % 9999:04d}",
    }


def _medicine(number: int, subject: Resource, at: str) -> Resource:
    return {
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": _concept(number % CODES, "M"),
        "subject": subject,
        "authoredOn": at,
        "dosageInstruction": [
            {
                "text": "每日一次，每次一片，早饭后服",
                "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
            }
        ],
    }


def _procedure(number: int, subject: Resource, at: str) -> Resource:
    return {
        "status": "completed",
        "code": _concept(number % CODES, "P"),
        "subject": subject,
        "performedDateTime": at,
        "note": [{"text": "过程顺利。"}],
    }


def _practitioner(number: int, subject: Resource, at: str) -> Resource:
    return {
        "active": True,
        "identifier": [{"system": "https://example.org/staff", "value": f"{number:08d}"}],
        "name": [{"text": f"李敏{number % 100}", "family": "李"}],
    }


MAKERS = {
    "AllergyIntolerance": _allergy, "Condition": _condition, "DiagnosticReport": _report, "Encounter": _encounter,
    "Immunization": _immunization, "MedicationRequest": _medicine, "Observation": _observation,
    "Practitioner": _practitioner, "Procedure": _procedure,
}  # fmt: skip
