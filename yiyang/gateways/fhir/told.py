"""Sentences that are made by the worker and read by others later: kept in every language of the platform."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language, override


@dataclass(frozen=True)
class Told:
    """`words` by language; as text it is in the language of whoever reads it."""

    words: dict[str, str]

    def __str__(self) -> str:
        return self.words.get(get_language() or "") or next(iter(self.words.values()), "")

    def changed(self, change: Callable[[str], str]) -> Told:
        return Told({language: change(text) for language, text in self.words.items()})


@dataclass(frozen=True)
class Problem:
    """What is wrong, and with which resource where it is one."""

    resource: str
    why: Told

    def __str__(self) -> str:
        return f"{self.resource}: {self.why}" if self.resource else str(self.why)


Line = tuple[str, Told]
"""A resource, and what is to be said of it."""


def told(said: Callable[[], object]) -> Told:
    """What is said, asked for once in each language."""
    words = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            words[language] = str(said())
    return Told(words)
