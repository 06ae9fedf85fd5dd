"""What an app asks to read or write: SMART scopes, in the writing of version 1 (`.read`) and of version 2 (`.rs`)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

LETTERS = "cruds"  # create, read, update, delete, search
OLD = {"read": "rs", "write": "cud", "*": LETTERS}
SCOPE = re.compile(r"(patient|user|system)/(\*|[A-Z][A-Za-z]{1,63})\.(\*|read|write|c?r?u?d?s?)(\?.*)?")
LAUNCH, OFFLINE = "launch/patient", "offline_access"
OTHERS = (LAUNCH, OFFLINE)
ANY = "*"
OF_PERSON, OF_ACCOUNT, OF_PROGRAM = "patient", "user", "system"
# An app that was opened for one person reads that person's record. What it writes, it writes as its user.
GIVEN = {OF_PERSON: "rs", OF_ACCOUNT: LETTERS, OF_PROGRAM: LETTERS}


@dataclass(frozen=True)
class Scope:
    """Whose data (`patient`: one person's; `user`, `system`: whatever the account may see), of which type, to do what."""

    context: str
    type: str
    letters: str
    text: str

    def meets(self, other: Scope) -> Scope | None:
        """What both allow."""
        if self.context != other.context or (self.type != other.type and ANY not in (self.type, other.type)):
            return None
        letters = "".join(one for one in LETTERS if one in self.letters and one in other.letters)
        if not letters:
            return None
        of = other.type if self.type == ANY else self.type
        same = of == self.type and letters == self.letters
        return Scope(self.context, of, letters, self.text if same else f"{self.context}/{of}.{letters}")


@dataclass(frozen=True)
class Asked:
    """A list of scopes, read: those of the record, the others that are known, what nobody here knows."""

    scopes: tuple[Scope, ...] = ()
    others: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    searching: tuple[str, ...] = ()
    """Scopes with search parameters, which are not given here."""


def read(text: str | None) -> Asked:
    scopes, others, unknown, searching = [], [], [], []
    for one in dict.fromkeys((text or "").split()):
        found = SCOPE.fullmatch(one)
        if one in OTHERS:
            others.append(one)
        elif found is None or not found[3]:
            unknown.append(one)
        elif found[4] is not None:
            searching.append(one)
        else:
            scopes.append(Scope(found[1], found[2], OLD.get(found[3], found[3]), one))
    return Asked(tuple(scopes), tuple(others), tuple(unknown), tuple(searching))


def granted(asked: str | None, allowed: str) -> str:
    """What of that which is asked for is allowed, in the words of whoever asks; empty when nothing of it is."""
    wanted, most = read(asked), read(allowed)
    found: dict[str, None] = {}
    for one in wanted.scopes:
        own = Scope(one.context, one.type, _only(one.letters, GIVEN[one.context]), one.text)
        if own.letters != one.letters:
            own = Scope(own.context, own.type, own.letters, f"{own.context}/{own.type}.{own.letters}")
        for other in most.scopes:
            both = own.meets(other) if own.letters else None
            if both is not None:
                found[both.text] = None
    if not found:
        return ""
    return " ".join([*found, *(one for one in wanted.others if one in most.others)])


def for_once(text: str) -> str:
    """Without going on later."""
    return " ".join(one for one in text.split() if one != OFFLINE)


def _only(letters: str, given: str) -> str:
    return "".join(one for one in letters if one in given)


@dataclass(frozen=True)
class Opened:
    """What a token opens, by type: of all whom its account may see, and of the one person it was given for."""

    of_all: Mapping[str, str]
    of_person: Mapping[str, str]

    def letters(self, type: str) -> str:
        """What may be done with resources of a type, of anybody."""
        return "".join(dict.fromkeys(_of(self.of_all, type) + _of(self.of_person, type)))

    def reads(self, type: str) -> bool:
        return _readable(_of(self.of_all, type))

    def reads_of_person(self, type: str) -> bool:
        return _readable(_of(self.of_person, type))


@lru_cache(maxsize=2000)
def opened(text: str) -> Opened:
    of_all: dict[str, str] = {}
    of_person: dict[str, str] = {}
    for one in read(text).scopes:
        target = of_person if one.context == OF_PERSON else of_all
        target[one.type] = target.get(one.type, "") + one.letters
    return Opened(of_all, of_person)


def _of(letters: Mapping[str, str], type: str) -> str:
    return letters.get(type, "") + letters.get(ANY, "")


def _readable(letters: str) -> bool:
    return "r" in letters or "s" in letters


def contexts(scopes: Iterable[Scope]) -> set[str]:
    return {one.context for one in scopes}
