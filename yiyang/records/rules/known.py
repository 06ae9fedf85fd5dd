"""Words for the codes that the platform itself knows, where those that were sent are in another language. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from yiyang.records.rules.vital_signs import (
    AWARENESS,
    CATEGORY,
    CONSCIOUSNESS,
    IN_ENGLISH,
    LOINC,
    PANEL,
    SIGNS,
)

CHINESE = re.compile("[\u3400-\u9fff]")
LETTERS = re.compile("[A-Za-z]")
CATEGORIES = {
    "vital-signs": _("Vital signs"),
    "laboratory": pgettext_lazy("kind of result", "Laboratory"),
    "imaging": pgettext_lazy("kind of result", "Imaging"),
    "survey": pgettext_lazy("kind of result", "Questionnaire"),
    "exam": pgettext_lazy("kind of result", "Examination"),
    "social-history": pgettext_lazy("kind of result", "Way of living"),
    "procedure": pgettext_lazy("kind of result", "Procedure"),
    "therapy": pgettext_lazy("kind of result", "Treatment"),
    "activity": pgettext_lazy("kind of result", "Activity"),
}
WORDS: dict[tuple[str, str], Any] = {
    **{(LOINC, code): sign.label for sign in (*SIGNS, AWARENESS) for code in (sign.code, sign.also) if code},
    (LOINC, PANEL): pgettext_lazy("vital sign", "Blood pressure"),
    (LOINC, "55284-4"): pgettext_lazy("vital sign", "Blood pressure"),
    (LOINC, "8302-2"): pgettext_lazy("vital sign", "Body height"),
    (LOINC, "39156-5"): pgettext_lazy("vital sign", "Body mass index"),
    **{(CATEGORY, code): label for code, label in CATEGORIES.items()},
}
_loaded: ContextVar[Mapping[tuple[str, str], str]] = ContextVar("words of loaded lists", default={})  # noqa: B039
PHRASES = {english: CONSCIOUSNESS[letter] for letter, english in IN_ENGLISH.items()}


def read_by_all(text: str) -> bool:
    """Whether the words are in the reader's language, as far as their letters tell."""
    if (get_language() or "zh").startswith("zh"):
        return bool(CHINESE.search(text)) or not LETTERS.search(text)
    return not CHINESE.search(text)


def word(system: str, code: str) -> str:
    """What the platform, or a list that is loaded, calls this code; or nothing."""
    return str(WORDS.get((system, code)) or _loaded.get().get((system, code), ""))


@contextmanager
def beside(words: Mapping[tuple[str, str], str]) -> Iterator[None]:
    """Use these words for codes too, while resources are put into words."""
    token = _loaded.set(words)
    try:
        yield
    finally:
        _loaded.reset(token)


def codes_in_other_words(value: Any) -> Iterator[tuple[str, str]]:
    """The codes within a resource beside which words stand that are not in the reader's language."""
    stack = [value]
    while stack:
        one = stack.pop()
        if isinstance(one, Mapping):
            codings = one.get("coding")
            if isinstance(codings, list):
                listed = [each for each in codings if isinstance(each, Mapping)]
                told = [str(one.get("text") or ""), *(str(each.get("display") or "") for each in listed)]
                told = [each for each in told if each]
                if not any(read_by_all(each) for each in told[:1]):
                    yield from ((str(each.get("system", "")), str(each.get("code", ""))) for each in listed)
            else:
                stack += one.values()
        elif isinstance(one, list):
            stack += one


def phrase(sent: str) -> str:
    """How awake somebody was, as it is kept in English."""
    return sent if read_by_all(sent) else str(PHRASES.get(sent, sent))
