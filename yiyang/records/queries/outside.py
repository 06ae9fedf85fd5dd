"""Resources that lie outside of the store and are shown as FHIR all the same: who knows them registers here.

A Patient that came in lies in the store; a person who was registered on a page does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.records.queries.disclosed import own_untold_to, told_of
from yiyang.records.queries.narrowing import narrowed, reads_all, reads_type
from yiyang.records.r4.search.query import Part, Sort
from yiyang.records.stored import Stored


class ShownOnly(Refusal):
    message = _(
        "The platform itself keeps what is shown here as {type}. It is changed on its pages or by its commands in "
        "/api, and read here."
    )
    status = 405
    allow = "GET, HEAD"


class Next(Protocol):
    @property
    def by(self) -> datetime: ...


class Walking(Protocol):
    """What is shown, one after the other. `cut`: what comes next is not known before the next page."""

    @property
    def cut(self) -> bool: ...
    @property
    def cursor(self) -> str: ...
    def peek(self) -> Next | None: ...
    def take(self) -> Stored: ...


class Shown(Protocol):
    """What is asked of whoever shows a type; each answers as far as the actor may see."""

    def fetch(self, actor: Actor, ids: Sequence[str]) -> list[Stored]:
        """By id."""

    def page(
        self, actor: Actor, conditions: Sequence[Part], ids: Sequence[str] | None, cursor: str, limit: int
    ) -> tuple[list[Stored], str]:
        """By conditions, among these ids where they are known; and where to go on, empty at the end."""

    def holds(self, id: str) -> bool:
        """Whether this id belongs to something that is shown and not written here, whoever may see it."""

    def in_order(
        self, actor: Actor, conditions: Sequence[Part], ids: Sequence[str] | None, cursor: str, sort: Sort
    ) -> Walking | None:
        """The same by a date, from a marker on; None where they cannot be put into that order."""

    def changed(self, actor: Actor, facts: Sequence[Fact]) -> list[Stored]:
        """As it is now, that of which these facts tell."""

    def opens(self, actor: Actor) -> bool:
        """Whether the actor may ask for this type without reading clinical records: who audits asks for AuditEvents."""


Fact = Mapping[str, Any]
"""A row of `kernel.events.facts_after`."""
TYPES: dict[str, Shown] = {}


def register(of: str, shown: Shown) -> None:
    TYPES[of] = shown


def opened(actor: Actor, of: str) -> bool:
    """Whether an actor who reads no clinical records may ask for what is shown as this type."""
    return of in TYPES and TYPES[of].opens(actor)


# What persons, families and guardians also read on their pages. Before the person a transfer is told in neutral words
# alone, without reasons: it is not shown to them here. As Observation they read what devices measured: results of
# assessments are shown to staff alone (`assessments.queries.open_records`).
AT_HOME = {
    "Patient", "Organization", "EpisodeOfCare", "Encounter", "Consent", "CareTeam", "Device", "DeviceUseStatement",
    "Observation",
}  # fmt: skip
OF_FAMILY = {"ServiceRequest", "Task"}


def at_home(actor: Actor, of: str) -> bool:
    """Whether this type is shown to persons, families and guardians, of those whose record is open to them."""
    shown = of in AT_HOME or (of in OF_FAMILY and actor.role != "ELDER")
    return shown and actor.may(Permission.SEE_OWN_RECORD)


def asked(actor: Actor, of: str) -> bool:
    """Whether the actor may ask for this type at all, also by the scopes of its app."""
    may = actor.sees_all or actor.may(Permission.READ_RECORD) or opened(actor, of) or at_home(actor, of)
    return of in TYPES and may and reads_type(actor, of)


def fetch(actor: Actor, of: str, ids: Sequence[str]) -> list[Stored]:
    return told_of(actor, narrowed(actor, TYPES[of].fetch(actor, ids))) if ids and asked(actor, of) else []


def changed(actor: Actor, of: str, facts: Sequence[Fact]) -> list[Stored]:
    """What the platform itself runs and these facts tell of, as far as whoever asks may read it now."""
    found = TYPES[of].changed(actor, facts) if facts and asked(actor, of) else []
    return told_of(actor, narrowed(actor, found))


ROUNDS = 20
"""So often is a page filled up of which an app may not read everything."""


def page(
    actor: Actor, of: str, conditions: Sequence[Part], ids: Sequence[str] | None, cursor: str, limit: int
) -> tuple[list[Stored], str]:
    """A page of a type, as far as whoever asks may read it."""
    if not asked(actor, of):
        return [], ""
    found: list[Stored] = []
    for _round in range(ROUNDS):
        more, cursor = TYPES[of].page(actor, conditions, ids, cursor, limit - len(found))
        found += told_of(actor, narrowed(actor, more))
        if not cursor or len(found) >= limit:
            break
    return found, cursor


def in_order(
    actor: Actor, of: str, conditions: Sequence[Part], ids: Sequence[str] | None, cursor: str, sort: Sort
) -> Walking | None:
    """By a date; None also where an app reads the type of one person alone, or persons their own: then in pages."""
    whole = asked(actor, of) and reads_all(actor, of) and own_untold_to(actor) is None
    return TYPES[of].in_order(actor, conditions, ids, cursor, sort) if whole else None


PAGES = 30


def some(actor: Actor, of: str, conditions: Sequence[Part], most: int) -> list[Stored]:
    """All that meet the conditions, so many at most; refused where too many rows had to be looked through."""
    from yiyang.records.queries.search.running import SearchTooCostly

    found: list[Stored] = []
    cursor = ""
    if not asked(actor, of):
        return found
    for _page in range(PAGES):
        more, cursor = page(actor, of, conditions, None, cursor, min(most - len(found), 100))
        found += more
        if not cursor or len(found) >= most:
            return found
    raise SearchTooCostly


def missing(keys: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of these that nothing shown here is, whoever may see it."""
    asked = list(keys)
    persons = [id for of, id in asked if of == "Patient" and of in TYPES]
    found = {("Patient", one.id) for one in TYPES["Patient"].fetch(SYSTEM, persons)} if persons else set()
    return {
        (of, id) for of, id in asked if (of, id) not in found and not (of in TYPES and TYPES[of].holds(id))
    }


def refuse_write(actor: Actor, of: str, id: str) -> None:
    """What is shown is not written here, and nothing is put in its place; who does not see it is told nothing."""
    if of in TYPES and TYPES[of].holds(id):
        if fetch(actor, of, [id]):
            raise ShownOnly(type=of)
        raise NotFound
