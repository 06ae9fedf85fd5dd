"""Whose a resource is, and whether all that it refers to is that person's or nobody's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotAllowed, NotFound, Refusal
from yiyang.people import queries as people
from yiyang.records.commands import integrity
from yiyang.records.queries.addresses import persons_of
from yiyang.records.queries.visible import open_person
from yiyang.records.r4.definitions import types
from yiyang.records.r4.extracting import person_references
from yiyang.records.stored import NOBODY

RELATIVE = re.compile(r"([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?")
ELSEWHERE = re.compile(r"://.*\bPatient/|^urn:")
SUBJECTS = ("subject", "patient", "beneficiary", "individual")
# What is about several persons by its nature. It is kept with the first; whoever writes it must see them all.
OF_MANY = {
    "Group",
    "List",
    "Appointment",
    "Person",
    "Linkage",
    "Account",
    "Bundle",
    "AuditEvent",
    "Provenance",
}

Key = tuple[str, str]


class PersonNotOpen(Refusal):
    message = _(
        "It names {reference}, and there is no such person, or the record is not open to you. Use the id under "
        "which the person is registered here."
    )
    status = 422


class OfTwoPersons(Refusal):
    message = _("It names two persons as its subject: {references}. Send one resource for each person.")
    status = 422


class RefersToAnother(Refusal):
    message = _("It refers to {reference}, which belongs to another person's record. Remove the reference.")
    status = 422


def references(resource: Any) -> Iterator[Key]:
    """Type and id of every relative reference in a resource."""
    if isinstance(resource, dict):
        for name, value in resource.items():
            if name == "reference" and isinstance(value, str):
                if (found := RELATIVE.fullmatch(value)) and found[1] in types():
                    yield found[1], found[2]
            elif isinstance(value, dict | list):
                yield from references(value)
    elif isinstance(resource, list):
        for one in resource:
            if isinstance(one, dict | list):
                yield from references(one)


@dataclass
class Named:
    """What a resource names: its subjects as they are written, everything it refers to."""

    type: str
    subjects: list[str]
    keys: list[Key]
    elsewhere: str = ""

    @classmethod
    def by(cls, resource: dict[str, Any]) -> Named:
        named = list(dict.fromkeys(references(resource)))
        return cls(resource["resourceType"], person_references(resource), named, _elsewhere(resource))

    @property
    def others(self) -> list[Key]:
        """What it refers to beside its subjects."""
        return [key for key in self.keys if "/".join(key) not in self.subjects]


def _elsewhere(resource: dict[str, Any]) -> str:
    """A person of another system whom it names as its subject: by an address there, or by a number alone."""
    for name in SUBJECTS:
        told = resource.get(name)
        if isinstance(told, dict):
            reference = told.get("reference")
            if isinstance(reference, str) and ELSEWHERE.search(reference):
                return reference
            if (
                not reference
                and isinstance(told.get("identifier"), dict)
                and told.get("type", "Patient") == "Patient"
            ):
                return str(told["identifier"].get("value", name))
    return ""


def owner(by: Actor, resource: dict[str, Any]) -> UUID:
    """The person whose record this resource belongs to, open to the actor; NOBODY when it names none."""
    named = Named.by(resource)
    found = whose_are(named.others)
    integrity.refuse_missing(named.type, named.keys)
    whose = of_subjects(by, named, found)
    if whose is None:
        whose = of_others(by, named, found)
    refuse_others(by, named, whose, found)
    return whose


def whose_are(keys: Iterable[Key]) -> dict[Key, UUID]:
    """The person of each of these that is here: a stored resource's, or one who was registered on a page."""
    asked = list(keys)
    found = dict(persons_of(asked))
    ids = {key: people.id_from(key[1]) for key in asked if key[0] == "Patient" and key not in found}
    living = people.living_of(one for one in ids.values() if one is not None) if ids else {}
    return found | {key: living[one] for key, one in ids.items() if one in living}


def of_subjects(by: Actor, named: Named, known: Mapping[Key, UUID]) -> UUID | None:
    """The person whom it names as its subject; None when it names none."""
    subjects = [person_named(by, one, known) for one in named.subjects]
    if len(set(subjects)) > 1 and named.type not in OF_MANY:
        raise OfTwoPersons(references=", ".join(named.subjects[:5]))
    return subjects[0] if subjects else None


def of_others(by: Actor, named: Named, known: Mapping[Key, UUID]) -> UUID:
    """Without a subject it belongs to the person to whose record it refers (a Provenance to that of its target)."""
    for key in named.others:
        whose = known.get(key, NOBODY)
        if whose != NOBODY:
            return _open(by, whose, key)
    if named.elsewhere:
        raise PersonNotOpen(reference=named.elsewhere[:80])
    return NOBODY


def refuse_others(by: Actor, named: Named, whose: UUID, known: Mapping[Key, UUID]) -> None:
    """Nothing in one person's record refers into another's."""
    for key in named.others:
        target = known.get(key, NOBODY)
        if target in (NOBODY, whose):
            continue
        if _open(by, target, key) != whose and named.type not in OF_MANY:
            raise RefersToAnother(reference="/".join(key))


def _open(by: Actor, whose: UUID, key: Key) -> UUID:
    try:
        return open_person(by, whose)
    except (NotFound, NotAllowed):
        raise RefersToAnother(reference="/".join(key)) from None


def person_named(by: Actor, reference: str, known: Mapping[Key, UUID]) -> UUID:
    """The person behind a reference to a Patient: by the id of the person, or by one that came with a Patient."""
    type, _slash, id = reference.rpartition("/")
    if (type, id) in known:
        return known[type, id]
    for person_id in _named(id):
        try:
            return open_person(by, person_id)
        except NotFound:
            continue
        except NotAllowed:
            break
    raise PersonNotOpen(reference=reference[:80])


def _named(id: str) -> Iterator[UUID]:
    with suppress(ValueError):
        yield UUID(id)
    for _key, person_id in persons_of([("Patient", id)]):
        yield person_id
