"""A concept of a code system, a code system, a value set: as they are read from a file, a resource or HL7's definitions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from yiyang.records.r4 import texts

PART = "\x1f"
"""What parts the forms under which a concept is found."""


@dataclass(frozen=True, slots=True)
class Concept:
    """`display` in the language of its system, `display_zh` in Chinese where that is another one."""

    system: str
    code: str
    display: str = ""
    display_zh: str = ""
    definition: str = ""
    parents: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    active: bool = True
    abstract: bool = False
    properties: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""

    def shown(self, language: str) -> str:
        """In the reader's language where it is known, else as it is."""
        if language.lower().startswith("zh"):
            return self.display_zh or self.display or self.code
        return self.display or self.display_zh or self.code


@dataclass(frozen=True, slots=True)
class System:
    """What is said of a code system as a whole."""

    url: str
    version: str = ""
    name: str = ""
    title: str = ""
    title_zh: str = ""
    licence: str = ""
    source: str = ""
    uses: tuple[str, ...] = ()
    value_set: str = ""
    complete: bool = True
    case_sensitive: bool = True

    def shown(self, language: str) -> str:
        title = self.title_zh if language.lower().startswith("zh") else ""
        return title or self.title or self.title_zh or self.name or self.url


@dataclass(frozen=True, slots=True)
class CodeTable:
    """A code system with its concepts in their order."""

    system: System
    concepts: tuple[Concept, ...]


@dataclass(frozen=True, slots=True)
class ValueSet:
    """A value set as FHIR composes it: of includes and excludes."""

    about: System
    compose: Mapping[str, Any]

    @property
    def url(self) -> str:
        return self.about.url


def found_by(code: str, *displays: str, extra: str = "") -> str:
    """The forms under which a concept is found: code, words, for Chinese their pinyin and its initials."""
    forms = [texts.normal(code), *(form for one in displays if one for form in texts.forms(one)), extra]
    return PART + PART.join(dict.fromkeys(one for one in forms if one)) + PART


def rank(words: str, asked: str) -> int | None:
    """How well what was asked for fits: 0 the whole, 1 the beginning, 2 a part; None when it does not."""
    if f"{PART}{asked}{PART}" in words:
        return 0
    if PART + asked in words:
        return 1
    return 2 if all(part in words for part in asked.split()) else None


def all_above(parents: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    """Every code with all those above it; itself among them where they go round in a circle."""
    found: dict[str, tuple[str, ...]] = {}
    for code in parents:
        seen: set[str] = set()
        stack = list(parents.get(code, ()))
        while stack:
            one = stack.pop()
            if one in seen:
                continue
            if one in found and one != code:
                seen |= {one, *found[one]}
                continue
            seen.add(one)
            stack += parents.get(one, ())
        found[code] = tuple(sorted(seen))
    return found
