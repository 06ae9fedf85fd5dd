"""Consents: the person agrees that an organisation sees the record, and may take it back at any time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from yiyang.access.commands import notify
from yiyang.access.permissions import Permission
from yiyang.access.purposes import Purpose, beside_care
from yiyang.access.queries.naming import unit_name
from yiyang.access.serving import account_of_person
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotFound, Refusal
from yiyang.kernel.time import midnight
from yiyang.people import reach
from yiyang.people.commands import writing
from yiyang.people.commands.consenting import Said, decided_by, keep_act
from yiyang.people.commands.delegation import LONGEST, never_wider
from yiyang.people.commands.relationships import close_relationship, open_relationship
from yiyang.people.models import Basis, Consent, ConsentAct, Person, Scope, ServiceAgreement, ids_of, root_of
from yiyang.people.notices import CONSENT_NOTED
from yiyang.people.rules import texts
from yiyang.people.rules.consents import Terms
from yiyang.people.rules.kinds_of_data import KindOfData, Sensitive

# Kept with the consent in the language of the papers, like everything that was signed.
AGREED = "随服务协议同意送转档案（{unit}）"
# How far ahead a consent may begin.
AHEAD = timedelta(days=366)


class ConsentEndsTooEarly(Refusal):
    message = _("The end must lie in the future, and at most three years ahead.")
    status = 422


class ConsentBeginsTooLate(Refusal):
    message = _("It begins now or within the next year, and before it ends.")
    status = 422


class ConsentGivenAlready(Refusal):
    message = _(
        "{organisation} has a consent for this record and purpose already. To open less, narrow that one; to open more, withdraw it "
        "first, then give a new one."
    )


class ConsentOver(Refusal):
    message = _("This consent was already withdrawn. Look at the new state.")


class KindsUnclear(Refusal):
    message = _("Either all that the extent opens, or chosen kinds of data beside name, age and address.")
    status = 422


class PurposeUnclear(Refusal):
    message = _("Say what for it is opened: care, supervision, research or payment.")
    status = 422


@command(Permission.MANAGE_DELEGATION, within=ANYWHERE, about=reach.in_full(lambda person, **_: person.pk))
def give_consent(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    organisation_id: UUID,
    others: Sequence[UUID] = (),
    purpose: str,
    scope: str = Scope.FULL,
    kinds: Sequence[str] | None = None,
    labels: Sequence[str] = (),
    purposes: Sequence[str] = (Purpose.CARE,),
    starts_at: datetime | None = None,
    expires_at: datetime | None = None,
    said: Said | None = None,
    given_by: str = "",
) -> Consent:
    """The person agrees that an organisation sees the record, or part of it, for a purpose and a time.

    `purpose` are the words, `purposes` what they count as: it opens nothing to who acts for another one. `others` see
    the same by the same act; each can be narrowed and withdrawn alone. Staff who enter it say who agreed and how. Source: Personal Information Protection Law art. 14, 17, 23, 29 (separate consent, told beforehand).
    """
    found = writing.lock_living_record(person)
    terms = replace(terms_told(scope, kinds, labels, expires_at), purposes=purposes_told(purposes))
    _check_period(at, starts_at, expires_at)
    act = keep_act(by, found, at, said or Said(given_by=given_by))
    never_wider(by, found, _width(terms), expires_at)
    purpose = texts.reason(purpose)
    made = [
        _give_one(by, at, found, one, purpose, terms, starts_at, act)
        for one in dict.fromkeys((organisation_id, *others))
    ]
    return made[0]


def _give_one(
    by: Actor, at: datetime, person: Person, organisation_id: UUID, purpose: str, terms: Terms,
    starts_at: datetime | None, act: ConsentAct,
) -> Consent:  # fmt: skip
    organisation = unit_name(organisation_id)
    if not organisation:
        raise NotFound
    writing.not_to_the_assistant(by, organisation_id=organisation_id)
    if (
        live_for(terms, live_consents(person, at))
        .filter(organisation_id=organisation_id, agreement=None)
        .exists()
    ):
        raise ConsentGivenAlready(organisation=organisation, field="organisation")
    consent = write_consent(
        by=by, at=at, person=person, organisation_id=organisation_id, purpose=purpose, terms=terms,
        given_by=act.given_by, starts_at=starts_at, act=act,
    )  # fmt: skip
    _tell_the_person(consent, by=by, at=at, organisation=organisation)
    return consent


@command(
    Permission.MANAGE_DELEGATION, within=ANYWHERE, about=reach.in_full(lambda consent, **_: consent.person_id)
)
def withdraw_consent(*, by: Actor, at: datetime, consent: Consent, said_by: str = "") -> Consent:
    """The person no longer agrees: closed from this moment. What was seen stays in the log.

    Source: Personal Information Protection Law art. 15 (withdrawn as easily as given; what was done before stands).
    """
    found = Consent.objects.select_for_update(no_key=True).get(pk=consent.pk)
    if found.withdrawn_at is not None:
        raise ConsentOver
    decided_by(by, writing.lock(root_of(found.person_id)), at, closing=True)
    _withdraw(found, by=by, at=at, said_by=texts.line(said_by, "said_by", 120))
    if found.agreement_id is not None:
        ServiceAgreement.objects.filter(pk=found.agreement_id).update(sends_record=False)
    return found


def terms_told(
    scope: str, kinds: Sequence[str] | None, labels: Sequence[str], expires_at: datetime | None
) -> Terms:
    """What is opened; with chosen kinds the scope is the basics, whatever was said."""
    known = set(kinds or ()) <= set(KindOfData.values) and set(labels) <= set(Sensitive.values)
    if not known or scope not in Scope.values:
        raise KindsUnclear(field="kinds")
    if kinds:
        return Terms(Scope.BASIC, frozenset(kinds), frozenset(labels), expires_at)
    return Terms(Scope.BASIC if kinds is not None else scope, None, frozenset(labels), expires_at)


def purposes_told(purposes: Sequence[str]) -> frozenset[str]:
    if not purposes or not set(purposes) <= set(Purpose.values):
        raise PurposeUnclear(field="purposes")
    return frozenset(purposes)


def live_for(terms: Terms, consents: QuerySet[Consent]) -> QuerySet[Consent]:
    """Those that are open for one of the same purposes: for each the person agrees apart."""
    same = Q(purposes__overlap=list(terms.purposes))
    return consents.filter(same | Q(purposes=None) if Purpose.CARE in terms.purposes else same)


def terms_of(consent: Consent) -> Terms:
    """What a consent opens as it is kept."""
    kinds = frozenset(consent.kinds) if consent.kinds else None
    purposes = frozenset(consent.purposes or (Purpose.CARE,))
    return Terms(consent.scope, kinds, frozenset(consent.labels), consent.expires_at, purposes)


def _width(terms: Terms) -> str:
    """How much one must hold oneself to open this: clinical data are part of the whole record alone."""
    return Scope.FULL if terms.kinds or terms.labels else terms.scope


def _check_period(at: datetime, starts_at: datetime | None, expires_at: datetime | None) -> None:
    if expires_at and not at < expires_at <= at + LONGEST + timedelta(days=1):
        raise ConsentEndsTooEarly(field="expires_at")
    if starts_at and (starts_at > at + AHEAD or (expires_at and starts_at >= expires_at)):
        raise ConsentBeginsTooLate(field="starts_at")


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
        by=by, at=at, person=agreement.person, organisation_id=agreement.designated_hospital_id, purpose=purpose,
        terms=Terms(Scope.MOVE, expires_at=midnight(ends_on) if ends_on else None), given_by=agreement.signer,
        starts_at=midnight(agreement.valid.lower), agreement=agreement,
    )  # fmt: skip
    _tell_the_person(consent, by=by, at=at, organisation=unit_name(consent.organisation_id))


def close_by_agreement(agreement: ServiceAgreement, *, by: Actor, at: datetime) -> None:
    """The agreement is over, and with it what it opened."""
    for consent in Consent.objects.select_for_update(no_key=True).filter(
        agreement=agreement, withdrawn_at=None
    ):
        _withdraw(consent, by=by, at=at)


def _withdraw(consent: Consent, *, by: Actor, at: datetime, said_by: str = "") -> None:
    consent.withdrawn_at, consent.withdrawn_by = at, said_by or by.label[:120]
    consent.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record(
        "consent.withdrawn", by=by, at=at, subject=consent, person=consent.person_id,
        organisation=consent.organisation_id, agreement=consent.agreement_id, said_by=said_by or None,
    )  # fmt: skip
    close_relationship(by=by, at=at, person_id=consent.person_id, source_id=consent.pk)


def end_for_narrower(consent: Consent, *, by: Actor, at: datetime) -> None:
    """Closed in the moment in which a narrower one takes its place."""
    _withdraw(consent, by=by, at=at)


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
    terms: Terms,
    starts_at: datetime | None = None,
    agreement: ServiceAgreement | None = None,
    act: ConsentAct | None = None,
    narrows: Consent | None = None,
) -> Consent:
    """The consent and the relationship that follows from it; for commands that have checked the rest."""
    kinds = sorted(terms.kinds) if terms.kinds else None
    told: dict[str, Any] = {
        "scope": terms.scope,
        "kinds": kinds,
        "labels": sorted(terms.labels),
        "purposes": beside_care(terms.purposes),
    }
    consent = Consent.objects.create(
        person=person, organisation_id=organisation_id, purpose=purpose, given_by=given_by, **told,
        given_at=max(at, starts_at or at), expires_at=terms.expires_at, agreement=agreement, act=act, narrows=narrows,
    )  # fmt: skip
    record(
        "consent.given" if narrows is None else "consent.narrowed", by=by, at=at, subject=consent, person=person,
        organisation=organisation_id, **told, expires_at=terms.expires_at, agreement=agreement,
        way=act.way if act else None, instead_of=narrows,
    )  # fmt: skip
    open_relationship(
        by=by, at=at, person_id=person.pk, organisation_id=organisation_id, basis=Basis.CONSENT, **told,
        starts_at=starts_at, ends_at=terms.expires_at, source_kind="Consent", source_id=consent.pk, reason=purpose,
    )  # fmt: skip
    return consent


def live_consents(person: Person, at: datetime) -> QuerySet[Consent]:
    """The consents now in force, under any id that the person has had."""
    return Consent.objects.filter(person_id__in=ids_of(person.pk), withdrawn_at=None).filter(
        Q(expires_at=None) | Q(expires_at__gt=at)
    )
