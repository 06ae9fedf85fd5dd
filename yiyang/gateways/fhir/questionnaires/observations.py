"""What followed from an assessment as FHIR R4 Observations: sub-scores, total, level. LOINC where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from yiyang.assessments.rules.instruments import Instrument
from yiyang.assessments.rules.texts import Text, shown
from yiyang.gateways.fhir.questionnaires.responses import response
from yiyang.gateways.fhir.questionnaires.words import LOINC, UCUM, coding, number, system_of

if TYPE_CHECKING:
    from yiyang.assessments.models import Assessment

CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
STATUSES = {
    "AWAITING_SECOND": "preliminary",
    "SIGNED": "final",
    "SUPERSEDED": "final",
    "VOID": "entered-in-error",
}
LEVEL = Text("等级", "Level")


def observations(assessment: Assessment, content: Instrument) -> list[dict[str, Any]]:
    """Empty for a draft: nothing has followed yet."""
    if assessment.state not in STATUSES:
        return []
    made = [
        _score(assessment, content, f"subscore/{one.code}", one.title, one.loinc, assessment.subscores.get(one.code))
        for one in content.subscores
    ]  # fmt: skip
    if content.total is not None:
        total = content.total
        made.append(_score(assessment, content, "total", total.title, total.loinc, assessment.total))
    band = content.band(assessment.level) if assessment.level else None
    if band is not None:
        concept = {
            "coding": [coding(system_of(content.code, "level"), band.level, band.title)],
            "text": band.title.zh,
        }
        made.append(
            _one(assessment, content, "level", _titled(content), "") | {"valueCodeableConcept": concept}
        )
    return [one for one in made if one is not None]


def bundle(assessment: Assessment, content: Instrument) -> dict[str, Any]:
    """The response and its results together, as one file."""
    found = [response(assessment, content), *observations(assessment, content)]
    entries = [{"fullUrl": f"urn:uuid:{one['id']}", "resource": one} for one in found]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def _titled(content: Instrument) -> Text:
    return Text(f"{content.title.zh}：{LEVEL.zh}", f"{content.title.en}: {LEVEL.en}")


def _score(
    assessment: Assessment, content: Instrument, code: str, title: Text, loinc: str, value: float | None
) -> dict[str, Any] | None:
    if value is None:
        return None
    quantity = {"value": number(value), "unit": "分", "system": UCUM, "code": "{score}"}
    made = _one(assessment, content, code, title, loinc) | {"valueQuantity": quantity}
    most = _most(content, code)
    if most is not None:
        limits = {
            "high": {"value": number(most), "system": UCUM, "code": "{score}"},
            "text": f"≤ {shown(most)}",
        }
        made["referenceRange"] = [limits]
    return made


def _most(content: Instrument, code: str) -> float | None:
    part = content.total if code == "total" else content.subscore(code.removeprefix("subscore/"))
    return part.maximum if part else None


def _one(assessment: Assessment, content: Instrument, code: str, title: Text, loinc: str) -> dict[str, Any]:
    status = STATUSES[assessment.state]
    codings = [coding(LOINC, loinc)] if loinc else []
    codings.append(coding(system_of(content.code), code, title))
    made: dict[str, Any] = {
        "resourceType": "Observation",
        "id": str(uuid5(UUID(str(assessment.pk)), code)),
        "status": "amended" if status == "final" and assessment.amends_id else status,
        "category": [{"coding": [coding(CATEGORY, "survey")]}],
        "code": {"coding": codings, "text": title.zh},
        "subject": {"reference": f"Patient/{assessment.person_id}"},
        "effectiveDateTime": assessment.assessed_at.isoformat(),
        "derivedFrom": [{"reference": f"QuestionnaireResponse/{assessment.pk}"}],
    }
    signed_at = assessment.second_signed_at or assessment.signed_at
    if signed_at is not None:
        made["issued"] = signed_at.isoformat()
    names = [name for name in (assessment.signed_by, assessment.second_signed_by) if name]
    if names:
        made["performer"] = [{"type": "Practitioner", "display": name} for name in names]
    return made
