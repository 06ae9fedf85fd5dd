"""Agreements, guardians, barred relatives and open family-doctor tasks, as far as somebody may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.timezone import localdate

from yiyang.access import queries as access
from yiyang.access.serving import organisations_of
from yiyang.kernel.actors import Actor
from yiyang.kernel.refusals import NotFound
from yiyang.kernel.time import now
from yiyang.people.models import (
    AgreementPaper,
    Barring,
    Capacity,
    CoverageTask,
    Delegation,
    DelegationBasis,
    Guardianship,
    Kinship,
    Matter,
    Person,
    ServiceAgreement,
    ids_of,
)
from yiyang.people.queries.persons import of_person, person_in_full
from yiyang.people.queries.sight import delegations, may_decide_for

SOON = timedelta(days=30)


@dataclass(frozen=True)
class HoldTerms:
    """How long a unit keeps the bed of a resident who is elsewhere, and by which fee rule, as agreed."""

    days: int | None
    fee_rule: str
    capacity: str = ""
    ends_on: date | None = None


def hold_terms(person_id: UUID, unit_id: UUID, at: datetime) -> HoldTerms | None:
    """The terms of the live agreement of this person with this unit; None where none says any."""
    found = (
        live_agreements(person_id, at)
        .filter(unit_id=unit_id)
        .exclude(hold_days=None, hold_fee_rule="")
        .order_by("-signed_on", "-id")
        .first()
    )
    if found is None:
        return None
    return HoldTerms(found.hold_days, found.hold_fee_rule, found.capacity, found.valid.upper)


def changes_agreed(actor: Actor, person_id: UUID, capacity: str, at: datetime) -> bool:
    """Whether this account decides about what was agreed with a unit in this capacity.

    A guardian in matters of care does, where there is one or where the guardian signed; else the person, or whom
    they entrusted with deciding. Who pays, guarantees or is to be called decides nothing by that.
    """
    everyone = ids_of(person_id)
    care = Guardianship.objects.filter(
        person_id__in=everyone, ended_at=None, valid__contains=localdate(at), matters__contains=[Matter.CARE]
    )
    of_other_matters = Guardianship.objects.filter(person_id__in=everyone, delegation__isnull=False).exclude(
        matters__contains=[Matter.CARE]
    )
    guardians = Delegation.objects.filter(
        person_id__in=everyone, basis=DelegationBasis.GUARDIAN, may_decide=True, revoked_at=None,
        starts_at__lte=at, expires_at__gt=at,
    ).exclude(pk__in=of_other_matters.values("delegation"))  # fmt: skip
    if capacity == Capacity.GUARDIAN or care.exists() or guardians.exists():
        return actor.account_id is not None and guardians.filter(account_id=actor.account_id).exists()
    return may_decide_for(actor, person_id)


def live_agreements(person_id: UUID, at: datetime) -> QuerySet[ServiceAgreement]:
    return ServiceAgreement.objects.filter(of_person(person_id), ended_at=None, valid__contains=localdate(at))


def designated_hospitals(person_id: UUID, at: datetime) -> dict[UUID, str]:
    """The hospitals that live agreements name for the person, by name in the reader's language."""
    rows = (
        live_agreements(person_id, at).exclude(designated_hospital=None).select_related("designated_hospital")
    )
    found = {
        one.designated_hospital.pk: one.designated_hospital.name for one in rows if one.designated_hospital
    }
    return dict(sorted(found.items(), key=lambda one: one[1]))


PAPERS = Prefetch("papers", AgreementPaper.objects.defer("content").order_by("added_at"))


def agreement_rows(actor: Actor, person_id: UUID) -> QuerySet[ServiceAgreement]:
    found = person_in_full(actor, person_id)
    rows = ServiceAgreement.objects.filter(person_id__in=ids_of(found.pk))
    return rows.select_related("unit", "designated_hospital").prefetch_related(PAPERS)


def agreements(actor: Actor, person_id: UUID) -> list[ServiceAgreement]:
    """All agreements of the person, the live ones first."""
    rows = agreement_rows(actor, person_id)
    return sorted(rows, key=lambda one: (not is_live(one), -one.signed_on.toordinal()))


def agreement(actor: Actor, agreement_id: UUID) -> ServiceAgreement:
    found = ServiceAgreement.objects.select_related("unit", "person").filter(pk=agreement_id).first()
    if found is None or not actor.sees(found.person_id):
        raise NotFound
    person_in_full(actor, found.person_id)
    return found


def agreement_paper(actor: Actor, paper_id: UUID) -> AgreementPaper:
    """A paper, and through it the person to whom it belongs."""
    found = (
        AgreementPaper.objects.select_related("agreement", "guardianship", "assistance", "consent_act")
        .filter(pk=paper_id)
        .first()
    )
    if found is None or not actor.sees(found.person_id):
        raise NotFound
    person_in_full(actor, found.person_id)
    return found


def guardianship_rows(actor: Actor, person_id: UUID) -> QuerySet[Guardianship]:
    found = person_in_full(actor, person_id)
    rows = Guardianship.objects.filter(person_id__in=ids_of(found.pk))
    return rows.select_related("organisation").prefetch_related(PAPERS)


def guardianships(actor: Actor, person_id: UUID) -> list[Guardianship]:
    """Who is or was guardian, those in force first."""
    return sorted(guardianship_rows(actor, person_id), key=lambda one: not is_live(one))


def guardianship(actor: Actor, guardianship_id: UUID) -> Guardianship:
    found = Guardianship.objects.filter(pk=guardianship_id).first()
    if found is None or not actor.sees(found.person_id):
        raise NotFound
    person_in_full(actor, found.person_id)
    return found


def barrings(actor: Actor, person_id: UUID) -> QuerySet[Barring]:
    """Relatives who are or were barred, the latest first; for staff alone."""
    found = person_in_full(actor, person_id)
    if actor.organisation_id is None and not actor.sees_all:
        return Barring.objects.none()
    return Barring.objects.filter(person_id__in=ids_of(found.pk)).order_by("-barred_at", "-id")


def barring(actor: Actor, barring_id: UUID) -> Barring:
    found = Barring.objects.filter(pk=barring_id).first()
    if found is None or not actor.sees(found.person_id):
        raise NotFound
    person_in_full(actor, found.person_id)
    return found


def has_guardian(person_id: UUID, at: datetime) -> bool:
    """Whether somebody is guardian now, by a document on record or by what was entrusted after a finding."""
    everyone = ids_of(person_id)
    rows = Guardianship.objects.filter(
        person_id__in=everyone, ended_at=None, valid__contains=localdate(at),
        matters__overlap=[Matter.CARE, Matter.MEDICAL],
    )  # fmt: skip
    entrusted = Delegation.objects.filter(
        person_id__in=everyone,
        basis=DelegationBasis.GUARDIAN,
        revoked_at=None,
        starts_at__lte=at,
        expires_at__gt=at,
    )
    return rows.exists() or entrusted.exists()


def is_live(row: ServiceAgreement | Guardianship, on: date | None = None) -> bool:
    on = on or localdate(now())
    return (
        row.ended_at is None and row.valid.lower <= on and (row.valid.upper is None or on < row.valid.upper)
    )


def ends_soon(row: ServiceAgreement | Guardianship) -> bool:
    """In force, and over within a month: renew it in time."""
    until = row.valid.upper
    return is_live(row) and until is not None and until - localdate(now()) <= SOON


@dataclass(frozen=True)
class ToSign:
    """An agreement that a person or family is to sign with a unit, by when; `renews` when one ends."""

    unit: str
    by: date | datetime | None
    renews: bool


def to_sign(
    person_ids: list[UUID], moves: dict[UUID, tuple[UUID, str, datetime | None]]
) -> dict[UUID, list[ToSign]]:
    """Of several persons in one statement: agreements that end within a month, and of those who move (to which unit,
    its name, when) the agreement with a unit that has none yet."""
    not_over = Q(valid__endswith__gt=localdate(now())) | Q(valid__upper_inf=True)
    rows = list(
        ServiceAgreement.objects.filter(not_over, person_id__in=person_ids, ended_at=None).select_related(
            "unit"
        )
    )
    found: dict[UUID, list[ToSign]] = {one: [] for one in person_ids}
    for row in rows:
        if ends_soon(row) and not any(_follows(other, row) for other in rows):
            found[row.person_id].append(ToSign(row.unit.name, row.valid.upper, renews=True))
    for person_id, (unit_id, unit, when) in moves.items():
        if not any(one.person_id == person_id and one.unit_id == unit_id for one in rows):
            found[person_id].append(ToSign(unit, when, renews=False))
    return found


def _follows(later: ServiceAgreement, row: ServiceAgreement) -> bool:
    same = (later.person_id, later.unit_id, later.kind) == (row.person_id, row.unit_id, row.kind)
    return bool(same and later.valid.lower > row.valid.lower)


def expired(row: Guardianship) -> bool:
    """The document ended and nobody entered a new one."""
    return row.ended_at is None and row.valid.upper is not None and row.valid.upper <= localdate(now())


def coverage_tasks(actor: Actor) -> QuerySet[CoverageTask]:
    """Whom the actor's health centre is to offer a family doctor, the longest waiting first."""
    if actor.sees_all:
        mine = Q()
    elif getattr(actor, "reads_records", False):
        mine = Q(organisation_id__in=list(getattr(actor, "organisation_ids", ())))
    else:
        return CoverageTask.objects.none()
    found = CoverageTask.objects.filter(mine, done_at=None).select_related("person", "organisation")
    return found.order_by("raised_at", "pk")


def coverage_task(actor: Actor, task_id: UUID) -> CoverageTask:
    found = coverage_tasks(actor).filter(pk=task_id).first()
    if found is None:
        raise NotFound
    return found


def accounts_to_bar(actor: Actor, person_id: UUID) -> list[tuple[str, str]]:
    """The accounts that hold a delegation now, for a choice."""
    at = now()
    live = [one for one in delegations(actor, person_id) if one.revoked_at is None and one.expires_at > at]
    return [(str(one.account_id), f"{one.account_label} · {Kinship(one.kinship).label}") for one in live]


def hospitals(person: Person) -> list[tuple[str, str]]:
    """The hospitals of the person's district, for a choice."""
    district = (person.residence_area or person.registered_area)[:6]
    return [(str(one.pk), one.name) for one in access.units(area=district) if one.kind == "HOSPITAL"]


def guardian_organisations(person: Person) -> list[tuple[str, str]]:
    """Residents' committees and departments of the person's district: they may be guardian, units may not."""
    district = (person.residence_area or person.registered_area)[:6]
    return [(str(one.pk), one.name) for one in organisations_of(district, "COMMITTEE", "GOVERNMENT")]


def asked_to_cover(person_id: UUID, organisation_id: UUID | None) -> bool:
    """Whether this health centre was asked to offer this person a family doctor, and has not yet."""
    return CoverageTask.objects.filter(
        person_id__in=ids_of(person_id), organisation_id=organisation_id, done_at=None
    ).exists()
