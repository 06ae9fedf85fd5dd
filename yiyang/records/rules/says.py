"""Of which matters an entry speaks that the person may not have been told of, as bits kept beside it. Pure.

Better hidden by one word too many than shown by one too few: whoever wants to know asks the doctor, and the family
and all who look after the person read everything.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yiyang.people.rules.disclosure import Topic

RULES = 1
"""Rises when the same lists make other bits: everything is then judged anew."""
# Kept in the tables: the bits stay as they are for ever.
BITS: dict[str, int] = {Topic.PALLIATIVE: 1, Topic.PROGNOSIS: 2, Topic.DIAGNOSIS: 4}
ALL = sum(BITS.values())
# Whoever is a Patient reads their own; words in it are made neutral.
NEVER = {"Patient"}
# Who, where and under which address: before the person a ward's name is made neutral, and hides no temperature.
ACTORS = {
    "performer", "recorder", "asserter", "informationSource", "requester", "author", "participant", "attester",
    "serviceProvider", "custodian", "location", "managingOrganization", "organization", "subject", "patient",
    "sender", "recipient", "sourceReference",
}  # fmt: skip
ADDRESSES = {"system", "url", "profile", "reference", "fullUrl", "id", "resourceType", "contentType", "data"}
ICD10, SNOMED = "ICD-10 ", "SNOMED "


@dataclass(frozen=True)
class Speaking:
    """What speaks of each matter: words in lower case, ICD-10 codes by how they begin, SNOMED codes in full."""

    words: Mapping[int, tuple[str, ...]]
    icd10: Mapping[int, tuple[str, ...]]
    snomed: Mapping[int, frozenset[str]]


def speaking(lists: Mapping[str, Iterable[str]]) -> Speaking:
    """From one list for each topic: "ICD-10 C", "SNOMED 363346000", anything else is a word."""
    words, icd10, snomed = {}, {}, {}
    for topic, listed in lists.items():
        told = list(listed)
        bit = BITS[topic]
        icd10[bit] = tuple(one.removeprefix(ICD10) for one in told if one.startswith(ICD10))
        snomed[bit] = frozenset(one.removeprefix(SNOMED) for one in told if one.startswith(SNOMED))
        words[bit] = tuple(one.lower() for one in told if not one.startswith((ICD10, SNOMED)))
    return Speaking(words, icd10, snomed)


def ordered(by: Speaking) -> list[tuple[int, list[str], list[str], list[str]]]:
    """The lists so that they can be compared."""
    return [
        (bit, sorted(by.words[bit]), sorted(by.icd10[bit]), sorted(by.snomed[bit]))
        for bit in sorted(by.words)
    ]


def says(resource: Mapping[str, Any], text: str, by: Speaking) -> int:
    """The bits of all matters of which it speaks; `text` is its JSON, looked through first because that is quick."""
    if resource.get("resourceType") in NEVER:
        return 0
    lowered = text.lower()
    if "\\u" in lowered or '"data"' in lowered:  # escaped letters, or a text within the text
        lowered = " ".join(strings(resource)).lower() + lowered
    found = 0
    for bit, words in by.words.items():
        if any(word in lowered for word in words):
            told = " ".join(strings(resource, without=_without(bit))).lower()
            found |= bit if any(word in told for word in words) else 0
    if "icd" in lowered or "snomed" in lowered:
        found |= _coded(resource, by)
    return found | (BITS[Topic.PROGNOSIS] if _foretells(resource) else 0)


def bits_of(topics: Iterable[str]) -> int:
    return sum(BITS[one] for one in set(topics))


def strings(value: Any, *, without: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every text of a resource that people read, attached texts too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for one in value:
            yield from strings(one, without=without)
    elif isinstance(value, Mapping):
        yield from _attached(value)
        for key, one in value.items():
            if key not in ADDRESSES and key not in without:
                yield from strings(one, without=without)


def _without(bit: int) -> frozenset[str]:
    return frozenset(ACTORS) if bit == BITS[Topic.PALLIATIVE] else frozenset()


def _attached(value: Mapping[str, Any]) -> Iterator[str]:
    kind, data = value.get("contentType"), value.get("data")
    if isinstance(data, str) and isinstance(kind, str) and kind.lower().startswith(("text/", "application/")):
        try:
            yield base64.b64decode(data, validate=False).decode("utf-8")
        except (binascii.Error, ValueError):
            return  # no text: named as a limit


def _coded(value: Any, by: Speaking) -> int:
    if isinstance(value, list):
        found = 0
        for one in value:
            found |= _coded(one, by)
        return found
    if not isinstance(value, Mapping):
        return 0
    found = 0
    system, code = value.get("system"), value.get("code")
    if isinstance(system, str) and isinstance(code, str):
        if "icd" in system.lower():
            found |= sum(bit for bit, begins in by.icd10.items() if code.upper().startswith(begins))
        elif "snomed" in system.lower():
            found |= sum(bit for bit, codes in by.snomed.items() if code in codes)
    for one in value.values():
        if isinstance(one, Mapping | list):
            found |= _coded(one, by)
    return found


def _foretells(resource: Mapping[str, Any]) -> bool:
    """A ClinicalImpression says in its own elements how it will go on."""
    return any(resource.get(key) for key in ("prognosisCodeableConcept", "prognosisReference"))
