"""What may be said before a person about their own care: the one place that decides words for (person, audience).

Clinicians, staff and guardians read plain words. The person reads neutral ones ("you are on the ward on the third
floor") until somebody has told them, and what was not told appears nowhere before them: no page, no print, no
notice, no answer of the API. Nothing here hides anything from anybody else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _


class Topic(models.TextChoices):
    PALLIATIVE = "PALLIATIVE", _("That the stay is a palliative one")
    DIAGNOSIS = "DIAGNOSIS", _("The diagnosis")
    PROGNOSIS = "PROGNOSIS", _("How the illness is expected to go on")


class Wish(models.TextChoices):
    NOT_ASKED = "NOT_ASKED", _("has not been asked yet")
    ALL = "ALL", _("wants to know everything")
    WHEN_ASKING = "WHEN_ASKING", _("wants an answer when they ask")
    FAMILY_FIRST = "FAMILY_FIRST", _("wants the family to hear it first")
    NOTHING = "NOTHING", _("does not want to know")


class Audience(models.TextChoices):
    PERSON = "PERSON", _("the person")
    FAMILY = "FAMILY", _("the family")
    GUARDIAN = "GUARDIAN", _("the guardian")
    STAFF = "STAFF", _("staff")


WARD = "HOSPITAL"
# Codes that the API shows of what was not told: true of both, and part of the answer's own list of codes.
CODES = {"PALLIATIVE": WARD, "TERMINAL_CARE": "HEALTH_WORSENED"}
NEUTRAL = {
    "HOME_CARE": pgettext_lazy("to the person", "care at home"),
    "INSTITUTION": pgettext_lazy("to the person", "the care home"),
    "HOME_MEDICAL": pgettext_lazy("to the person", "doctor and nurse who come to your home"),
    "HOSPITAL": pgettext_lazy("to the person", "the ward"),
    "PALLIATIVE": pgettext_lazy("to the person", "the ward"),
}
# Drawings of the kind: its colour, and its seal where that stands alone.
DRAWN = {"kind-palliative": "kind-hospital", ">安<": ">医<"}
# Free text that clinicians write for each other, in records that say a kind, a trigger or an outcome.
CLINICAL = frozenset({"kind", "target_kind", "trigger", "outcome", "wanted_kind"})
FREE_TEXT = frozenset({"reason", "evidence", "statement", "answer_text", "text", "note", "end_reason"})


@dataclass(frozen=True)
class Words:
    """How to speak of one person's care before one audience."""

    audience: str = Audience.STAFF
    told: frozenset[str] = frozenset()
    terms: Mapping[str, str] = field(default_factory=dict)  # what must not be said -> what is said instead
    avoid: tuple[str, ...] = ()

    @property
    def to_the_person(self) -> bool:
        return self.audience == Audience.PERSON

    def withholds(self, topic: str) -> bool:
        return self.to_the_person and topic not in self.told

    def kind(self, kind: str) -> str:
        """The code of a kind of bed as this audience may read it."""
        return CODES.get(kind, kind) if self.withholds(Topic.PALLIATIVE) else kind

    def kind_label(self, kind: str, plain: Any, *, comes_to_them: bool = False) -> Any:
        """A kind of bed in words: neutral to the person, its name to everybody else."""
        if not self.to_the_person or (kind == Topic.PALLIATIVE and not self.withholds(Topic.PALLIATIVE)):
            return plain
        return NEUTRAL["HOME_MEDICAL"] if comes_to_them else NEUTRAL.get(kind, plain)

    def place(self, kind: str, *, unit: str, ward: str = "", floor: str = "", bed: str = "") -> str:
        """Where somebody is: "the ward on the third floor" where the name of the unit or ward says too much."""
        if not self.withholds(Topic.PALLIATIVE) or kind != Topic.PALLIATIVE:
            ward = "" if bed.startswith(ward) else ward
            return " ".join(part for part in (unit, ward, bed) if part)
        level = floor or ward
        if not level or self.says_too_much(level):
            return pgettext("to the person", "the ward")
        return pgettext("to the person", "the ward, {floor}").format(floor=level)

    def says_too_much(self, text: str) -> bool:
        return self.text(text) != text

    def text(self, text: str) -> str:
        """The text without what this person was not told; control values of forms stay as they are."""
        pattern = _pattern(self._hidden())
        if pattern is None or not text:
            return text
        return pattern.sub(self._instead, text)

    def answer(self, value: Any) -> Any:
        """An answer of the API, with all that is in it."""
        if isinstance(value, dict):
            clinical = self.withholds(Topic.DIAGNOSIS) and not CLINICAL.isdisjoint(value)
            return {
                name: "" if clinical and name in FREE_TEXT and isinstance(one, str) else self.answer(one)
                for name, one in value.items()
            }
        if isinstance(value, list):
            return [self.answer(one) for one in value]
        if isinstance(value, str):
            code = CODES.get(value) if self.withholds(Topic.PALLIATIVE) else None
            return code or self.text(value)
        return value

    def _hidden(self) -> tuple[str, ...]:
        if not self.to_the_person:
            return ()
        terms = {**self.terms, **DRAWN} if self.withholds(Topic.PALLIATIVE) else {}
        avoid = self.avoid if self.withholds(Topic.DIAGNOSIS) or self.withholds(Topic.PROGNOSIS) else ()
        return tuple(sorted({*terms, *avoid}, key=lambda term: (-len(term), term)))

    def _instead(self, found: re.Match[str]) -> str:
        if found.group("keep"):
            return found.group(0)
        for term, said in {**self.terms, **DRAWN}.items():
            if term.lower() == found.group(0).lower():
                return said
        return "…" if (get_language() or "zh").startswith("zh") else "..."


def words(audience: str, told: Iterable[str], terms: Mapping[str, str], avoid: Iterable[str] = ()) -> Words:
    """The words for one person before one audience."""
    return Words(audience, frozenset(told), terms, tuple(one for one in avoid if one))


@lru_cache(maxsize=256)
def _pattern(hidden: tuple[str, ...]) -> re.Pattern[str] | None:
    if not hidden:
        return None
    return re.compile(rf"(?P<keep>value=\"[^\"]*\")|{'|'.join(map(re.escape, hidden))}", re.IGNORECASE)
