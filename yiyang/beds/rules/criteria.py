"""The questions that a clinician answers before a transfer, for each kind of bed.

Which of them a district asks is a row of its policy pack (`beds.criteria.<kind>`); here is how each is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiyang.assessments.rules.texts import Text

TEXTS: dict[str, Any] = {
    "UNSTABLE": _("The condition is acute or unstable and needs treatment in a ward"),
    "NEEDS_DAILY_DOCTOR": _("A doctor is needed every day"),
    "NEEDS_TESTS": _("Tests or procedures are needed that cannot be done where the person is"),
    "NOT_CONTAGIOUS": _("No contagious disease that the target unit cannot isolate"),
    "STABLE": _("The condition is stable; treatment can go on outside a ward"),
    "NEEDS_HELP_DAILY": _("Help with daily life is needed (eating, washing, moving)"),
    "CARE_AT_HOME_FAILS": _("Care in the present place is no longer enough or no longer safe"),
    "HOME_IS_SAFE": _("The home is safe, and somebody is there or comes often enough"),
    "CARE_UNIT_CAN": _("The unit can give the nursing that is needed (tubes, oxygen, dementia)"),
    "BEDBOUND_OR_CHRONIC": _("Hard to leave the home; a chronic or late-stage illness needs regular visits"),
    "CARER_AT_HOME": _("Somebody at the place can help with care between the visits"),
    "TERMINAL": _("The illness cannot be cured and life is expected to end within months"),
    "COMFORT_WISHED": _("The person or the family wishes comfort rather than cure"),
    "SYMPTOMS": _("Pain or other symptoms need palliative treatment"),
}
ANSWERS = {
    "YES": pgettext_lazy("criterion", "yes"),
    "NO": pgettext_lazy("criterion", "no"),
    "UNKNOWN": pgettext_lazy("criterion", "cannot say"),
}


@dataclass(frozen=True)
class Answered:
    """One criterion with its answer, in words."""

    text: Any
    answer: Any
    code: str


def answered(criteria: Sequence[dict[str, Any]]) -> list[Answered]:
    """What an evaluation kept, as people read it."""
    return [
        Answered(
            TEXTS.get(one["code"]) or _own_words(one),
            ANSWERS.get(one["answer"], one["answer"]),
            one["answer"],
        )
        for one in criteria
    ]


def _own_words(one: dict[str, Any]) -> Any:
    """A criterion of a policy pack brings its words along."""
    return Text(one["zh"], one["en"]) if "zh" in one and "en" in one else one["code"]
