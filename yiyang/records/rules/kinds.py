"""Which types of FHIR belong to which kind of data that a consent names. Other types are open with the whole record alone."""

from __future__ import annotations

from collections.abc import Iterable

from yiyang.people.rules.kinds_of_data import KindOfData

TYPES: dict[str, tuple[str, ...]] = {
    KindOfData.PROBLEMS: ("Condition", "ClinicalImpression"),
    KindOfData.ALLERGIES: ("AllergyIntolerance",),
    KindOfData.MEDICINES: (
        "MedicationRequest",
        "MedicationStatement",
        "MedicationDispense",
        "MedicationAdministration",
    ),
    KindOfData.RESULTS: ("Observation", "DiagnosticReport", "Specimen"),
    # What followed from an assessment of the platform is shown as Observations, and belongs to these as well.
    KindOfData.ASSESSMENTS: ("QuestionnaireResponse",),
    KindOfData.DOCUMENTS: ("DocumentReference", "DocumentManifest", "Composition"),
    KindOfData.IMAGING: ("ImagingStudy", "Media"),
    KindOfData.PROCEDURES: ("Procedure",),
    KindOfData.VACCINATIONS: ("Immunization", "ImmunizationEvaluation", "ImmunizationRecommendation"),
    KindOfData.VISITS: ("Encounter", "EpisodeOfCare", "Appointment"),
    KindOfData.PLANS: ("CarePlan", "Goal", "CareTeam", "ServiceRequest", "NutritionOrder"),
}
KIND: dict[str, str] = {type: str(kind) for kind, types in TYPES.items() for type in types}


def types_of(kinds: Iterable[str]) -> list[str]:
    """The types that these kinds of data open."""
    return [type for kind in kinds for type in TYPES.get(kind, ())]
