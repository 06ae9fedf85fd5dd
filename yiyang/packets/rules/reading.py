"""A sealed document as people read it: each section in lines, in the reader's language, from the document alone. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from yiyang.kernel.components.telephones import dialled
from yiyang.kernel.doers import in_words
from yiyang.kernel.words import listed
from yiyang.packets.rules import choosing, systems
from yiyang.packets.rules.documents import KEPT_BACK, Resource
from yiyang.packets.rules.handover_lines import OF_SECTION, Part, parts_of
from yiyang.packets.rules.sections import BY_NAME, OWN, Section
from yiyang.records.r4 import body as bodies
from yiyang.records.rules import items, words
from yiyang.records.rules.words import parts

TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"


@dataclass(frozen=True)
class Line:
    """One thing that is so: what, its value, when, who says it. `flag` is said in words beside its tone."""

    key: str
    title: str
    value: str = ""
    flag: str = ""
    tone: str = ""
    when: str = ""
    who: str = ""
    phone: str = ""
    details: list[str] = field(default_factory=list)

    @property
    def dial(self) -> str:
        return dialled(self.phone.replace("、", ", ").split(", ")[0])

    @property
    def text(self) -> str:
        """As one sentence, for narratives and for paper."""
        told = [self.title, self.value, f"【{self.flag}】" if self.flag else "", *self.details, self.phone]
        return " · ".join(one for one in (*told, self.when, self.who) if one)


@dataclass(frozen=True)
class Shown:
    section: Section
    lines: list[Line] = field(default_factory=list)
    form: list[Part] = field(default_factory=list)
    kept_back: int = 0

    @property
    def empty(self) -> bool:
        return not (self.lines or self.form)


@dataclass(frozen=True)
class Read:
    """A document taken apart."""

    bundle: Resource
    composition: Resource
    entries: dict[str, Resource]
    sections: dict[str, list[str]]

    @property
    def patient(self) -> Resource:
        return self.entries.get(str(self.composition["subject"]["reference"]), {})


def read(body: str) -> Read:
    bundle = bodies.decode(body.encode())
    resources = [one["resource"] for one in bundle["entry"]]
    return Read(
        bundle,
        resources[0],
        {f"{one['resourceType']}/{one['id']}": one for one in resources[1:]},
        {_name(one): [ref["reference"] for ref in one.get("entry", [])] for one in resources[0]["section"]},
    )


def _name(section: Resource) -> str:
    codes = [one["code"] for one in section["code"]["coding"] if one.get("system") == OWN]
    return codes[0] if codes else ""


def shown(found: Read) -> list[Shown]:
    """Every section in its order, the empty ones too."""
    names = names_in(found.entries.values())
    told = []
    for one in found.composition["section"]:
        section = BY_NAME[_name(one)]
        entries = [found.entries[key] for key in found.sections[section.name] if key in found.entries]
        kept = next((ext["valueInteger"] for ext in one.get("extension", []) if ext["url"] == KEPT_BACK), 0)
        told.append(show(section, entries, names, kept))
    return told


GENDERS = {
    "male": pgettext_lazy("sex in a packet", "male"),
    "female": pgettext_lazy("sex in a packet", "female"),
}


def about(found: Read) -> list[tuple[Any, str]]:
    """Who it is, by the document."""
    patient = found.patient
    handover = [
        one for one in found.entries.values() if str(one.get("questionnaire", "")).endswith(":HANDOVER")
    ]
    told = {line.name: line.text for one in handover for part in parts_of(one) for line in part.lines}
    gender = str(patient.get("gender", ""))
    return [
        (_("Name"), listed(str(one.get("text", "")) for one in parts(patient.get("name")))),
        (_("Sex"), str(GENDERS.get(gender, _("not known")))),
        (_("Born on"), str(patient.get("birthDate", "")) or _("not known")),
        (
            _("Address"),
            listed(str(one.get("text", "")) for one in parts(patient.get("address"))) or _("not known"),
        ),
        (_("Language or dialect"), told.get("language") or _("not known")),
        (_("Form of address"), told.get("form_of_address") or _("not known")),
        (_("Sent by"), _unit(found) or _("not known")),
    ]


def _unit(found: Read) -> str:
    """The unit that sends the person, and its telephone."""
    unit = found.entries.get(str(found.composition["author"][0]["reference"]), {})
    return " · ".join(one for one in (str(unit.get("name", "")), _phones(unit)) if one)


def show(
    section: Section, entries: Sequence[Resource], names: Mapping[str, str], kept_back: int = 0
) -> Shown:
    only = OF_SECTION.get(section.name, set())
    form = [
        part
        for one in entries
        if _is_handover(one) and (only or section.name == "handover")
        for part in parts_of(one, only)
    ]
    lines = [line for one in entries for line in lines_of(one, names)]
    if section.name == "level":
        lines = [one for one in lines if one.title]
    return Shown(section, lines, form, kept_back)


def _is_handover(one: Resource) -> bool:
    return str(one.get("questionnaire", "")).endswith(":HANDOVER")


def lines_of(resource: Resource, names: Mapping[str, str]) -> list[Line]:
    """Mostly one; several where a resource answers several questions."""
    kind = str(resource["resourceType"])
    key = f"{kind}/{resource['id']}"
    if say := SAID.get(kind):
        return say(key, resource)
    told = items.item(localised(resource), names)
    flag = choosing.flag_of(resource)
    return [
        Line(
            key,
            told.title,
            value=told.value,
            flag=str(words.FLAGS.get(flag, flag)) if flag else told.flag if kind == "Observation" else "",
            tone=_tone(resource, flag or told.flag),
            when=told.when,
            who=told.who,
            details=_details(resource, told),
        )
    ]


def _tone(resource: Resource, flag: str) -> str:
    if flag in ("HH", "LL", "AA") or resource.get("criticality") == "high":
        return "danger"
    return "warning" if flag or resource["resourceType"] in ("Flag", "DetectedIssue") else ""


def _details(resource: Resource, told: items.Item) -> list[str]:
    said = [told.status if told.status and told.tone != "good" else "", *told.details]
    if told.limits:
        said.append(told.limits)
    where = (
        words.concept(localised(resource).get("bodySite"))
        if resource["resourceType"] == "Observation"
        else ""
    )
    note = [str(one.get("text", "")) for one in parts(resource.get("note")) if isinstance(one, Mapping)]
    return [one for one in (where, *said, *note) if one]


def localised(resource: Resource) -> Resource:
    """With the words of our own codes in the reader's language; what others sent stays as they said it."""
    told = dict(resource)
    for key in ("code", "bodySite", "valueCodeableConcept"):
        if isinstance(resource.get(key), Mapping) and (said := _concept(resource[key])):
            told[key] = {**resource[key], "text": said}
    return told


def _concept(concept: Mapping[str, Any]) -> str:
    for one in parts(concept.get("coding")):
        if said := systems.words_of(one) or _translated(one):
            return said
    return ""


def _translated(coding: Any) -> str:
    """The translation that came with a display, where the reader reads English."""
    if not isinstance(coding, Mapping) or (get_language() or "zh").startswith("zh"):
        return ""
    for one in parts(coding.get("_display", {}).get("extension")):
        if one.get("url") == TRANSLATION:
            told = {
                part["url"]: part.get("valueString") or part.get("valueCode") for part in one["extension"]
            }
            if str(told.get("lang", "")).startswith("en"):
                return str(told.get("content", ""))
    return ""


def _person(key: str, resource: Resource) -> list[Line]:
    name = listed(str(one.get("text", "")) for one in parts(resource.get("name")))
    relation = [_concept(one) or words.concept(one) for one in parts(resource.get("relationship"))]
    return [Line(key, name, phone=_phones(resource), details=[one for one in relation if one])]


def _role(key: str, resource: Resource) -> list[Line]:
    relation = [_concept(one) or words.concept(one) for one in parts(resource.get("code"))]
    unit = str(resource.get("organization", {}).get("display", ""))
    return [
        Line(key, str(resource["practitioner"]["display"]), details=[one for one in (*relation, unit) if one])
    ]


def _phones(resource: Resource) -> str:
    return listed(str(one["value"]) for one in parts(resource.get("telecom")) if one.get("system") == "phone")


def _device_use(key: str, resource: Resource) -> list[Line]:
    device = resource.get("device", {})
    own = device.get("identifier", {})
    title = systems.words_of({"system": own.get("system"), "code": own.get("value")})
    notes = [str(one.get("text", "")) for one in parts(resource.get("note"))]
    when = words.period(resource.get("timingPeriod")) or words.day(resource.get("timingDateTime"))
    return [Line(key, title or str(device.get("display") or _("device")), when=when, details=notes)]


def _device(key: str, resource: Resource) -> list[Line]:
    named = [str(one.get("name", "")) for one in parts(resource.get("deviceName"))]
    title = words.concept(resource.get("type")) or next((one for one in named if one), _("device"))
    return [Line(key, title, when=words.day(resource.get("manufactureDate")))]


def _asked(key: str, resource: Resource) -> list[Line]:
    """Why the person comes: the reason in words, what is asked for, how urgent."""
    reasons = [words.concept(one) for one in parts(resource.get("reasonCode"))]
    kind = _concept(resource.get("code", {})) or words.concept(resource.get("code"))
    urgency = {
        "routine": pgettext("urgency of a packet", "routine"),
        "urgent": pgettext("urgency of a packet", "urgent"),
        "stat": pgettext("urgency of a packet", "emergency"),
    }.get(str(resource.get("priority")), "")
    who = in_words(str(resource.get("requester", {}).get("display", "")))
    when = words.day(resource.get("authoredOn"))
    return [
        Line(
            key, "；".join(one for one in reasons if one) or kind, when=when, who=who, details=[kind, urgency]
        )
    ]


def _answers(key: str, resource: Resource) -> list[Line]:
    """The person's wishes answer by answer; of an assessment its answers stay in the document."""
    if not str(resource.get("questionnaire", "")).endswith(":DISCLOSURE"):
        return []
    return [
        Line(
            key,
            str(systems.WISHES.get(one["linkId"], one.get("text", ""))),
            value=listed(_value(answer) for answer in one.get("answer", [])),
            tone="warning" if one["linkId"] in ("untold", "avoid") else "",
        )
        for one in resource.get("item", [])
    ]


def _value(answer: Resource) -> str:
    coding = answer.get("valueCoding")
    if coding:
        return systems.words_of(coding) or str(coding.get("display", ""))
    return str(answer.get("valueString", ""))


def _sight(key: str, resource: Resource) -> list[Line]:
    return [
        Line(
            key,
            " · ".join(_concept(role) or words.concept(role) for role in one["role"]),
            when=words.period(one.get("period")),
        )
        for one in resource.get("participant", [])
    ]


SAID: dict[str, Any] = {
    "RelatedPerson": _person,
    "PractitionerRole": _role,
    "DeviceUseStatement": _device_use,
    "Device": _device,
    "ServiceRequest": _asked,
    "QuestionnaireResponse": _answers,
    "CareTeam": _sight,
}


def names_in(resources: Any) -> dict[str, str]:
    """Who stands behind a reference, as far as the document has it."""
    found = {}
    for one in resources:
        name = one.get("name")
        if isinstance(name, list):
            first = next((part for part in name if isinstance(part, Mapping)), {})
            name = first.get("text") or " ".join([*parts(first.get("given")), str(first.get("family", ""))])
        said = str(name or "").strip() or words.concept(one.get("code"))
        if said:
            found[f"{one['resourceType']}/{one['id']}"] = said
    return found
