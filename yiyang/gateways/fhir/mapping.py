"""What a FHIR R4 resource says in this platform's words. What has no place here is named, never dropped silently."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from yiyang.kernel.refusals import Refusal
from yiyang.people.details import Details, DocumentGiven
from yiyang.people.rules import names, numbers

SEXES = {"male": "MALE", "female": "FEMALE", "other": "UNSTATED", "unknown": "UNKNOWN"}
KINSHIPS = {
    "CHILD": "CHILD", "SPS": "SPOUSE", "DAUC": "CHILD", "SONC": "CHILD", "SIB": "SIBLING", "PRN": "PARENT",
    "GRNDCHILD": "GRANDCHILD", "FRND": "FRIEND", "GUARD": "GUARDIAN", "N": "OTHER_RELATIVE",
}  # fmt: skip
RESIDENT_ID = {"http://www.mps.gov.cn/", "urn:oid:2.16.156.10011.1.3", "https://www.mps.gov.cn/id"}
KINDS = [
    (("chc", "community health"), "CHC"),
    (("nursing home", "care home", "养老", "elder"), "INSTITUTION"),
    (("pharm",), "PHARMACY"),
    (("gov",), "GOVERNMENT"),
    (("ins", "pay"), "INSURER"),
    (("prov", "hospital", "医院"), "HOSPITAL"),
]


@dataclass
class PatientGiven:
    """A Patient as this platform takes it."""

    identifiers: list[tuple[str, str]]
    details: Details
    documents: list[DocumentGiven] = field(default_factory=list)
    phones: list[str] = field(default_factory=list)
    contacts: list[dict[str, Any]] = field(default_factory=list)
    died_at: str = ""
    left_out: list[str] = field(default_factory=list)


def patient(resource: dict[str, Any]) -> PatientGiven:
    """Name, sex, birth, address, documents, telephones, contacts, death; `left_out` names the rest."""
    left_out: list[str] = []
    address = _first(resource, "address")
    given = PatientGiven(
        identifiers=identifiers(resource),
        details=Details(
            full_name=human_name(resource.get("name")),
            sex=SEXES.get(str(resource.get("gender", "")), "UNKNOWN"),
            born_on=_day(resource.get("birthDate"), left_out),
            residence_address=_address(address),
            languages=_languages(resource)[:120],
            difference_reason="imported from another system",
        ),
        left_out=left_out,
    )
    given.documents += documents(resource)
    _phones(resource, given)
    _contacts(resource, given)
    given.died_at = str(resource.get("deceasedDateTime") or "")
    known = {
        "resourceType", "id", "meta", "text", "identifier", "name", "gender", "birthDate", "address", "telecom",
        "contact", "communication", "deceasedDateTime", "active", "implicitRules", "language",
    }  # fmt: skip
    given.left_out += [f"Patient.{name}" for name in resource if name not in known]
    given.left_out += ["Patient.name"] * (len(_listed(resource, "name")) - 1)
    return given


def human_name(found: Any) -> str:
    """The name in use as one field: the text if given; Chinese names family first, others given names first."""
    listed = [name for name in found or [] if isinstance(name, dict)]
    for use in ("official", "usual", None):
        for name in listed:
            if use is None or name.get("use") == use:
                return _one_name(name)
    return ""


def identifiers(resource: dict[str, Any]) -> list[tuple[str, str]]:
    """(system, value) pairs; the resource's own id stands in where there are none."""
    pairs = [
        (str(one.get("system") or ""), str(one["value"]))
        for one in _listed(resource, "identifier")
        if one.get("value") and str(one["value"]) not in ("0", "UNKNOWN")
    ]
    return pairs or [("id", str(resource.get("id") or ""))]


def organisation_kind(resource: dict[str, Any]) -> str:
    """The kind of organisation its type codes and names point to; a hospital where they say nothing."""
    words = " ".join(
        str(coding.get("code", "")) + " " + str(coding.get("display", ""))
        for kind in _listed(resource, "type")
        for coding in _listed(kind, "coding")
    )
    words = f"{words} {resource.get('name', '')}".lower()
    return next((kind for marks, kind in KINDS if any(mark in words for mark in marks)), "HOSPITAL")


def organisation_name(resource: dict[str, Any]) -> str:
    return str(resource.get("name") or "").strip()[:120]


def phone_of(resource: dict[str, Any]) -> str:
    return next(
        (
            str(one.get("value", ""))[:40]
            for one in _listed(resource, "telecom")
            if one.get("system") == "phone"
        ),
        "",
    )


def address_of(resource: dict[str, Any]) -> str:
    return _address(_first(resource, "address"))


def physical_type(resource: dict[str, Any]) -> str:
    """wa, ro, bd … of a Location; empty when it does not say."""
    codings = _listed(resource.get("physicalType") or {}, "coding")
    return str(codings[0].get("code", "")) if codings else ""


def _one_name(name: dict[str, Any]) -> str:
    if name.get("text"):
        return str(name["text"])[: names.LONGEST]
    given = [str(part) for part in _strings(name, "given")]
    family = str(name.get("family") or "")
    if any(names.is_han(c) for c in family):
        return (family + "".join(given))[: names.LONGEST]
    return " ".join([*given, family]).strip()[: names.LONGEST]


def documents(resource: dict[str, Any]) -> list[DocumentGiven]:
    """The identity documents among a resource's identifiers."""
    found = []
    for one in _listed(resource, "identifier"):
        codes = {str(coding.get("code")) for coding in _listed(one.get("type") or {}, "coding")}
        value = str(one.get("value") or "")
        if "PPN" in codes and re.fullmatch(r"[A-Z0-9]{5,15}", value):
            found.append(DocumentGiven("PASSPORT", value))
        elif str(one.get("system") or "") in RESIDENT_ID or (
            "NI" in codes and re.fullmatch(r"\d{17}[\dXx]", value)
        ):
            found.append(DocumentGiven("RESIDENT_ID", value))
    return found


def _phones(resource: dict[str, Any], given: PatientGiven) -> None:
    for one in _listed(resource, "telecom"):
        value = str(one.get("value") or "")
        if one.get("system") not in ("phone", "sms", None) or not value:
            given.left_out.append("Patient.telecom")
            continue
        try:
            given.phones.append(numbers.phone(value))
        except Refusal:
            given.left_out.append("Patient.telecom")


def _contacts(resource: dict[str, Any], given: PatientGiven) -> None:
    for one in _listed(resource, "contact"):
        name = human_name([one["name"]]) if isinstance(one.get("name"), dict) else ""
        if not name:
            given.left_out.append("Patient.contact")
            continue
        codes = [c.get("code") for r in _listed(one, "relationship") for c in _listed(r, "coding")]
        kinship = next((KINSHIPS[c] for c in codes if c in KINSHIPS), "OTHER_RELATIVE")
        number = phone_of(one)
        try:
            number = numbers.phone(number) if number else ""
        except Refusal:
            number = ""
            given.left_out.append("Patient.contact.telecom")
        given.contacts.append({"full_name": name, "kinship": kinship, "phone": number})


def _languages(resource: dict[str, Any]) -> str:
    found = []
    for one in _listed(resource, "communication"):
        language = one.get("language") or {}
        codings = _listed(language, "coding")
        found.append(str(language.get("text") or (codings[0].get("display") if codings else "") or ""))
    return ", ".join(text for text in found if text)


def _address(address: dict[str, Any] | None) -> str:
    if not address:
        return ""
    parts = [*_strings(address, "line"), *(address.get(k) for k in ("district", "city", "state", "country"))]
    return str(address.get("text") or ", ".join(str(part) for part in parts if part))[:200]


def _day(text: Any, left_out: list[str]) -> date | None:
    if not text:
        return None
    try:
        return datetime.strptime(str(text), "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        left_out.append("Patient.birthDate")
        return None


def _listed(resource: Any, name: str) -> list[dict[str, Any]]:
    found = resource.get(name) if isinstance(resource, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _strings(resource: dict[str, Any], name: str) -> Iterator[str]:
    found = resource.get(name)
    yield from (str(one) for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def _first(resource: dict[str, Any], name: str) -> dict[str, Any] | None:
    listed = _listed(resource, name)
    return listed[0] if listed else None
