"""A person who was registered on a page, shown as a Patient: name, sex, birth, death and address.

Numbers of documents and telephones stay on the pages, where each look in full is a fact of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec

from yiyang.access.permissions import Permission
from yiyang.gateways.fhir.mapping import RESIDENT_ID
from yiyang.kernel.actors import Actor
from yiyang.kernel.time import now
from yiyang.people import queries as people
from yiyang.records.queries import visible
from yiyang.records.queries.outside import Fact
from yiyang.records.queries.resources import readable
from yiyang.records.queries.search.persons import same
from yiyang.records.r4.search import Condition, Part, met
from yiyang.records.r4.search.query import Sort, WantedText, WantedToken
from yiyang.records.stored import Stored

GENDERS = {"MALE": "male", "FEMALE": "female", "UNSTATED": "other", "UNKNOWN": "unknown"}
BY_NAME = ("name", "family", "given", "phonetic")
CITIZEN = re.compile(r"\d{17}[\dXx]")
PHONE = re.compile(r"\+?[\d -]{7,20}")
ROUNDS = 100
"""So many persons in a row may not fit before the page is given as it is."""


class Persons:
    """The register, as far as anything of a person is open to the actor."""

    def fetch(self, actor: Actor, ids: Sequence[str]) -> list[Stored]:
        named = [found for one in ids if (found := people.id_from(one)) is not None and str(found) == one]
        shown = [_stored(one) for one in _open(actor, named)]
        others = set(ids) - {one.id for one in shown}
        return shown + _under_other_ids(actor, sorted(others))

    def changed(self, actor: Actor, facts: Sequence[Fact]) -> list[Stored]:
        """Of whom something was said that stands in the register."""
        told = {one["person_id"] for one in facts if one["person_id"] and one["name"].startswith("person.")}
        return [_stored(one) for one in _open(actor, sorted(told))]

    def in_order(
        self, actor: Actor, conditions: Sequence[Part], ids: Sequence[str] | None, cursor: str, sort: Sort
    ) -> None:
        """The register is in the order of names alone."""

    def opens(self, actor: Actor) -> bool:
        """Elders and relatives: themselves, and those who entrusted them."""
        return actor.may(Permission.SEE_OWN_RECORD)

    def holds(self, id: str) -> bool:
        """A Patient is written under the id of the person."""
        return False

    def page(
        self, actor: Actor, conditions: Sequence[Part], ids: Sequence[str] | None, cursor: str, limit: int
    ) -> tuple[list[Stored], str]:
        """In the order of names, or of ids where these are known."""
        named = _ids(conditions)
        if ids is not None:
            named = sorted(set(ids) & set(named if named is not None else ids))
        by_number = next((one for one in conditions if isinstance(one, Condition) and _number(one)), None)
        judged = [one for one in conditions if not (isinstance(one, Condition) and one is by_number)]
        if named is not None:
            judged = list(conditions)
            after = [one for one in sorted(named) if one > cursor]
            found = _fitting(self.fetch(actor, after), judged)
            return found[:limit], found[limit - 1].id if len(found) > limit else ""
        return _walked(actor, conditions, judged, cursor, limit)


def _walked(
    actor: Actor, conditions: Sequence[Part], judged: Sequence[Part], cursor: str, limit: int
) -> tuple[list[Stored], str]:
    found: list[Stored] = []
    text = _text(conditions)
    for _round in range(ROUNDS):
        page = people.search_persons(actor, text, cursor, limit - len(found))
        opened = _open(actor, [one.pk for one in page.persons])
        found += _fitting([_stored(one) for one in opened], judged)
        cursor = page.next
        if not cursor or len(found) >= limit:
            break
    return found, cursor


def _text(conditions: Sequence[Part]) -> str:
    """What the register is searched by: the first number or name; names are judged afterwards."""
    told = [one for one in conditions if isinstance(one, Condition)]
    number = next((one for one in map(_number, told) if one), "")
    names = (one.wanted[0] for one in told if one.parameter in BY_NAME and len(one.wanted) == 1)
    return number or next((one.text for one in names if isinstance(one, WantedText)), "")


def _number(one: Condition) -> str:
    """The number by which a condition asks, where it is one that the register knows.

    Numbers are not shown, so they cannot be judged afterwards: the register finds exactly these.
    """
    wanted = one.wanted[0]
    if len(one.wanted) > 1 or one.modifier or not isinstance(wanted, WantedToken) or not wanted.code:
        return ""
    if one.parameter == "identifier":
        ours = wanted.system is None or wanted.system in RESIDENT_ID
        return wanted.code if ours and CITIZEN.fullmatch(wanted.code) else ""
    phone = one.parameter in ("phone", "telecom") and wanted.system in (None, "phone")
    return wanted.code if phone and PHONE.fullmatch(wanted.code) else ""


def _ids(conditions: Sequence[Part]) -> list[str] | None:
    for one in conditions:
        if isinstance(one, Condition) and one.parameter == "_id" and not one.modifier:
            return [wanted.code for wanted in one.wanted if isinstance(wanted, WantedToken) and wanted.code]
    return None


def _open(actor: Actor, ids: Sequence[UUID]) -> list[Any]:
    """The persons of whom something is open to the actor, and of whom it may read no Patient that came in.

    To whom some kinds of data alone are open, the register tells what goes with them: name, age and address. A Patient
    that came in may tell more, and is open with the whole record.
    """
    if not ids:
        return []
    opened = visible.open_of(actor, ids)
    known = same(str(one) for one in opened)
    read = readable(actor, {("Patient", id) for one in known.values() for id in one.stored})
    new = [
        one
        for one in ids
        if one in opened and not any(("Patient", id) in read for id in known[str(one)].stored)
    ]
    found = {one.pk: one for one in people.everyone_visible(actor).filter(pk__in=new)}
    return [found[one] for one in new if one in found]


def _under_other_ids(actor: Actor, ids: Sequence[str]) -> list[Stored]:
    """By the ids of Patients that came in and are not open: what refers to them leads to what the register tells."""
    strange = {id: one for id, one in same(ids).items() if id in one.stored} if ids else {}
    persons = list({person for one in strange.values() for person in one.persons})
    opened = [one for one in _open(actor, persons) if one.merged_into_id is None]
    return [_stored(one, id) for id, behind in strange.items() for one in opened if one.pk in behind.persons]


def _fitting(found: Iterable[Stored], judged: Sequence[Part]) -> list[Stored]:
    at = now()
    return [one for one in found if met(msgspec.json.decode(one.body), judged, at)]


def _stored(person: Any, id: str = "") -> Stored:
    told = patient(person) | ({"id": id} if id else {})
    return Stored(person.pk, "Patient", told["id"], person.version, now(), msgspec.json.encode(told).decode())


def patient(person: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "resourceType": "Patient",
        "id": str(person.pk),
        "meta": {"versionId": str(person.version)},
        "active": person.merged_into_id is None,
        "name": [{"use": "official", "text": person.full_name}],
        "gender": GENDERS.get(person.sex, "unknown"),
    }
    if person.born_on:
        told["birthDate"] = person.born_on.isoformat()
    if person.died_at:
        told["deceasedDateTime"] = person.died_at.isoformat()
    if person.residence_address:
        told["address"] = [{"use": "home", "text": person.residence_address}]
    if person.merged_into_id:
        told["link"] = [{"other": {"reference": f"Patient/{person.merged_into_id}"}, "type": "replaced-by"}]
    return told
