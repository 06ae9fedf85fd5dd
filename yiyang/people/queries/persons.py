"""One person, and what belongs to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.db.models import OuterRef, Q
from django.utils.timezone import localdate

from yiyang.kernel import prepared
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotAllowed, NotFound
from yiyang.kernel.time import now
from yiyang.kernel.versions import compare
from yiyang.people import reach
from yiyang.people.models import (
    Contact,
    FamilyDoctorContract,
    FamilyLink,
    FormerName,
    GroupMembership,
    Identifier,
    Insurance,
    Person,
    PersonAlias,
    PersonQuerySet,
    Phone,
    Scope,
    ids_of,
    root,
    root_of,
)
from yiyang.people.rules import ages


def persons(actor: Actor) -> PersonQuerySet:
    """All persons whom the actor may see, without merged records."""
    return Person.objects.visible_to(actor).present()


def everyone_visible(actor: Actor) -> PersonQuerySet:
    """As `persons`, with merged records: to tell whether rows that name a person may be shown."""
    return Person.objects.visible_to(actor)


def person_of(person_id: UUID) -> Person:
    """For commands of contexts above, which have checked that the actor sees this person."""
    return Person.objects.get(pk=person_id)


def lock_person(person_id: UUID) -> Person | None:
    """As `person_of`, with the row locked until the command ends."""
    found = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if found is not None:
        compare(found, aliases=lambda: ids_of(found.pk))
    return found


def person(actor: Actor, person_id: UUID) -> Person:
    """The person with this id, or the living record that this id was merged into."""
    merged = PersonAlias.objects.filter(person_id=OuterRef("pk")).values("alias_id")
    visible = Person.objects.visible_to(actor).annotate(merged=ArraySubquery(merged))
    found: Person | None = visible.filter(pk=root(person_id)).first()
    if found is None:
        raise NotFound
    return found


def person_in_full(actor: Actor, person_id: UUID) -> Person:
    """As `person`, for what name, age and address do not cover: who serves an area gets a refusal."""
    found = person(actor, person_id)
    if scope(actor, found.pk) == Scope.BASIC:
        raise NotAllowed
    return found


def of_person(person_id: UUID) -> Q:
    """Rows of this person under whatever record they lie: `ids` inside the statement that asks for them."""
    kept = PersonAlias.objects.filter(alias_id=person_id).values("person_id")
    merged = PersonAlias.objects.filter(Q(person_id=person_id) | Q(person_id__in=kept)).values("alias_id")
    return Q(person=person_id) | Q(person__in=kept) | Q(person__in=merged)


def ids(person_id: UUID) -> list[UUID]:
    """Every id under which big tables may hold this person."""
    return ids_of(root_of(person_id))


def scope(actor: Actor, person_id: UUID) -> str:
    """The widest scope that the actor holds now."""
    return reach.scope(actor, person_id) or str(Scope.BASIC)


def living(actor: Actor, person_id: UUID) -> tuple[UUID | None, str]:
    """The id of the living record behind this id, and the widest scope that the actor holds of it, in one statement.

    None when nobody has this id; no scope when the actor does not see the person.
    """
    where, values = reach.sql(actor)
    row = prepared.first(
        f"""
            SELECT p.id, ARRAY(SELECT c.scope FROM people_carerelationship c WHERE c.person_id = p.id AND {where})
            FROM people_person p WHERE p.id = coalesce(
                (SELECT person_id FROM people_personalias WHERE alias_id = %(person)s), %(person)s)
            """,
        {**values, "person": person_id},
    )
    if row is None:
        return None, ""
    if actor.sees_all or (values["own"] == row[0] and reach.reads_records(actor)):
        return row[0], str(Scope.FULL)
    held = row[1] if reach.reads_records(actor) else []
    return row[0], next((one for one in ("FULL", "MOVE", "BASIC") if one in held), "")


@dataclass(frozen=True)
class Record:
    """What the context knows of a person, read in one statement."""

    person: Person
    ids: list[UUID]
    identifiers: list[Identifier] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    former_names: list[FormerName] = field(default_factory=list)
    insurances: list[Insurance] = field(default_factory=list)
    groups: list[GroupMembership] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    family: list[FamilyLink] = field(default_factory=list)
    contracts: list[FamilyDoctorContract] = field(default_factory=list)
    merged: list[Person] = field(default_factory=list)
    areas: dict[str, str] = field(default_factory=dict)

    @property
    def age(self) -> int | None:
        return age_of(self.person)

    @property
    def family_doctor(self) -> FamilyDoctorContract | None:
        today = localdate(now())
        return next(
            (
                one
                for one in self.contracts
                if one.ended_at is None and (one.ends_on is None or one.ends_on > today)
            ),
            None,
        )

    @property
    def expired(self) -> list[Identifier]:
        today = localdate(now())
        return [one for one in self.identifiers if one.expires_on and one.expires_on <= today]


def age_of(person: Person, on: date | None = None) -> int | None:
    """Full years today, or at death."""
    if person.born_on is None:
        return None
    return ages.age(person.born_on, on or localdate(person.died_at or now()))


SECTIONS: dict[str, tuple[type[models.Model], str]] = {
    "identifiers": (Identifier, "person_id = ANY(%(ids)s) AND ended_at IS NULL"),
    "phones": (Phone, "person_id = ANY(%(ids)s) AND ended_at IS NULL"),
    "former_names": (FormerName, "person_id = ANY(%(ids)s)"),
    "insurances": (Insurance, "person_id = ANY(%(ids)s)"),
    "groups": (GroupMembership, "person_id = ANY(%(ids)s)"),
    "contacts": (Contact, "person_id = ANY(%(ids)s) AND ended_at IS NULL"),
    "family": (FamilyLink, "person_id = ANY(%(ids)s)"),
    "contracts": (FamilyDoctorContract, "person_id = ANY(%(ids)s)"),
    "merged": (Person, "id = ANY(%(ids)s) AND id <> %(root)s"),
    "relatives": (
        Person,
        "id IN (SELECT relative_id FROM people_familylink WHERE person_id = ANY(%(ids)s))",
    ),
}

OTHERS = """'areas', (SELECT jsonb_object_agg(code, name) FROM access_area WHERE code = ANY(%(areas)s)),
    'units', (SELECT jsonb_object_agg(o.id, o.name_zh) FROM access_organisation o
              JOIN people_familydoctorcontract c ON c.organisation_id = o.id WHERE c.person_id = ANY(%(ids)s))"""


def record(actor: Actor, person_id: UUID) -> Record:
    """The person with all that belongs to them, one statement whatever the number of rows."""
    found = person(actor, person_id)
    all_ids = [found.pk, *found.merged]  # type: ignore[attr-defined]
    parts = ", ".join(
        f"'{name}', (SELECT jsonb_agg(to_jsonb(t) ORDER BY t.id) FROM {model._meta.db_table} t WHERE {where})"
        for name, (model, where) in SECTIONS.items()
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT jsonb_build_object({parts}, {OTHERS})::text",
            {"ids": all_ids, "root": found.pk, "areas": _area_codes(found)},
        )
        answer = json.loads(cursor.fetchone()[0])
    sections: dict[str, list[Any]] = {
        name: [_model(model, row) for row in answer[name] or []] for name, (model, _) in SECTIONS.items()
    }
    relatives = {one.pk: one for one in sections.pop("relatives")}
    for link in sections["family"]:
        link.relative = relatives[link.relative_id]
    sections["contacts"].sort(key=lambda one: (one.position, one.pk))
    units = answer["units"] or {}
    for contract in sections["contracts"]:
        contract.unit_name = units.get(str(contract.organisation_id), "")
    return Record(person=found, ids=all_ids, areas=answer["areas"] or {}, **sections)


def _area_codes(person: Person) -> list[str]:
    codes = (person.residence_area, person.registered_area)
    return [code[:length] for code in codes for length in (9, 12) if len(code) >= length]


def _model(model: type[models.Model], row: dict[str, Any]) -> models.Model:
    made = model()
    for one in model._meta.concrete_fields:
        value = row[str(one.column)]
        if value is not None:
            known: Any = one.target_field if isinstance(one, models.ForeignKey) else one
            is_binary = isinstance(one, models.BinaryField)
            value = bytes.fromhex(value[2:]) if is_binary else known.to_python(value)
        setattr(made, one.attname, value)
    made._state.adding = False
    return made


def is_self(actor: Actor, person_id: UUID) -> bool:
    """Whether the actor is this person."""
    own = reach.own_person(actor)
    return own is not None and own == root_of(person_id)


def row_of(person: Person, rows: str, row_id: UUID) -> Any:
    """One row that belongs to the person (its documents, contacts, …), under any id the person has had."""
    model: Any = Person._meta.get_field(rows).related_model
    found = model.objects.filter(pk=row_id, person_id__in=ids_of(person.pk)).first()
    if found is None:
        raise NotFound
    return found


def merged_record(person: Person, alias_id: UUID) -> Person:
    """A record that was merged into this one."""
    found = Person.objects.filter(pk=alias_id, alias_of__person_id=person.pk).first()
    if found is None:
        raise NotFound
    return found


def live_contract(person: Person) -> FamilyDoctorContract:
    found = FamilyDoctorContract.objects.filter(person_id__in=ids_of(person.pk), ended_at=None).first()
    if found is None:
        raise NotFound
    return found


def id_from(text: str) -> UUID | None:
    """An id that came in an address; None when it is not one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def today() -> date:
    return localdate(now())


def family_of(actor: Actor, person_id: UUID) -> list[FamilyLink]:
    """The family links of a person; the relatives' own records open only by their own relationships."""
    found = person(actor, person_id)
    return list(FamilyLink.objects.filter(person_id__in=ids_of(found.pk)).select_related("relative"))


def contacts_of(actor: Actor, person_id: UUID) -> list[Contact]:
    found = person(actor, person_id)
    return list(Contact.objects.filter(person_id__in=ids_of(found.pk), ended_at=None))


def family_doctor_of(actor: Actor, person_id: UUID) -> FamilyDoctorContract | None:
    """The live family-doctor contract of a person."""
    found = person(actor, person_id)
    today = localdate(now())
    return (
        FamilyDoctorContract.objects.filter(
            person_id__in=ids_of(found.pk), ended_at=None, starts_on__lte=today
        )
        .filter(Q(ends_on=None) | Q(ends_on__gt=today))
        .select_related("organisation")
        .first()
    )


def family_doctors(person_ids: Sequence[UUID], today: date) -> dict[UUID, FamilyDoctorContract]:
    """The live family-doctor contracts of persons whom the caller holds already, by person."""
    found = FamilyDoctorContract.objects.filter(
        person_id__in=person_ids, ended_at=None, starts_on__lte=today
    ).filter(Q(ends_on=None) | Q(ends_on__gt=today))
    return {one.person_id: one for one in found.select_related("organisation")}


def died_at(person_id: UUID) -> datetime | None:
    """When the person died: for rules of contexts above, which hold the person already."""
    return Person.objects.values_list("died_at", flat=True).get(pk=root_of(person_id))
