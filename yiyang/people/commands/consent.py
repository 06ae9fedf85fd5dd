"""Consents: the person agrees that an organisation sees the record, and may take it back at any time."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from yiyang.access.commands import notify
from yiyang.access.permissions import Permission
from yiyang.access.queries.naming import unit_name
from yiyang.access.serving import account_of_person
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.time import midnight
from yiyang.people import reach
from yiyang.people.commands import writing
from yiyang.people.commands.delegation import LONGEST, never_wider
from yiyang.people.commands.relationships import close_relationship, open_relationship
from yiyang.people.models import Basis, Consent, Person, Scope, ServiceAgreement, ids_of
from yiyang.people.notices import CONSENT_NOTED
from yiyang.people.rules import texts

# Kept with the consent in the language of the papers, like everything that was signed.
AGREED = "随服务协议同意送转档案（{unit}）"


class ConsentEndsTooEarly(Refusal):
    message = _("The end must lie in the future, and at most three years ahead.")
    status = 422


class ConsentUnproved(Refusal):
    message = _("Say who agreed and how: signed on paper and where it is kept, or said before whom.")
    status = 422


class ConsentGivenAlready(Refusal):
    message = _(
        "{organisation} has a consent for this record already. To change it, withdraw that one first, then give a new one."
    )


class ConsentOver(Refusal):
    message = _("This consent was already withdrawn. Look at the new state.")


@command(Permission.MANAGE_DELEGATION, within=ANYWHERE, about=reach.in_full(lambda person, **_: person.pk))
def give_consent(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    organisation_id: UUID,
    purpose: str,
    given_by: str = "",
    scope: str = Scope.FULL,
    expires_at: datetime | None = None,
) -> Consent:
    """The person agrees that an organisation sees the record, for a purpose and a time.

    Staff who enter it say who agreed and how; elders and guardians speak for themselves.
    """
    found = writing.lock_living_record(person)
    organisation = unit_name(organisation_id)
    if not organisation:
        raise NotFound
    if expires_at and not at < expires_at <= at + LONGEST + timedelta(days=1):
        raise ConsentEndsTooEarly(field="expires_at")
    given_by = texts.line(given_by, "given_by", 120)
    if by.organisation_id is not None and len(given_by) < 2:
        raise ConsentUnproved(field="given_by")
    writing.not_to_the_assistant(by, organisation_id=organisation_id)
    if live_consents(found, at).filter(organisation_id=organisation_id, agreement=None).exists():
        raise ConsentGivenAlready(organisation=organisation)
    never_wider(by, found, scope, expires_at)
    consent = write_consent(
        by=by, at=at, person=found, organisation_id=organisation_id, purpose=texts.reason(purpose), scope=scope,
        given_by=given_by or by.label[:120], expires_at=expires_at,
    )  # fmt: skip
    _tell_the_person(consent, by=by, at=at, organisation=organisation)
    return consent


@command(
    Permission.MANAGE_DELEGATION, within=ANYWHERE, about=reach.in_full(lambda consent, **_: consent.person_id)
)
def withdraw_consent(*, by: Actor, at: datetime, consent: Consent) -> Consent:
    """The person no longer agrees; what was seen stays in the log."""
    found = Consent.objects.select_for_update(no_key=True).get(pk=consent.pk)
    if found.withdrawn_at is not None:
        raise ConsentOver
    _withdraw(found, by=by, at=at)
    if found.agreement_id is not None:
        ServiceAgreement.objects.filter(pk=found.agreement_id).update(sends_record=False)
    return found


def open_by_agreement(agreement: ServiceAgreement, *, by: Actor, at: datetime) -> None:
    """Who agreed that the record is sent has opened it to the hospital that the agreement names, for its time.

    What a transfer needs, no more: the unit that takes over reads the whole when it has accepted.
    """
    if not agreement.sends_record or agreement.designated_hospital_id is None:
        return
    agreement.refresh_from_db(fields=["valid"])
    ends_on = agreement.valid.upper
    if ends_on is not None and midnight(ends_on) <= at:
        return
    with override("zh-hans"):
        purpose = AGREED.format(unit=unit_name(agreement.unit_id))[:200]
    consent = write_consent(
        by=by, at=at, person=agreement.person, organisation_id=agreement.designated_hospital_id, purpose=purpose, scope=Scope.MOVE,
        given_by=agreement.signer, expires_at=midnight(ends_on) if ends_on else None,
        starts_at=midnight(agreement.valid.lower), agreement=agreement,
    )  # fmt: skip
    _tell_the_person(consent, by=by, at=at, organisation=unit_name(consent.organisation_id))


def close_by_agreement(agreement: ServiceAgreement, *, by: Actor, at: datetime) -> None:
    """The agreement is over, and with it what it opened."""
    for consent in Consent.objects.select_for_update(no_key=True).filter(
        agreement=agreement, withdrawn_at=None
    ):
        _withdraw(consent, by=by, at=at)


def _withdraw(consent: Consent, *, by: Actor, at: datetime) -> None:
    consent.withdrawn_at = at
    consent.save(update_fields=["withdrawn_at"])
    record(
        "consent.withdrawn", by=by, at=at, subject=consent, person=consent.person_id,
        organisation=consent.organisation_id, agreement=consent.agreement_id,
    )  # fmt: skip
    close_relationship(by=by, at=at, person_id=consent.person_id, source_id=consent.pk)


def _tell_the_person(consent: Consent, *, by: Actor, at: datetime, organisation: str) -> None:
    own = account_of_person(consent.person_id)
    if own and own != by.account_id:
        notify(
            by=by, at=at, subject=CONSENT_NOTED, account=own, person=consent.person_id, key=f"consent:{consent.pk}",
            params={"who": by.label, "organisation": organisation},
            link=reverse("people:consents", args=[consent.person_id]),
        )  # fmt: skip


def write_consent(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    organisation_id: UUID,
    purpose: str,
    given_by: str,
    scope: str,
    expires_at: datetime | None,
    starts_at: datetime | None = None,
    agreement: ServiceAgreement | None = None,
) -> Consent:
    """The consent and the relationship that follows from it; for commands that have checked the rest."""
    consent = Consent.objects.create(
        person=person, organisation_id=organisation_id, purpose=purpose, given_by=given_by, scope=scope,
        given_at=max(at, starts_at or at), expires_at=expires_at, agreement=agreement,
    )  # fmt: skip
    record(
        "consent.given", by=by, at=at, subject=consent, person=person, organisation=organisation_id, scope=scope,
        expires_at=expires_at, agreement=agreement,
    )  # fmt: skip
    open_relationship(
        by=by, at=at, person_id=person.pk, organisation_id=organisation_id, basis=Basis.CONSENT, scope=scope,
        starts_at=starts_at, ends_at=expires_at, source_kind="Consent", source_id=consent.pk, reason=purpose,
    )  # fmt: skip
    return consent


def live_consents(person: Person, at: datetime) -> QuerySet[Consent]:
    """The consents now in force, under any id that the person has had."""
    return Consent.objects.filter(person_id__in=ids_of(person.pk), withdrawn_at=None).filter(
        Q(expires_at=None) | Q(expires_at__gt=at)
    )
