"""What stands of a resource on the timeline of a person's record: one line that a clinician reads. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from yiyang.kernel.doers import in_words
from yiyang.kernel.words import listed
from yiyang.records.rules import words
from yiyang.records.rules.dosage import dose
from yiyang.records.rules.judging import judged
from yiyang.records.rules.labels import labels_of, words_of
from yiyang.records.rules.words import Json, concept, parts

SECTIONS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "problems": (gettext_lazy("Diagnoses"), ("Condition",)),
    "allergies": (gettext_lazy("Allergies"), ("AllergyIntolerance",)),
    "medicines": (
        gettext_lazy("Medicines"),
        ("MedicationStatement", "MedicationRequest", "MedicationAdministration", "MedicationDispense"),
    ),
    "results": (gettext_lazy("Results"), ("Observation",)),
    "procedures": (gettext_lazy("Procedures"), ("Procedure",)),
    "vaccinations": (gettext_lazy("Vaccinations"), ("Immunization",)),
    "visits": (gettext_lazy("Visits"), ("Encounter",)),
    "documents": (
        gettext_lazy("Reports and documents"),
        ("DiagnosticReport", "DocumentReference", "Composition", "ImagingStudy"),
    ),
    "plans": (gettext_lazy("Plans and goals"), ("CarePlan", "Goal", "ServiceRequest")),
}
SECTION_OF = {type: name for name, (_label, types) in SECTIONS.items() for type in types}
WHEN = (
    "onset", "effective", "performed", "occurrence", "started", "period", "authoredOn", "dateAsserted",
    "whenHandedOver", "date", "start", "startDate", "recordedDate", "issued", "created",
)  # fmt: skip
WHO = (
    "performer", "recorder", "asserter", "informationSource", "requester", "author", "participant",
    "expressedBy", "serviceProvider", "custodian",
)  # fmt: skip
CLASSES = {
    "AMB": gettext_lazy("outpatient visit"),
    "EMER": pgettext_lazy("visit", "emergency"),
    "HH": gettext_lazy("visit at home"),
    "IMP": gettext_lazy("hospital stay"),
    "ACUTE": gettext_lazy("hospital stay"),
    "OBSENC": gettext_lazy("observation in hospital"),
    "VR": gettext_lazy("consultation from afar"),
    "WELLNESS": gettext_lazy("health check"),
}
Names = Mapping[str, str]


NOTHING_KNOWN = {"no-known-allergies", "no-allergy-info", "716186003"}


@dataclass(frozen=True)
class Item:
    """`when` is as exact as it is known; `struck` is what was entered in error; `code` opens the trend;
    `sensitive` are its labels in words; `denies`: it says that nothing of its kind is known."""

    type: str
    id: str
    section: str
    title: str
    at: datetime | None = None
    when: str = ""
    code: str = ""
    status: str = ""
    tone: str = ""
    struck: bool = False
    live: bool = False
    state: str = ""
    judged: str = ""
    value: str = ""
    limits: str = ""
    flag: str = ""
    trend: str = ""
    who: str = ""
    version: int = 1
    updated_at: datetime | None = None
    details: list[str] = field(default_factory=list)
    sensitive: list[Any] = field(default_factory=list)
    denies: bool = False

    @property
    def label(self) -> Any:
        return SECTIONS[self.section][0] if self.section else self.type


def item(
    resource: Json,
    names: Names = {},  # noqa: B006  (never changed)
    *,
    at: datetime | None = None,
    version: int = 1,
    updated_at: datetime | None = None,
) -> Item:
    """The line of one resource; `names` say who stands behind references without words."""
    type = str(resource.get("resourceType", ""))
    state = state_of(resource)
    title, code = title_of(resource, names)
    result = type == "Observation"
    return Item(
        type=type,
        id=str(resource.get("id", "")),
        section=SECTION_OF.get(type, ""),
        title=title or type,
        at=at,
        when=when_of(resource) or _entered(updated_at),
        code=words.coded(code),
        status="" if state in words.SILENT else words.status(state),
        tone="good" if state == "active" else "warning" if state in ("preliminary", "registered") else "",
        struck=state == "entered-in-error",
        state=state,
        judged=judged(resource) if result else "",
        live=state in ("active", "recurrence", "relapse", "intended", "on-hold"),
        value=value_of(resource) if result else "",
        limits=limits_of(resource) if result else "",
        flag=flag_of(resource) if result else "",
        trend="|".join(words.coding_of(code)) if result and words.coding_of(code)[1] else "",
        who=who_of(resource, names),
        version=version,
        updated_at=updated_at,
        sensitive=words_of(labels_of(resource)),
        denies=denies(resource),
        details=[one for one in DETAILS.get(type, _nothing)(resource, names) if one],
    )


def denies(resource: Json) -> bool:
    """Whether it says that no allergy is known at all (IPS "absent or unknown", SNOMED CT)."""
    if resource.get("resourceType") != "AllergyIntolerance" or not isinstance(resource.get("code"), dict):
        return False
    return any(one.get("code") in NOTHING_KNOWN for one in words.parts(resource["code"].get("coding")))


def _entered(at: datetime | None) -> str:
    return _("entered {day}").format(day=words.instant(at)) if at else ""


def state_of(resource: Json) -> str:
    """Entered in error before anything else; then as it stands now."""
    sure = words.coding_of(resource.get("verificationStatus"))[1]
    if sure in ("entered-in-error", "refuted"):
        return sure
    clinical = words.coding_of(resource.get("clinicalStatus"))[1]
    return clinical or str(resource.get("status") or resource.get("lifecycleStatus") or sure or "")


def title_of(resource: Json, names: Names) -> tuple[str, Any]:
    """What it is in words, and the concept with its code."""
    for key in ("code", "vaccineCode", "medicationCodeableConcept"):
        if said := concept(resource.get(key)):
            return said, resource[key]
    if "medicationReference" in resource:
        return referred(resource["medicationReference"], names), None
    for key in ("title", "description"):
        if isinstance(resource.get(key), str) and resource[key]:
            return resource[key], resource.get("type")
    for key in ("type", "category", "procedureCode", "description"):
        for one in parts(resource.get(key)):
            if said := concept(one):
                return said, one
    return str(CLASSES.get(class_of(resource), "")), None


def when_of(resource: Json) -> str:
    """The first date that it names, as exactly as it names it."""
    for base in WHEN:
        for key in (base, f"{base}DateTime", f"{base}Period", f"{base}Instant", f"{base}String"):
            value = resource.get(key)
            if said := words.period(value) if isinstance(value, Mapping) else words.day(value):
                return said
        if (age := words.quantity(resource.get(f"{base}Age"))) or (
            age := words.bounds(resource.get(f"{base}Range"))
        ):
            return _("at the age of {age}").format(age=age)
    context = resource.get("context")
    return words.period(context.get("period")) if isinstance(context, Mapping) else ""


def who_of(resource: Json, names: Names) -> str:
    """Who did or said it, by name."""
    for key in WHO:
        told = [in_words(referred(_actor(one), names)) for one in parts(resource.get(key))]
        if said := listed(dict.fromkeys(told)):
            return said
    return ""


def references_of(resource: Json) -> list[str]:
    """To whom and what it refers without saying a name."""
    found = [_actor(one) for key in (*WHO, "medicationReference") for one in parts(resource.get(key))]
    return [str(one["reference"]) for one in found if "reference" in one and not one.get("display")]


def _actor(one: Any) -> Json:
    if not isinstance(one, Mapping):
        return {}
    inner = one.get("actor") or one.get("individual")
    return inner if isinstance(inner, Mapping) else one


def referred(one: Any, names: Names) -> str:
    if not isinstance(one, Mapping):
        return ""
    return str(one.get("display") or names.get(str(one.get("reference", "")), ""))


def value_of(resource: Json) -> str:
    """The value of a result, its components' too: "132/76 mmHg", or each with its name."""
    if said := value(resource):
        return said
    inner = [one for one in parts(resource.get("component")) if isinstance(one, Mapping)]
    told = [(concept(one.get("code")), value(one)) for one in inner]
    return " · ".join(f"{name} {said}" for name, said in told if said)


def value(part: Json) -> str:
    for key, one in part.items():
        if key.startswith("value") and not key.startswith("_"):
            return simple(one)
    return concept(part.get("dataAbsentReason"))


def simple(one: Any) -> str:
    """The words of any data type that a result may have."""
    if isinstance(one, bool):
        return words.yes(one)
    if not isinstance(one, Mapping):
        return words.day(one) if one is not None else ""
    if "numerator" in one:
        return f"{words.quantity(one['numerator'])} / {words.quantity(one.get('denominator'))}"
    return words.quantity(one) or concept(one) or words.bounds(one) or words.period(one)


def limits_of(resource: Json) -> str:
    return " · ".join(said for one in parts(resource.get("referenceRange")) if (said := words.bounds(one)))


def flag_of(resource: Json) -> str:
    """What the laboratory says of it; nothing when it says that all is as it should be."""
    for one in parts(resource.get("interpretation")):
        code = words.coding_of(one)[1]
        if code != "N" and (said := str(words.FLAGS.get(code, "")) or concept(one)):
            return said
    return ""


def class_of(resource: Json) -> str:
    one = resource.get("class")
    return str(one.get("code", "")) if isinstance(one, Mapping) else ""


def _nothing(resource: Json, names: Names) -> list[str]:
    return []


def _condition(resource: Json, names: Names) -> list[str]:
    sure = words.coding_of(resource.get("verificationStatus"))[1]
    ended = words.day(resource.get("abatementDateTime"))
    return [
        concept(resource.get("severity")),
        words.status(sure) if sure not in ("", "confirmed", "entered-in-error", "refuted") else "",
        _("until {day}").format(day=ended) if ended else "",
    ]


CATEGORIES = {
    "food": gettext_lazy("food"),
    "medication": gettext_lazy("medicine"),
    "environment": gettext_lazy("surroundings"),
    "biologic": gettext_lazy("biological product"),
}
CRITICALITY = {
    "high": gettext_lazy("may endanger life"),
    "low": gettext_lazy("not dangerous to life"),
    "unable-to-assess": gettext_lazy("danger not known"),
}


def _allergy(resource: Json, names: Names) -> list[str]:
    manifest = [
        concept(one)
        for reaction in parts(resource.get("reaction"))
        for one in parts(reaction.get("manifestation"))
    ]
    return [
        *(str(CATEGORIES.get(one, one)) for one in parts(resource.get("category"))),
        str(CRITICALITY.get(resource.get("criticality", ""), "")),
        listed(manifest),
    ]


def _medicine(resource: Json, names: Names) -> list[str]:
    doses = parts(resource.get("dosage")) or parts(resource.get("dosageInstruction"))
    return [dose(one) for one in doses] + [concept(one) for one in parts(resource.get("reasonCode"))]


def _procedure(resource: Json, names: Names) -> list[str]:
    told = [*parts(resource.get("bodySite")), resource.get("outcome"), *parts(resource.get("reasonCode"))]
    return [concept(one) for one in told]


def _vaccination(resource: Json, names: Names) -> list[str]:
    lot = str(resource.get("lotNumber", ""))
    return [_("lot {number}").format(number=lot) if lot else ""]


def _visit(resource: Json, names: Names) -> list[str]:
    kind = str(CLASSES.get(class_of(resource), ""))
    return [
        kind if kind != title_of(resource, names)[0] else "",
        *(concept(one) for one in parts(resource.get("reasonCode"))),
        referred(resource.get("serviceProvider"), names),
    ]


def _request(resource: Json, names: Names) -> list[str]:
    """Why it was asked for; or that it was not needed, and the result that stands in its place."""
    told = [concept(one) for one in parts(resource.get("reasonCode"))]
    if resource.get("doNotPerform") is True:
        return [_("no new test"), *told]
    held = [referred(one, names) for one in parts(resource.get("supportingInfo"))]
    return [*told, *(_("there was: {result}").format(result=one) for one in held if one)]


def _report(resource: Json, names: Names) -> list[str]:
    return [str(resource.get("conclusion", ""))]


def _imaging(resource: Json, names: Names) -> list[str]:
    series = [one for one in parts(resource.get("series")) if isinstance(one, Mapping)]
    told = [one.get(key, {}) for one in series for key in ("modality", "bodySite")]
    return list(dict.fromkeys(str(one.get("display") or one.get("code") or "") for one in told))


DETAILS: dict[str, Callable[[Json, Names], list[str]]] = {
    "Condition": _condition,
    "AllergyIntolerance": _allergy,
    "MedicationStatement": _medicine,
    "MedicationRequest": _medicine,
    "MedicationDispense": _medicine,
    "Procedure": _procedure,
    "Immunization": _vaccination,
    "Encounter": _visit,
    "ServiceRequest": _request,
    "DiagnosticReport": _report,
    "ImagingStudy": _imaging,
}
