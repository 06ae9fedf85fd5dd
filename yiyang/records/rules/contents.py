"""All that a resource says, element by element, and what changed from one version to the next. Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import pgettext_lazy

from yiyang.records.rules import words
from yiyang.records.rules.items import Names, referred, simple, value
from yiyang.records.rules.words import Json, concept, parts

OURS = {"resourceType", "id", "meta", "text", "contained", "implicitRules", "language"}
DEEPEST = 6
LONGEST = 20_000
LABELS = {
    "abatement": pgettext_lazy("element", "Until"),
    "activity": pgettext_lazy("element", "Activities"),
    "asserter": pgettext_lazy("element", "Said by"),
    "author": pgettext_lazy("element", "Author"),
    "authoredOn": pgettext_lazy("element", "Written on"),
    "bodySite": pgettext_lazy("element", "Place on the body"),
    "category": pgettext_lazy("element", "Category"),
    "class": pgettext_lazy("element", "Kind of visit"),
    "clinicalStatus": pgettext_lazy("element", "State"),
    "code": pgettext_lazy("element", "What"),
    "component": pgettext_lazy("element", "Parts"),
    "conclusion": pgettext_lazy("element", "Conclusion"),
    "content": pgettext_lazy("element", "Content"),
    "criticality": pgettext_lazy("element", "Danger"),
    "date": pgettext_lazy("element", "Date"),
    "dateAsserted": pgettext_lazy("element", "Said on"),
    "description": pgettext_lazy("element", "Description"),
    "dosage": pgettext_lazy("element", "Dose"),
    "dosageInstruction": pgettext_lazy("element", "Dose"),
    "effective": pgettext_lazy("element", "When"),
    "encounter": pgettext_lazy("element", "Visit"),
    "goal": pgettext_lazy("element", "Goals"),
    "identifier": pgettext_lazy("element", "Numbers"),
    "informationSource": pgettext_lazy("element", "Told by"),
    "intent": pgettext_lazy("element", "Intent"),
    "interpretation": pgettext_lazy("element", "Judgement"),
    "issued": pgettext_lazy("element", "Issued"),
    "location": pgettext_lazy("element", "Place"),
    "lotNumber": pgettext_lazy("element", "Lot"),
    "medication": pgettext_lazy("element", "Medicine"),
    "method": pgettext_lazy("element", "Method"),
    "note": pgettext_lazy("element", "Notes"),
    "occurrence": pgettext_lazy("element", "When"),
    "onset": pgettext_lazy("element", "Since"),
    "outcome": pgettext_lazy("element", "Outcome"),
    "participant": pgettext_lazy("element", "Taking part"),
    "performed": pgettext_lazy("element", "When"),
    "performer": pgettext_lazy("element", "Done by"),
    "period": pgettext_lazy("element", "When"),
    "presentedForm": pgettext_lazy("element", "The report itself"),
    "primarySource": pgettext_lazy("element", "Told by who did it"),
    "reaction": pgettext_lazy("element", "Reactions"),
    "reasonCode": pgettext_lazy("element", "Reason"),
    "recordedDate": pgettext_lazy("element", "Entered on"),
    "recorder": pgettext_lazy("element", "Entered by"),
    "referenceRange": pgettext_lazy("element", "Reference range"),
    "requester": pgettext_lazy("element", "Ordered by"),
    "result": pgettext_lazy("element", "Results"),
    "series": pgettext_lazy("element", "Series"),
    "serviceProvider": pgettext_lazy("element", "Unit"),
    "severity": pgettext_lazy("element", "Severity"),
    "specimen": pgettext_lazy("element", "Specimen"),
    "started": pgettext_lazy("element", "When"),
    "status": pgettext_lazy("element", "State of the entry"),
    "subject": pgettext_lazy("element", "Person"),
    "patient": pgettext_lazy("element", "Person"),
    "title": pgettext_lazy("element", "Title"),
    "type": pgettext_lazy("element", "Kind"),
    "vaccineCode": pgettext_lazy("element", "Vaccine"),
    "value": pgettext_lazy("element", "Value"),
    "verificationStatus": pgettext_lazy("element", "How sure"),
}
CHOICE = re.compile(
    r"(onset|abatement|effective|performed|occurrence|medication|value|deceased|asNeeded|dose|rate)[A-Z]\w*"
)
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def label(element: str) -> str:
    """An element in words; one that has none here is called as in FHIR."""
    found = CHOICE.fullmatch(element)
    name = found[1] if found else element
    return str(LABELS.get(name, CAMEL.sub(" ", name).capitalize()))


def contents(resource: Json, names: Names) -> list[tuple[str, str]]:
    """Each element of a resource with its words, in the order in which it was sent."""
    told = [
        (label(key), said_of(one, names))
        for key, one in resource.items()
        if key not in OURS and key not in ("subject", "patient") and not key.startswith("_")
    ]
    return [(name, said) for name, said in told if said]


def changes(before: Json, after: Json, names: Names) -> list[tuple[str, str, str]]:
    """What differs between two versions: the element, what it said, what it says."""
    keys = [key for key in dict.fromkeys([*after, *before]) if key not in OURS - {"contained"}]
    return [
        (label(key), said_of(before.get(key), names), said_of(after.get(key), names))
        for key in keys
        if before.get(key) != after.get(key)
    ]


def said_of(one: Any, names: Names, depth: int = 0) -> str:
    """Any value in words."""
    if isinstance(one, list):
        told = [said_of(each, names, depth) for each in one]
        return "；".join(dict.fromkeys(said for said in told if said))[:LONGEST]
    if not isinstance(one, Mapping):
        return words.status(one) if isinstance(one, str) and one in words.STATUS else simple(one)
    if depth > DEEPEST:
        return "…"
    return (_known(one, names) or " · ".join(_inner(one, names, depth)))[:LONGEST]


def _known(one: Json, names: Names) -> str:
    if "contentType" in one or "data" in one:
        return attachment(one)
    if "reference" in one or set(one) <= {"display", "type", "identifier"}:
        return referred(one, names) or str(one.get("reference", ""))
    if "coding" in one:
        code = words.coded(one)
        said = words.status(code) if code in words.STATUS else concept(one)
        return f"{said} ({code})" if code and code != concept(one) else said
    if "code" in one and set(one) <= {"system", "code", "display", "version", "userSelected"}:
        return words.status(str(one.get("display") or one["code"]))
    if "valueQuantity" in one or "valueCodeableConcept" in one:
        return f"{concept(one.get('code'))} {value(one)}".strip()
    if "text" in one and isinstance(one["text"], str):
        who = str(one.get("authorString") or referred(one.get("authorReference"), names))
        return one["text"] + (f" ({who} {words.day(one.get('time'))})" if who else "")
    return simple(one)


def _inner(one: Json, names: Names, depth: int) -> Iterator[str]:
    for key, each in one.items():
        if key not in ("id", "extension", "system", "use") and (said := said_of(each, names, depth + 1)):
            yield said


def attachment(one: Json) -> str:
    """A text as it was written; of anything else its name and kind."""
    kind = str(one.get("contentType", "")).lower()
    if kind.startswith("text/plain") and isinstance(one.get("data"), str):
        try:
            return base64.b64decode(one["data"], validate=False).decode("utf-8", "replace")[:LONGEST]
        except (binascii.Error, ValueError):
            return ""
    return " · ".join(str(part) for part in (one.get("title"), kind, one.get("url")) if part)


def links(resource: Json) -> list[tuple[str, str, str]]:
    """What of the same record it refers to: type, id, words."""
    found: dict[str, tuple[str, str, str]] = {}
    for key in ("encounter", "context", "result", "imagingStudy", "reasonReference", "derivedFrom", "hasMember",
                "basedOn", "goal", "addresses", "report", "content"):  # fmt: skip
        for one in parts(resource.get(key)):
            if isinstance(one, Mapping) and isinstance(one.get("reference"), str):
                type, slash, id = one["reference"].partition("/")
                if slash and "/" not in id and type.isalpha():
                    found[one["reference"]] = (type, id, str(one.get("display") or label(key)))
    return list(found.values())
