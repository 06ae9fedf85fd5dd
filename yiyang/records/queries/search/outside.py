"""Resources that lie outside of the store and are shown as FHIR all the same: who knows them registers here.

A Patient that came in lies in the store; a person who was registered on a page does not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from yiyang.kernel.actors import Actor
from yiyang.people import queries as people
from yiyang.records.r4.search.query import Condition, Part, WantedText, WantedToken
from yiyang.records.stored import Stored

Fetch = Callable[[Actor, Sequence[str]], list[Stored]]
Find = Callable[[Actor, Part, int], list[str]]


BY_NAME = ("name", "family", "given", "phonetic")
BY_NUMBER = ("identifier", "phone", "telecom")


def patients(actor: Actor, condition: Part, most: int) -> list[str]:
    """Persons whom the actor may see, by id, name or number; by nothing else yet."""
    if not isinstance(condition, Condition) or condition.modifier not in ("", "contains", "exact"):
        return []
    found: dict[str, None] = {}
    for wanted in condition.wanted:
        if condition.parameter == "_id" and isinstance(wanted, WantedToken):
            found[wanted.code or ""] = None
        elif condition.parameter in BY_NAME and isinstance(wanted, WantedText):
            found |= dict.fromkeys(_searched(actor, wanted.text, most - len(found)))
        elif condition.parameter in BY_NUMBER and isinstance(wanted, WantedToken) and wanted.code:
            found |= dict.fromkeys(_searched(actor, wanted.code, most - len(found)))
    return list(found)


def _searched(actor: Actor, text: str, most: int) -> list[str]:
    found: list[str] = []
    cursor = ""
    while len(found) < most:
        page = people.search_persons(actor, text, cursor, limit=100)
        found += [str(one.pk) for one in page.persons]
        cursor = page.next
        if not cursor:
            break
    return found


TYPES: dict[str, tuple[Fetch | None, Find]] = {"Patient": (None, patients)}


def register(of: str, fetch: Fetch | None, find: Find | None = None) -> None:
    """Say how resources of a type outside of the store are shown by id, and found by a condition."""
    TYPES[of] = (fetch, find or TYPES[of][1])


def find(actor: Actor, of: str, condition: Part, most: int) -> list[str]:
    return TYPES[of][1](actor, condition, most)


def fetch(actor: Actor, of: str, ids: Sequence[str]) -> list[Stored]:
    """As far as the actor may see them; none for a type that nobody shows yet."""
    shown = TYPES[of][0] if of in TYPES else None
    return shown(actor, ids) if shown is not None and ids else []
