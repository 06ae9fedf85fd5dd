"""Consents: the person agrees that an organisation sees the record, and may take it back at any time."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yiyang.access.commands import notify
from yiyang.access.permissions import Permission
from yiyang.access.queries.naming import unit_name
from yiyang.access.serving import account_of_person
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.people import reach
from yiyang.people.commands import writing
from yiyang.people.commands.delegation import LONGEST, never_wider
from yiyang.people.commands.relationships import close_relationship, open_relationship
from yiyang.people.models import Basis, Consent, Person, Scope, ids_of
from yiyang.people.notices import CONSENT_NOTED
from yiyang.people.rules import texts


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
    if live_consents(found, at).filter(organisation_id=organisation_id).exists():
        raise ConsentGivenAlready(organisation=organisation)
    never_wider(by, found, scope, expires_at)
    consent = write_consent(
        by=by, at=at, person=found, organisation_id=organisation_id, purpose=texts.reason(purpose), scope=scope,
        given_by=given_by or by.label[:120], expires_at=expires_at,
    )  # fmt: skip
    own = account_of_person(found.pk)
    if own and own != by.account_id:
        notify(
            by=by, at=at, subject=CONSENT_NOTED, account=own, person=found, key=f"consent:{consent.pk}",
            params={"who": by.label, "organisation": organisation},
            link=reverse("people:consents", args=[found.pk]),
        )  # fmt: skip
    return consent


@command(
    Permission.MANAGE_DELEGATION, within=ANYWHERE, about=reach.in_full(lambda consent, **_: consent.person_id)
)
def withdraw_consent(*, by: Actor, at: datetime, consent: Consent) -> Consent:
    """The person no longer agrees; what was seen stays in the log."""
    found = Consent.objects.select_for_update(no_key=True).get(pk=consent.pk)
    if found.withdrawn_at is not None:
        raise ConsentOver
    found.withdrawn_at = at
    found.save(update_fields=["withdrawn_at"])
    record(
        "consent.withdrawn", by=by, at=at, subject=found, person=found.person_id,
        organisation=found.organisation_id,
    )  # fmt: skip
    close_relationship(by=by, at=at, person_id=found.person_id, source_id=found.pk)
    return found


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
) -> Consent:
    """The consent and the relationship that follows from it; for commands that have checked the rest."""
    consent = Consent.objects.create(
        person=person, organisation_id=organisation_id, purpose=purpose, given_by=given_by, scope=scope,
        given_at=at, expires_at=expires_at,
    )  # fmt: skip
    record(
        "consent.given", by=by, at=at, subject=consent, person=person, organisation=organisation_id, scope=scope,
        expires_at=expires_at,
    )  # fmt: skip
    open_relationship(
        by=by, at=at, person_id=person.pk, organisation_id=organisation_id, basis=Basis.CONSENT, scope=scope,
        ends_at=expires_at, source_kind="Consent", source_id=consent.pk, reason=purpose,
    )  # fmt: skip
    return consent


def live_consents(person: Person, at: datetime) -> QuerySet[Consent]:
    """The consents now in force, under any id that the person has had."""
    return Consent.objects.filter(person_id__in=ids_of(person.pk), withdrawn_at=None).filter(
        Q(expires_at=None) | Q(expires_at__gt=at)
    )
