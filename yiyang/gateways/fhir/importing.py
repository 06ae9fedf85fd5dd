"""Importing FHIR R4 bundles: Patient, Practitioner, Organization, Location, answers to questionnaires that are in
use here; the rest is counted and left out."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yiyang.access import commands as access
from yiyang.access.permissions import Permission
from yiyang.beds import commands as beds
from yiyang.beds import queries as found
from yiyang.gateways.fhir import mapping
from yiyang.gateways.fhir.keeping import keep
from yiyang.gateways.fhir.known import holder_of, known, person_named, referenced, remember
from yiyang.gateways.fhir.questionnaires.importing import import_response, questionnaire_in_use
from yiyang.gateways.fhir.reading import resources
from yiyang.gateways.fhir.told import Line, Problem, told
from yiyang.kernel.actors import SYSTEM, Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, Refusal
from yiyang.people import commands as people
from yiyang.people import queries as persons

if TYPE_CHECKING:
    from yiyang.access.models import Area, Organisation

ORDER = ["Organization", "Practitioner", "Location", "Patient", "QuestionnaireResponse"]
IN_THE_RECORD = ("Organization", "Practitioner", "Location")
"""Whoever may not set these up here keeps them in the record alone, as others refer to them."""
PROBLEMS_AT_MOST = 200


@dataclass
class Outcome:
    """What came in, what was there already, what was left out by type and count, what was refused and why."""

    added: Counter[str] = field(default_factory=Counter)
    kept: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    persons: list[UUID] = field(default_factory=list)
    updated: Counter[str] = field(default_factory=Counter)
    refused: list[Line] = field(default_factory=list)
    noted: list[Line] = field(default_factory=list)
    written: bool = False

    def join(self, other: Outcome) -> None:
        """What further parts of the same file brought."""
        self.added += other.added
        self.kept += other.kept
        self.left_out += other.left_out
        self.updated += other.updated
        for mine, more in (
            (self.problems, other.problems), (self.persons, other.persons), (self.refused, other.refused),
            (self.noted, other.noted),
        ):  # fmt: skip
            mine.extend(more)  # type: ignore[arg-type]


def import_bundle(
    *,
    by: Actor,
    at: datetime,
    content: bytes,
    name: str,
    area: Area,
    unit: Organisation | None = None,
    dry_run: bool = False,
    each: bool = False,
    update: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Outcome:
    """Bring in a file: all of it or nothing. Sent twice, it adds nothing. `unit` gets to see the persons.

    `each`: what is refused is left out by itself. `update`: what came in before is brought to what it says now.
    """
    outcome = Outcome()
    wanted = []
    for resource in resources(content):
        if _has_place(resource, by):
            wanted.append(resource)
        else:
            outcome.left_out[resource["resourceType"]] += 1
    wanted.sort(key=lambda r: ORDER.index(r["resourceType"]))
    with transaction.atomic():
        for done, resource in enumerate(wanted):
            _bring_in(resource, outcome, by=by, at=at, area=area, unit=unit)
            if done % 20 == 0:
                progress(done, len(wanted))
        if each:
            outcome.refused += [(one.resource, one.why) for one in outcome.problems]
            outcome.problems.clear()
        if not outcome.problems:
            _keep(outcome, content, by=by, at=at, each=each, update=update)
        if outcome.problems or dry_run:
            transaction.set_rollback(True)
        else:
            note_bundle_import(
                by=by, at=at, name=name, added=dict(outcome.added), left_out=dict(outcome.left_out)
            )
            outcome.written = True
    return outcome


def _keep(outcome: Outcome, content: bytes, *, by: Actor, at: datetime, each: bool, update: bool) -> None:
    """The record keeps every resource as it was sent; what it keeps was not left out."""
    try:
        with transaction.atomic():
            kept = keep(by=by, at=at, content=content, each=each, update=update)
    except Refusal as refusal:
        where = str(refusal.details.get("expression", ""))
        outcome.problems.append(Problem(where, told(partial(str, refusal))))
        return
    for kind, number in kept.added.items():
        if kind not in ORDER:
            outcome.added[kind] += number
    for kind, number in kept.there.items():
        if kind not in ORDER:
            outcome.kept[kind] += number
    for name, _why in kept.refused if each else ():
        outcome.left_out[name.partition("/")[0]] -= 1
    outcome.updated.update(kept.updated)
    for kind in {*kept.added, *kept.there, *kept.updated}:
        came = kept.added.get(kind, 0) + kept.there.get(kind, 0) + kept.updated.get(kind, 0)
        if kind not in ORDER:
            outcome.left_out[kind] -= came
        elif outcome.left_out[kind] > 0:
            outcome.added[kind] += kept.added.get(kind, 0)
            outcome.kept[kind] += kept.there.get(kind, 0)
            outcome.left_out[kind] = 0
    outcome.noted = kept.noted[:PROBLEMS_AT_MOST]
    outcome.left_out += Counter()  # without those that came to nothing
    outcome.refused = [*outcome.refused, *kept.refused][:PROBLEMS_AT_MOST]


@command(Permission.IMPORT_DATA, within=lambda by, **_: by.organisation_id)
def note_bundle_import(
    *, by: Actor, at: datetime, name: str, added: dict[str, int], left_out: dict[str, int]
) -> None:
    """Record that a bundle was imported: what of it came in and what was left out."""
    record("fhir.imported", by=by, at=at, file=name[:120], added=added, left_out=left_out)


def outcome_in_words(outcome: Outcome) -> list[str]:
    """A few lines for the screen or the terminal."""
    lines = [f"{kind}: +{number}" for kind, number in outcome.added.items()]
    lines += [
        _("%(kind)s: %(number)d known already") % {"kind": k, "number": n} for k, n in outcome.kept.items()
    ]
    lines += [
        _("%(kind)s: %(number)d brought up to date") % {"kind": k, "number": n}
        for k, n in outcome.updated.items()
    ]
    if outcome.left_out:
        listed = ", ".join(f"{kind} {number}" for kind, number in sorted(outcome.left_out.items()))
        lines.append(_("Left out: %(listed)s") % {"listed": listed})
    lines += [f"– {kind}: {why}" for kind, why in (*outcome.refused, *outcome.noted)[:20]]
    return lines


def _bring_in(
    resource: dict[str, Any],
    outcome: Outcome,
    *,
    by: Actor,
    at: datetime,
    area: Area,
    unit: Organisation | None,
) -> None:
    kind = resource["resourceType"]
    earlier = known(kind, resource)
    if earlier is not None:
        outcome.kept[kind] += 1
        if kind == "Patient":
            outcome.persons.append(earlier)
        return
    try:
        with transaction.atomic():
            local_id = WRITERS[kind](resource, outcome, by, at, area, unit)
            remember(kind, resource, local_id, at)
    except Refusal as refusal:
        if isinstance(refusal, NotAllowed) and kind in IN_THE_RECORD:
            outcome.left_out[kind] += 1
        elif len(outcome.problems) < PROBLEMS_AT_MOST:
            named = f"{kind}/{str(resource.get('id'))[:64]}"
            outcome.problems.append(Problem(named, told(partial(str, refusal))))
    else:
        outcome.added[kind] += 1


def register(
    resource: dict[str, Any], *, by: Actor, at: datetime, area: Area, unit: Organisation | None = None
) -> UUID:
    """A person as a Patient tells of them, seen by the unit from now on; without a name, an unknown person."""
    return _patient(resource, Outcome(), by, at, area, unit, nameless=True)


def _patient(
    resource: dict[str, Any],
    outcome: Outcome,
    by: Actor,
    at: datetime,
    area: Area,
    unit: Organisation | None,
    nameless: bool = False,
) -> UUID:
    given = mapping.patient(resource)
    details = replace(
        given.details, residence_area=area.code, unknown=nameless and not given.details.full_name
    )
    holder = next((h for d in given.documents if (h := holder_of(d, at))), None)
    if holder is not None:
        outcome.persons.append(holder)
        return holder
    person = people.register_person(
        by=by, at=at, details=details, documents=given.documents, phones=given.phones,
        organisation_id=unit.pk if unit else None,
    )  # fmt: skip
    for contact in given.contacts:
        people.add_contact(by=by, at=at, person=person, **contact)
    died_at = parse_datetime(given.died_at) if given.died_at else None
    if died_at is not None:
        people.note_death(
            by=by, at=at, person=person, died_at=make_aware(died_at) if is_naive(died_at) else died_at
        )
    outcome.left_out.update(given.left_out)
    outcome.persons.append(person.pk)
    return person.pk


def _organization(
    resource: dict[str, Any], outcome: Outcome, by: Actor, at: datetime, area: Area, unit: Organisation | None
) -> UUID:
    kind = mapping.organisation_kind(resource)
    new = access.add_organisation(
        by=by, at=at, kind=kind, name_zh=mapping.organisation_name(resource), area=area,
        phone=mapping.phone_of(resource), address=mapping.address_of(resource),
    )  # fmt: skip
    return new.pk


def _practitioner(
    resource: dict[str, Any], outcome: Outcome, by: Actor, at: datetime, area: Area, unit: Organisation | None
) -> UUID:
    """A practitioner becomes an account that nobody can use until an administrator gives it a post and a password."""
    account = access.add_account(
        by=by, at=at, login=f"fhir-{secrets.token_hex(5)}",
        name=mapping.human_name(resource.get("name")) or mapping.identifiers(resource)[0][1],
        password=secrets.token_urlsafe(24), organisation=None,
    )  # fmt: skip
    return account.pk


def _location(
    resource: dict[str, Any], outcome: Outcome, by: Actor, at: datetime, area: Area, unit: Organisation | None
) -> UUID:
    """Wards, rooms and beds of an organisation that came in before; a place of another kind is left out."""
    what, name = mapping.physical_type(resource), str(resource.get("name") or "").strip()
    owner = referenced("Organization", resource.get("managingOrganization"))
    above = referenced("Location", resource.get("partOf"))
    if what == "wa" and owner:
        return beds.add_ward(by=by, at=at, unit_id=owner, name=name).pk
    if what == "ro" and above and (ward := found.wards(SYSTEM).filter(pk=above).first()):
        return beds.add_room(by=by, at=at, ward=ward, label=name).pk
    if what == "bd" and above and (room := found.rooms(SYSTEM).filter(pk=above).first()):
        return beds.open_bed(
            by=by, at=at, unit_id=room.ward.unit_id, kind="HOSPITAL", label=name, room=room
        ).pk
    raise LocationNotPlaced(what=what or "?")


def _has_place(resource: dict[str, Any], by: Actor) -> bool:
    """What becomes more than a kept resource; answers where their questionnaire is in use, by whoever may assess."""
    kind = resource["resourceType"]
    if kind != "QuestionnaireResponse":
        return kind in ORDER
    return by.may(Permission.ASSESS) and questionnaire_in_use(resource)


def _response(
    resource: dict[str, Any], outcome: Outcome, by: Actor, at: datetime, area: Area, unit: Organisation | None
) -> UUID:
    person_id = person_named(resource.get("subject"), at)
    if person_id is None:
        raise ResponseWithoutPerson
    person = persons.person(by, person_id)
    return import_response(by=by, at=at, person=person, response=resource).pk


class ResponseWithoutPerson(Refusal):
    message = gettext_lazy("It does not say of which person it is, or that person is not known here.")
    status = 422


class LocationNotPlaced(Refusal):
    message = gettext_lazy(
        "A location of type {what} has no place here: wards need an organisation, rooms a ward, beds a room."
    )
    status = 422


WRITERS: dict[str, Callable[..., UUID]] = {
    "Patient": _patient,
    "Organization": _organization,
    "Practitioner": _practitioner,
    "Location": _location,
    "QuestionnaireResponse": _response,
}
