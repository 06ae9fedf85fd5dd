"""Of what an entry speaks: by words, codes and texts within it, and not by the ward that wrote it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from yiyang.records.queries.disclosed import speaking_today
from yiyang.records.rules.says import BITS, says

PALLIATIVE, PROGNOSIS, DIAGNOSIS = BITS.values()


def bits(resource: dict[str, Any], *, escaped: bool = False) -> int:
    return says(resource, json.dumps(resource, ensure_ascii=escaped), speaking_today())


def of(system: str, code: str) -> dict[str, Any]:
    return {"resourceType": "Condition", "code": {"coding": [{"system": system, "code": code}]}}


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ({"resourceType": "Condition", "code": {"text": "右肺癌"}}, DIAGNOSIS),
        ({"resourceType": "DiagnosticReport", "conclusion": "晚期，建议转安宁疗护"}, PALLIATIVE | PROGNOSIS),
        ({"resourceType": "Procedure", "code": {"text": "CHEMOTHERAPY"}}, DIAGNOSIS),
        (of("http://hl7.org/fhir/sid/icd-10", "C34.9"), DIAGNOSIS),
        (of("http://hl7.org/fhir/sid/icd-10-cm", "Z51.5"), PALLIATIVE),
        (of("http://snomed.info/sct", "363346000"), DIAGNOSIS),
        (of("http://hl7.org/fhir/sid/icd-10", "I10"), 0),
        (of("http://example.org", "C34.9"), 0),
        ({"resourceType": "ClinicalImpression", "prognosisCodeableConcept": [{"text": "…"}]}, PROGNOSIS),
        ({"resourceType": "Observation", "performer": [{"display": "安宁疗护科 陈医生"}]}, 0),
        ({"resourceType": "Observation", "meta": {"profile": ["http://example.org/cancer-patient"]}}, 0),
        ({"resourceType": "Patient", "generalPractitioner": [{"display": "肿瘤科"}]}, 0),
    ],
)
def test_an_entry_speaks_of_what_its_words_and_codes_say(resource: dict[str, Any], expected: int) -> None:
    assert bits(resource) == bits(resource, escaped=True) == expected


def test_a_text_within_the_text_counts() -> None:
    data = base64.b64encode("考虑肺癌".encode()).decode()
    attachment = {"contentType": "text/plain", "data": data}

    assert bits({"resourceType": "DocumentReference", "content": [{"attachment": attachment}]}) == DIAGNOSIS
