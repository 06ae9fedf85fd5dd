"""What is asked of codes: their words, their meaning, whether they are in a list, and what fits a few letters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from yiyang.records.queries.terms.sets import Expansion, expansion, members, set_called
from yiyang.records.queries.terms.systems import Codes, Wanted, for_use, system_called
from yiyang.records.terms.concepts import Concept, ValueSet
from yiyang.records.terms.refusals import CodeNotInSystem, CodeSystemUnknown
from yiyang.records.terms.uses import USES

SHORT, MANY = 12, 100


def find(of: str, text: str, limit: int = SHORT) -> list[Concept]:
    """What fits a code, words, pinyin or its initials: in a code system, in a value set, or for a use of codes."""
    limit = max(1, min(limit, MANY))
    if not text.strip():
        return []
    if of in USES:
        found = [one for each in for_use(of) for one in each.select(Wanted(text=text, active=True), limit)]
        return found[:limit]
    system = system_called(of)
    if system is not None:
        return system.select(Wanted(text=text, active=True), limit)
    return expansion(set_called(of), text=text, active=True, count=limit).concepts


def display(system: str, code: str, language: str = "") -> str:
    """The words of a code in a language (the reader's own if none is named); empty when it is not known."""
    return displays([(system, code)], language).get((system, code), "")


def displays(codes: Iterable[tuple[str, str]], language: str = "") -> dict[tuple[str, str], str]:
    """The words of many codes, one question for each system."""
    language = language or get_language() or "zh-hans"
    by_system: dict[str, set[str]] = {}
    for system, code in codes:
        if system and code:
            by_system.setdefault(system, set()).add(code)
    found = {}
    for url, wanted in by_system.items():
        known = system_called(url)
        for code, one in (known.get(wanted) if known else {}).items():
            if one.display or one.display_zh:
                found[url, code] = one.shown(language)
    return found


def lookup(url: str, code: str, version: str = "") -> tuple[Codes, Concept]:
    """A code and its system; refused when either is not known."""
    system = system_called(url, version)
    if system is None:
        raise CodeSystemUnknown(system=f"{url}|{version}" if version else url)
    found = system.get([code]).get(code)
    if found is None:
        raise CodeNotInSystem(code=code[:200], system=url)
    return system, found


@dataclass(frozen=True)
class Answer:
    """Whether a code is in a list; `known` is what the list calls it."""

    is_in: bool
    known: Concept | None = None


def validate(url: str, code: str, version: str = "") -> Answer:
    """Whether a code system has this code."""
    system = system_called(url, version)
    if system is None:
        raise CodeSystemUnknown(system=f"{url}|{version}" if version else url)
    found = system.get([code]).get(code)
    return Answer(found is not None, found)


def member(one: ValueSet, codes: Iterable[tuple[str, str]]) -> Answer:
    """Whether a value set has one of these codes. An empty system means any in which the set lists the code."""
    asked: list[tuple[str, str]] = []
    for system, code in codes:
        systems = (
            [system] if system else [str(each.get("system", "")) for each in one.compose.get("include", [])]
        )
        asked += [(each, code) for each in systems if each]
    found = members(one, asked)
    key = next((each for each in asked if each in found), None)
    if key is None:
        return Answer(False)
    codes_of = system_called(key[0])
    known = codes_of.get([key[1]]).get(key[1]) if codes_of else None
    return Answer(True, known or Concept(*key, display=_named(one, key)))


def expand(url: str, text: str = "", offset: int = 0, count: int | None = None) -> Expansion:
    return expansion(set_called(url), text=text, offset=offset, count=count)


def subsumes(url: str, one: str, other: str, version: str = "") -> str:
    """How two codes stand: equivalent, subsumes (the first is above the second), subsumed-by or not-subsumed."""
    _system, first = lookup(url, one, version)
    _system, second = lookup(url, other, version)
    if first.code == second.code:
        return "equivalent"
    if first.code in second.above:
        return "subsumes"
    return "subsumed-by" if second.code in first.above else "not-subsumed"


def _named(one: ValueSet, key: tuple[str, str]) -> str:
    for include in one.compose.get("include", []):
        if include.get("system") == key[0]:
            for each in include.get("concept", []):
                if each.get("code") == key[1]:
                    return str(each.get("display", ""))
    return ""
