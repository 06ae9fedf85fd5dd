from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yiyang.access.commands import notify
from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotAllowed, Refusal
from yiyang.people import reach
from yiyang.people.commands import writing
from yiyang.people.commands.relationships import close_relationship, open_relationship
from yiyang.people.models import Barring, Basis, Delegation, DelegationBasis, Person, Scope, ids_of
from yiyang.people.notices import ENTRUSTED
from yiyang.people.rules import texts

WIDTH = {Scope.BASIC: 1, Scope.MOVE: 2, Scope.FULL: 3}
LONGEST = timedelta(days=3 * 366)


class DelegationTooWide(Refusal):
    message = _("You cannot entrust more, or for longer, than you hold yourself ({held}, until {until}).")


class DelegationEndsTooEarly(Refusal):
    message = _("The end must lie in the future, and at most three years ahead.")
    status = 422


class FindingMissing(Refusal):
    message = _(
        "A guardian may decide only after a clinician's finding: enter who found it and on which day."
    )
    status = 422


class SignatureMissing(Refusal):
    message = _("Say how the person entrusted it: signed on paper and where it is kept, or said before whom.")
    status = 422


class AlreadyRevoked(Refusal):
    message = _("This was already withdrawn.")


class RelativeBarred(Refusal):
    message = _("{name} is barred from this record: {reason}. Lift that first, with a reason.")


class EntrustedToOneself(Refusal):
    message = _("A person needs no delegation for their own record. Choose the relative's account.")
    status = 422


@command(Permission.MANAGE_DELEGATION, within=ANYWHERE, about=reach.in_full(lambda person, **_: person.pk))
def delegate_access(
    *,
    by: Actor,
    at: datetime,
    person: Person,
    account_id: UUID,
    account_label: str,
    kinship: str,
    scope: str,
    expires_at: datetime,
    may_decide: bool = False,
    basis: str = DelegationBasis.PERSON,
    finding_by: str = "",
    finding_on: date | None = None,
    evidence: str = "",
) -> Delegation:
    """The person entrusts a relative's account with seeing the record, and perhaps with deciding."""
    found = writing.lock_living_record(person)
    if not at < expires_at <= at + LONGEST:
        raise DelegationEndsTooEarly(field="expires_at")
    finding_by = texts.line(finding_by, "finding_by", 120)
    if basis == DelegationBasis.GUARDIAN and (
        not finding_by or not finding_on or finding_on > writing.today(at)
    ):
        raise FindingMissing(field="finding_by")
    evidence = texts.line(evidence, "evidence")
    if by.organisation_id is not None and basis == DelegationBasis.PERSON and len(evidence) < 2:
        raise SignatureMissing(field="evidence")
    if account_id == by.account_id:
        raise EntrustedToOneself(field="account_id")
    writing.not_to_the_assistant(by, account_id=account_id)
    barred = Barring.objects.filter(person_id__in=ids_of(found.pk), account_id=account_id, lifted_at=None)
    if (bar := barred.first()) is not None:
        raise RelativeBarred(name=bar.name, reason=bar.reason, field="account_id")
    never_wider(by, found, scope, expires_at, may_decide)
    delegation = Delegation.objects.create(
        person=found, account_id=account_id, account_label=account_label[:120], kinship=kinship, scope=scope,
        may_decide=may_decide, basis=basis, finding_by=finding_by, finding_on=finding_on, starts_at=at,
        expires_at=expires_at, evidence=evidence,
    )  # fmt: skip
    record(
        "delegation.given", by=by, at=at, subject=delegation, person=found, account=account_id, scope=scope,
        may_decide=may_decide, basis=basis, expires_at=expires_at,
    )  # fmt: skip
    open_relationship(
        by=by, at=at, person_id=found.pk, account_id=account_id, basis=Basis.DELEGATION, scope=scope,
        ends_at=expires_at, source_kind="Delegation", source_id=delegation.pk,
    )  # fmt: skip
    notify(
        by=by, at=at, subject=ENTRUSTED, account=account_id, person=found, key=f"entrusted:{delegation.pk}",
        params={"name": found.full_name, "until": f"{writing.today(expires_at):%Y-%m-%d}"},
        link=reverse("people:person", args=[found.pk]),
    )  # fmt: skip
    return delegation


@command(
    Permission.MANAGE_DELEGATION,
    within=ANYWHERE,
    about=reach.in_full(lambda delegation, **_: delegation.person_id),
)
def revoke_delegation(*, by: Actor, at: datetime, delegation: Delegation, reason: str = "") -> Delegation:
    """What was entrusted is taken back at once."""
    found = Delegation.objects.select_for_update().get(pk=delegation.pk)
    if found.revoked_at:
        raise AlreadyRevoked
    if found.basis == DelegationBasis.GUARDIAN and by.account_id == found.account_id:
        raise NotAllowed
    found.revoked_at, found.revoke_reason = at, texts.line(reason, "reason")
    found.save(update_fields=["revoked_at", "revoke_reason"])
    record(
        "delegation.revoked", by=by, at=at, subject=found, person=found.person_id, account=found.account_id
    )
    close_relationship(by=by, at=at, person_id=found.person_id, source_id=found.pk)
    return found


def never_wider(
    by: Actor, person: Person, scope: str, expires_at: datetime | None, may_decide: bool = False
) -> None:
    """The person gives what they like; everyone else at most what they hold themselves."""
    if by.sees_all or reach.own_person(by) in ids_of(person.pk):
        return
    held = list(reach.live(by).filter(person_id=person.pk))
    widest = max(held, key=lambda one: WIDTH[Scope(one.scope)])
    until = None if any(one.ends_at is None for one in held) else max(one.ends_at for one in held)
    decides = (
        may_decide
        and by.account_id is not None
        and Delegation.objects.filter(
            person=person,
            account_id=by.account_id,
            revoked_at=None,
            expires_at__gte=expires_at,
            may_decide=True,
        ).exists()
    )
    as_staff = by.organisation_id is not None
    too_wide = WIDTH[Scope(scope)] > WIDTH[Scope(widest.scope)] or (
        not as_staff and until and (expires_at is None or expires_at > until)
    )
    if too_wide or (may_decide and not as_staff and not decides):
        raise DelegationTooWide(held=Scope(widest.scope).label, until=until)
