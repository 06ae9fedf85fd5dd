"""A small world in which everything that decides about sight occurs in some mixture, and the decision written once
more: slowly, obviously, from the rules as people read them (ADR 20), without a line of the code that it judges."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from yiyang.access.tests import factories as access
from yiyang.kernel.time import now
from yiyang.people.models import CareRelationship, Delegation, PersonAlias
from yiyang.people.tests.factories import person
from yiyang.records.commands import rows
from yiyang.records.models import History
from yiyang.records.r4.body import written
from yiyang.records.r4.definitions import kind_of
from yiyang.records.r4.extracting import extract
from yiyang.records.stored import Stored

DAY = timedelta(days=1)
LABELS = {"PSY": 1, "HIV": 2, "R": 128}
# What a consent to a kind of data opens, of the types that occur here.
OPENED_BY = {"PROBLEMS": "Condition", "RESULTS": "Observation", "VISITS": "Encounter"}
TYPES = ("Condition", "Observation", "Encounter", "Flag")


@dataclass(frozen=True)
class Thing:
    """One version of a resource. `focus`: the Condition to which an Observation refers."""

    person: UUID
    type: str
    id: str
    version: int
    labels: frozenset[str]
    written_in: UUID | None
    focus: str = ""


@dataclass
class World:
    actors: dict[str, Any] = field(default_factory=dict)
    things: list[Thing] = field(default_factory=list)
    past: list[Thing] = field(default_factory=list)
    living: dict[UUID, UUID] = field(default_factory=dict)
    """Merged records, and into which."""
    persons: list[UUID] = field(default_factory=list)
    """The living ones."""
    guardians: set[UUID] = field(default_factory=set)
    """Delegations that a guardian holds."""

    def sees(self, name: str, thing: Thing) -> bool:
        """The decision."""
        actor = self.actors[name]
        at_home = actor.organisation_id is None
        if not at_home and not actor.may("READ_RECORD"):
            return False
        units = actor.organisation_ids
        whose = self.living.get(thing.person, thing.person)
        if at_home and actor.person_id == whose:
            return True  # the own record
        for care in CARE[whose]:
            if care.starts_at > NOW or (care.ends_at is not None and care.ends_at <= NOW):
                continue
            if care.organisation_id is not None:
                if care.organisation_id not in units:
                    continue
            elif care.account_id != actor.account_id:
                continue
            elif (care.basis == "DELEGATION") != at_home:
                continue  # what a relative is entrusted with counts at home alone, an emergency view at work alone
            if getattr(actor, "purpose", "CARE") not in (care.purposes or ["CARE"]):
                continue  # everything but a consent that says otherwise is for care
            if care.scope != "FULL" and thing.type not in [OPENED_BY.get(one) for one in care.kinds or []]:
                continue
            if not thing.labels:
                return True
            if thing.written_in in units or care.basis == "BREAK_GLASS" or care.source_id in self.guardians:
                return True
            if all(label in care.labels for label in thing.labels):
                return True
        return False

    def seen(self, name: str, things: list[Thing] | None = None) -> list[Thing]:
        return [one for one in (self.things if things is None else things) if self.sees(name, one)]

    def seen_versions(self, name: str) -> set[tuple[str, int]]:
        """A version is judged by its own labels and by those that the resource bears now."""
        current = {(one.type, one.id): self.sees(name, one) for one in self.things}
        every = [*self.things, *self.past]
        return {(one.id, one.version) for one in every if current[one.type, one.id] and self.sees(name, one)}


CARE: dict[UUID, list[CareRelationship]] = {}
NOW: datetime


def world(seed: int = 9) -> World:
    global NOW
    chance, made, cast = random.Random(seed), World(), access.cast()
    group = access.organisation("医疗集团", "HOSPITAL")
    branch = access.organisation("分院", "HOSPITAL", parent=group)
    study = access.actor("WARD_DOCTOR", cast.hospital)
    study.purpose = "RESEARCH"
    made.actors = {
        "study": study,
        "ward": cast.ward_doctor,
        "nurse": cast.care_home_nurse,
        "stranger": cast.family_doctor,
        "group": access.actor("HEAD_NURSE", group),
        "branch": access.actor("WARD_DOCTOR", branch),
        "care worker": cast.care_worker,
        "relative": access.family("RELATIVE"),
        "guardian": access.family("GUARDIAN"),
    }
    units = [cast.hospital.pk, cast.care_home.pk, branch.pk]
    accounts = [made.actors[one].account_id for one in ("ward", "nurse", "branch", "relative", "guardian")]
    CARE.clear()
    for number in range(24):
        kept = person(f"王{number}").pk
        made.persons.append(kept)
        records = [kept]
        if number % 4 == 0:
            merged = person(f"王{number}又名")
            merged.merged_into_id = kept
            merged.save(update_fields=["merged_into"])
            PersonAlias.objects.create(person_id=kept, alias_id=merged.pk, since=now(), reason="")
            made.living[merged.pk] = kept
            records.append(merged.pk)
        CARE[kept] = [_care(chance, made, kept, units, accounts) for _each in range(chance.randint(0, 5))]
        for whose in records:
            made.things += _things(chance, whose, [*units, None])
    made.actors["elder"] = access.family(person_id=made.persons[0])
    CareRelationship.objects.bulk_create([one for each in CARE.values() for one in each])
    _write(chance, made)
    NOW = now()
    return made


def _care(
    chance: random.Random, made: World, whose: UUID, units: list[UUID], accounts: list[UUID]
) -> CareRelationship:
    starts, ends = chance.choice([(-9, None), (-9, None), (-9, 9), (-9, -1), (3, None)])
    by_account = chance.random() < 0.45
    basis = (
        chance.choice(["BREAK_GLASS", "DELEGATION"]) if by_account else chance.choice(["EPISODE", "CONSENT"])
    )
    scope = chance.choice(["FULL", "FULL", "MOVE", "BASIC", "BASIC", "BASIC"])
    kinds = chance.choice([None, ["RESULTS"], ["PROBLEMS", "VISITS"], []]) if scope == "BASIC" else None
    delegation = _delegation(chance, made, whose) if basis == "DELEGATION" else None
    return CareRelationship(
        person_id=whose,
        organisation_id=None if by_account else chance.choice(units),
        account_id=chance.choice(accounts) if by_account else None,
        basis=basis,
        scope="FULL" if basis == "BREAK_GLASS" else scope,
        kinds=None if basis == "BREAK_GLASS" else kinds,
        labels=chance.choice([[], [], ["PSY"], ["PSY", "HIV"], ["R"]]),
        purposes=chance.choice([None, ["RESEARCH"], ["CARE", "RESEARCH"]]) if basis == "CONSENT" else None,
        starts_at=now() + starts * DAY,
        ends_at=None if ends is None else now() + ends * DAY,
        source_id=delegation or uuid4(),
    )


def _delegation(chance: random.Random, made: World, whose: UUID) -> UUID:
    basis = chance.choice(["GUARDIAN", "PERSON"])
    given = Delegation.objects.create(
        person_id=whose, account_id=uuid4(), account_label="女儿", kinship="CHILD", scope="FULL",
        basis=basis, finding_by="李医生", finding_on=now().date(), starts_at=now(), expires_at=now() + DAY,
    )  # fmt: skip
    if basis == "GUARDIAN":
        made.guardians.add(given.pk)
    return given.pk


def _things(chance: random.Random, whose: UUID, units: list[UUID | None]) -> list[Thing]:
    found: list[Thing] = []
    for type in (*TYPES, *chance.choices(TYPES, k=3)):
        conditions = [one.id for one in found if one.type == "Condition"]
        focus = chance.choice(conditions) if type == "Observation" and conditions else ""
        found.append(_thing(chance, whose, type, uuid4().hex, chance.choice([1, 1, 2]), units, focus))
    return found


def _thing(
    chance: random.Random, whose: UUID, type: str, id: str, version: int, units: list[UUID | None], focus: str
) -> Thing:
    labels = frozenset(chance.choice([(), (), (), ("PSY",), ("HIV",), ("PSY", "HIV"), ("R",)]))
    return Thing(whose, type, id, version, labels, chance.choice(units), focus)


def _write(chance: random.Random, made: World) -> None:
    """The versions of today by COPY; older ones straight into the history."""
    units = [one.written_in for one in made.things]
    rows.insert_many([(_stored(one), extract(_resource(one))) for one in made.things])
    made.past = [
        _thing(chance, one.person, one.type, one.id, 1, units, one.focus)
        for one in made.things
        if one.version == 2
    ]
    old = [_stored(one) for one in made.past]
    History.objects.bulk_create(
        [
            History(
                person_id=one.person_id, kind=kind_of(one.type), id=one.id, version=one.version,
                updated_at=one.updated_at, body=one.body, labels=one.labels, written_in=one.written_in,
            )
            for one in old
        ]
    )  # fmt: skip


def _stored(one: Thing) -> Stored:
    body = written(_resource(one)).raw.decode()
    labels = sum(LABELS[label] for label in one.labels)
    return Stored(
        one.person, one.type, one.id, one.version, now(), body, labels=labels, written_in=one.written_in
    )


def _resource(one: Thing) -> dict[str, Any]:
    of = {"reference": f"Patient/{one.person}"}
    code = {"coding": [{"system": "urn:x", "code": "c"}]}
    told: dict[str, dict[str, Any]] = {
        "Condition": {"subject": of, "code": code},
        "Observation": {
            "status": "final", "code": code, "subject": of, "effectiveDateTime": "2026-01-01",
            **({"focus": [{"reference": f"Condition/{one.focus}"}]} if one.focus else {}),
        },
        "Encounter": {"status": "finished", "class": {"code": "AMB"}, "subject": of},
        "Flag": {"status": "active", "code": code, "subject": of},
    }  # fmt: skip
    return {"resourceType": one.type, "id": one.id, "meta": {"versionId": str(one.version)}, **told[one.type]}
