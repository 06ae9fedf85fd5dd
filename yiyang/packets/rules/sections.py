"""The parts of a handover packet in their order, after the International Patient Summary, and what each says when it
is empty. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

OWN = "urn:yiyang:packet-section"
LOINC = "http://loinc.org"
NOT_KNOWN = _("Nothing is entered: whether there is any is not known.")
NONE_RECORDED = _("None recorded.")


@dataclass(frozen=True)
class Section:
    """`loinc` is the code of the International Patient Summary where it has one."""

    name: str
    title: Any
    loinc: tuple[str, str] | None = None
    empty: Any = NONE_RECORDED

    @property
    def coding(self) -> list[dict[str, str]]:
        system, code, display = (LOINC, *self.loinc) if self.loinc else (OWN, self.name, str(self.title))
        own = {"system": OWN, "code": self.name}
        return [{"system": system, "code": code, "display": display}, *([own] if self.loinc else [])]


SECTIONS: tuple[Section, ...] = (
    Section(
        "allergies",
        pgettext_lazy("packet", "Allergies"),
        ("48765-2", "Allergies and adverse reactions Document"),
        _("Nothing is entered: whether there are allergies is not known."),
    ),
    Section(
        "watch",
        pgettext_lazy("packet", "What to watch"),
        ("18776-5", "Plan of care note"),
        _("Nothing stands out in what is recorded."),
    ),
    Section(
        "move",
        pgettext_lazy("packet", "Why the person comes"),
        ("42349-1", "Reason for referral (narrative)"),
        NOT_KNOWN,
    ),
    Section(
        "problems",
        pgettext_lazy("packet", "Problems"),
        ("11450-4", "Problem list - Reported"),
        NOT_KNOWN,
    ),
    Section(
        "medicines",
        pgettext_lazy("packet", "Medicines"),
        ("10160-0", "History of Medication use Narrative"),
        NOT_KNOWN,
    ),
    Section(
        "level",
        pgettext_lazy("packet", "Care level and assessments"),
        ("47420-5", "Functional status assessment note"),
    ),
    Section(
        "nursing",
        pgettext_lazy("packet", "Nursing needs, skin, precautions"),
        None,
        NOT_KNOWN,
    ),
    Section("vitals", pgettext_lazy("packet", "Vital signs"), ("8716-3", "Vital signs")),
    Section(
        "results",
        pgettext_lazy("packet", "Recent results"),
        ("30954-2", "Relevant diagnostic tests/laboratory data Narrative"),
    ),
    Section(
        "procedures",
        pgettext_lazy("packet", "Procedures"),
        ("47519-4", "History of Procedures Document"),
    ),
    Section(
        "vaccinations",
        pgettext_lazy("packet", "Vaccinations"),
        ("11369-6", "History of Immunization Narrative"),
    ),
    Section(
        "devices",
        pgettext_lazy("packet", "Devices, lines and tubes"),
        ("46264-8", "History of medical device use"),
        NOT_KNOWN,
    ),
    Section("contacts", pgettext_lazy("packet", "Whom to call"), None, NOT_KNOWN),
    Section(
        "wishes",
        pgettext_lazy("packet", "Wishes, and what the person has been told"),
        ("42348-3", "Advance directives"),
        _("The person's wishes were not asked for yet: speak with care."),
    ),
    Section(
        "handover",
        pgettext_lazy("packet", "What the sending team wrote"),
        None,
        _("The sending team has not written the handover yet."),
    ),
    Section(
        "sight",
        pgettext_lazy("packet", "What the receiver may see"),
        None,
        _("This one document alone, by a link with a code or on paper."),
    ),
)
BY_NAME = {one.name: one for one in SECTIONS}
