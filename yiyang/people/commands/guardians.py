"""Guardians: who decides in the person's place. And relatives who are to learn and decide nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.access.queries.naming import organisation_kind
from yiyang.access.serving import works_at
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import Refusal, refuses
from yiyang.kernel.time import midnight
from yiyang.people.commands import writing
from yiyang.people.commands.delegation import LONGEST, FindingMissing, delegate_access, revoke_delegation
from yiyang.people.commands.documents import AlreadyEnded
from yiyang.people.commands.papers import keep_paper
from yiyang.people.commands.relationships import close_relationship, open_relationship
from yiyang.people.commands.status import PeriodEndsBeforeStart
from yiyang.people.models import (
    Barring,
    Basis,
    CareRelationship,
    Delegation,
    DelegationBasis,
    GuardianKind,
    Guardianship,
    Person,
    Scope,
    ids_of,
)
from yiyang.people.reach import in_full
from yiyang.people.rules import texts

GUARDIAN_ORGANISATIONS = ("COMMITTEE", "GOVERNMENT")


class UnitAsGuardian(Refusal):
    message = _(
        "A unit that looks after the person, and those who work there, cannot be the guardian. A residents' "
        "committee or civil affairs can."
    )
    status = 422


class GuardianUnnamed(Refusal):
    message = _("Name the guardian: a person, or a residents' committee or civil affairs.")
    status = 422


class GuardianDocumentMissing(Refusal):
    message = _("Enter the document that makes somebody guardian: a judgement, an appointment, an agreement.")
    status = 422


class GuardianDocumentExpired(Refusal):
    message = _("This document ended on {until}. A guardian needs one that is in force: enter the new one.")
    status = 422


class MattersMissing(Refusal):
    message = _("Say in which matters the guardian decides.")
    status = 422


class GuardianAlready(Refusal):
    message = _("This guardianship is already entered. End it before you enter a new document.")


class NotBarred(Refusal):
    message = _("This relative is not barred any more. Look at the list.")


class BarredAlready(Refusal):
    message = _("This relative is barred already.")


@refuses("guardianship_once")
def _already(given: dict[str, Any]) -> Refusal:
    return GuardianAlready()


@refuses("barring_once")
def _barred(given: dict[str, Any]) -> Refusal:
    return BarredAlready()


@command(Permission.MANAGE_DELEGATION, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def record_guardianship(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    kind: str,
    document: str,
    from_on: date,
    to_on: date | None,
    matters: list[str],
    guardian: str = "",
    organisation_id: UUID | None = None,
    account_id: UUID | None = None,
    kinship: str = "GUARDIAN",
    supervisor: str = "",
    finding_by: str = "",
    finding_on: date | None = None,
    paper: bytes | None = None,
) -> Guardianship:
    """Who decides in the person's place, by which document. Staff enter it; nobody makes oneself guardian.

    Source: Civil Code art. 28 (order), 31 (appointment), 32 (civil affairs or residents' committee), 33 (agreed).
    """
    if by.organisation_id is None and not by.sees_all:
        raise GuardianEntersOneself
    found = writing.lock_living_record(person)
    _check_document(at, kind, document, from_on, to_on, matters, finding_by, finding_on)
    guardian = texts.line(guardian, "guardian", 60)
    if bool(guardian) == bool(organisation_id):
        raise GuardianUnnamed(field="guardian")
    _refuse_units(found, organisation_id, account_id, at)
    row = Guardianship(
        person=found, kind=kind, guardian=guardian, organisation_id=organisation_id, account_id=account_id,
        kinship=kinship, supervisor=texts.line(supervisor, "supervisor", 60),
        document=texts.line(document, "document", 120), matters=sorted(set(matters)),
        finding_by=texts.line(finding_by, "finding_by", 120), finding_on=finding_on, valid=(from_on, to_on),
        recorded_by=by.label[:120],
    )  # fmt: skip
    row.save(force_insert=True)
    if paper:
        keep_paper(paper, guardianship=row, at=at, by=by)
    record(
        "guardianship.recorded", by=by, at=at, subject=row, person=found, kind=kind, matters=row.matters,
        from_on=from_on, to_on=to_on, organisation=organisation_id, account=account_id,
    )  # fmt: skip
    _open_record(row, to_on, by=by, at=at)
    return row


class GuardianEntersOneself(Refusal):
    message = _("A guardian is entered by staff who have seen the document. Bring it to the unit.")
    status = 403


@command(
    Permission.MANAGE_DELEGATION,
    within=ANYWHERE,
    about=in_full(lambda guardianship, **_: guardianship.person_id),
)
def end_guardianship(*, by: Actor, at: datetime, guardianship: Guardianship, reason: str) -> Guardianship:
    """The guardian no longer decides, and no longer sees the record as guardian."""
    found = Guardianship.objects.select_for_update(no_key=True, of=("self",)).get(pk=guardianship.pk)
    if found.ended_at is not None:
        raise AlreadyEnded
    found.ended_at, found.end_reason = at, texts.reason(reason)
    found.save(update_fields=["ended_at", "end_reason"])
    record("guardianship.ended", by=by, at=at, subject=found, person=found.person_id, reason=found.end_reason)
    if found.delegation_id and Delegation.objects.filter(pk=found.delegation_id, revoked_at=None).exists():
        revoke_delegation(by=by, at=at, delegation=found.delegation, reason=found.end_reason)
    if found.organisation_id:
        close_relationship(by=by, at=at, person_id=found.person_id, source_id=found.pk)
    return found


@command(Permission.MANAGE_DELEGATION, within=ANYWHERE, about=in_full(lambda person, **_: person.pk))
def bar_relative(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    name: str,
    reason: str,
    evidence: str,
    account_id: UUID | None = None,
    kinship: str = "OTHER_RELATIVE",
) -> Barring:
    """A relative is to learn and decide nothing: what was entrusted to that account ends at once."""
    found = writing.lock_living_record(person)
    row = Barring.objects.create(
        person=found, name=texts.line(name, "name", 60), account_id=account_id, kinship=kinship,
        reason=texts.reason(reason), evidence=texts.reason(evidence), barred_at=at, barred_by=by.label[:120],
    )  # fmt: skip
    record("relative.barred", by=by, at=at, subject=row, person=found, account=account_id, reason=row.reason)
    if account_id:
        held = Delegation.objects.filter(
            person_id__in=ids_of(found.pk), account_id=account_id, revoked_at=None
        )
        for delegation in held:
            revoke_delegation(by=by, at=at, delegation=delegation, reason=row.reason)
    return row


@command(Permission.MANAGE_DELEGATION, within=ANYWHERE, about=in_full(lambda barring, **_: barring.person_id))
def lift_barring(*, by: Actor, at: datetime, barring: Barring, reason: str) -> Barring:
    """The relative may be entrusted with something again; nothing comes back by itself."""
    found = Barring.objects.select_for_update(no_key=True, of=("self",)).get(pk=barring.pk)
    if found.lifted_at is not None:
        raise NotBarred
    found.lifted_at, found.lift_reason = at, texts.reason(reason)
    found.save(update_fields=["lifted_at", "lift_reason"])
    record("relative.admitted", by=by, at=at, subject=found, person=found.person_id, reason=found.lift_reason)
    return found


def _check_document(
    at: datetime,
    kind: str,
    document: str,
    from_on: date,
    to_on: date | None,
    matters: list[str],
    finding_by: str,
    finding_on: date | None,
) -> None:
    today = writing.today(at)
    if len(document.strip()) < 2:
        raise GuardianDocumentMissing(field="document")
    if not matters:
        raise MattersMissing(field="matters")
    if to_on is not None and to_on <= from_on:
        raise PeriodEndsBeforeStart(field="to_on")
    if to_on is not None and to_on <= today:
        raise GuardianDocumentExpired(until=to_on, field="to_on")
    # An appointment by a court rests on its own finding; the others begin when a clinician has found it.
    if kind != GuardianKind.APPOINTED and (
        not finding_by.strip() or finding_on is None or finding_on > today
    ):
        raise FindingMissing(field="finding_by")


def _refuse_units(
    person: Person, organisation_id: UUID | None, account_id: UUID | None, at: datetime
) -> None:
    """A unit is never guardian of its resident. Source: Civil Code art. 32 names who may be."""
    if organisation_id and organisation_kind(organisation_id) not in GUARDIAN_ORGANISATIONS:
        raise UnitAsGuardian(field="organisation")
    if account_id is None:
        return
    caring = CareRelationship.objects.filter(
        person_id=person.pk, basis=Basis.EPISODE, organisation_id__isnull=False, starts_at__lte=at
    )
    units = caring.filter(ends_at=None).values_list("organisation_id", flat=True)
    if works_at(account_id, list(units), at):
        raise UnitAsGuardian(field="account")


def _open_record(row: Guardianship, to_on: date | None, *, by: Actor, at: datetime) -> None:
    until = midnight(to_on) if to_on else None
    if row.account_id:
        row.delegation = delegate_access(
            by=by, at=at, person=row.person, account_id=row.account_id, account_label=row.guardian,
            kinship=row.kinship, scope=Scope.FULL, may_decide="MEDICAL" in row.matters or "CARE" in row.matters,
            expires_at=min(until, at + LONGEST) if until else at + LONGEST,
            basis=DelegationBasis.GUARDIAN, finding_by=row.finding_by or row.document,
            finding_on=row.finding_on or writing.today(at), evidence=row.document,
        )  # fmt: skip
        row.save(update_fields=["delegation"])
    if row.organisation_id:
        open_relationship(
            by=by, at=at, person_id=row.person_id, organisation_id=row.organisation_id, basis=Basis.DELEGATION,
            scope=Scope.FULL, ends_at=until, source_kind="Guardianship", source_id=row.pk,
        )  # fmt: skip
