"""Types that lie outside of the store and are shown as FHIR all the same (Patient): who knows them registers here."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import Refusal
from yiyang.people import queries as people
from yiyang.records.r4.search.query import Condition, Part, WantedText, WantedToken
from yiyang.records.stored import Stored

Fetch = Callable[[Actor, Sequence[str]], list[Stored]]
Find = Callable[[Actor, Part, int], list[str]]


class PatientChainUnfit(Refusal):
    message = _("Patients cannot be chained to by “{parameter}”. It can be by: {fitting}.")
    status = 400


BY_NAME = ("name", "family", "given", "phonetic")
BY_NUMBER = ("identifier", "phone", "telecom")


def patients(actor: Actor, condition: Part, most: int) -> list[str]:
    """Persons whom the actor may see, by id, name or number."""
    if not isinstance(condition, Condition) or condition.modifier not in ("", "contains", "exact"):
        raise PatientChainUnfit(parameter=getattr(condition, "parameter", ""), fitting=_fitting())
    found: dict[str, None] = {}
    for wanted in condition.wanted:
        if condition.parameter == "_id" and isinstance(wanted, WantedToken):
            found[wanted.code or ""] = None
            continue
        if condition.parameter in BY_NAME and isinstance(wanted, WantedText):
            text = wanted.text
        elif condition.parameter in BY_NUMBER and isinstance(wanted, WantedToken) and wanted.code:
            text = wanted.code
        else:
            raise PatientChainUnfit(parameter=condition.parameter, fitting=_fitting())
        found |= dict.fromkeys(_searched(actor, text, most - len(found)))
    return [str(one) for id in found if (person := people.id_from(id)) for one in people.ids(person)]


def _fitting() -> str:
    return ", ".join(("_id", *BY_NAME, *BY_NUMBER))


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
