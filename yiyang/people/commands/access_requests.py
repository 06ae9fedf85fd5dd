from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from yiyang.access.commands import notify
from yiyang.access.permissions import Permission
from yiyang.access.queries.naming import unit_name
from yiyang.access.serving import account_of_person
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.facts import record
from yiyang.kernel.policy import policy
from yiyang.kernel.refusals import NotAllowed, Refusal, refuses
from yiyang.people.commands import writing
from yiyang.people.commands.break_glass import NobodyWithThisNumber
from yiyang.people.commands.consent import live_consents, live_for, withdraw_consent, write_consent
from yiyang.people.commands.consenting import decided_by
from yiyang.people.models import AccessRequest, Basis, CareRelationship, Scope, root_of
from yiyang.people.notices import ACCESS_ANSWERED, ACCESS_ASKED
from yiyang.people.reach import in_full
from yiyang.people.rules import texts
from yiyang.people.rules.consents import Terms

ANSWERED_BY = (Basis.FAMILY_DOCTOR, Basis.EPISODE, Basis.REGISTRATION)


def granted_for(at: datetime) -> timedelta:
    return timedelta(days=policy("people.granted_access_days", on=writing.today(at)).value)


class AlreadyAsked(Refusal):
    message = _(
        "Your organisation has already asked for this record. Wait for the answer, or break the glass in an emergency."
    )


class AlreadyAnswered(Refusal):
    message = _("This request was already answered.")


@refuses("access_request_one_open")
def _asked(given: dict[str, Any]) -> Refusal:
    return AlreadyAsked()


@command(Permission.SEARCH_PERSONS, within=lambda by, **_: by.organisation_id)
def ask_for_access(*, by: Actor, at: datetime, number: str, reason: str) -> AccessRequest:
    """Whoever holds the full number of a document may ask to see the record: nothing is shown by asking."""
    found = writing.holder_of_number(number, at)
    if found is None:
        raise NobodyWithThisNumber(field="number")
    if by.organisation_id is None:
        raise NotAllowed
    asked = AccessRequest.objects.create(
        person_id=found, organisation_id=by.organisation_id, account_id=by.account_id,
        account_label=by.label[:120], reason=texts.reason(reason), asked_at=at,
    )  # fmt: skip
    record("access.asked", by=by, at=at, subject=asked, person=found, reason=asked.reason)
    _tell_who_may_answer(by, at, asked)
    return asked


@command(Permission.MANAGE_DELEGATION, within=ANYWHERE, about=in_full(lambda request, **_: request.person_id))
def answer_access_request(
    *,
    by: Actor,
    at: datetime,
    request: AccessRequest,
    grant: bool,
    scope: str = Scope.FULL,
    ends_at: datetime | None = None,
) -> AccessRequest:
    """The person, a guardian, or a unit that is entrusted with the record opens it or says no."""
    found = AccessRequest.objects.select_for_update().get(pk=request.pk)
    if found.state != AccessRequest.State.OPEN:
        raise AlreadyAnswered
    if grant:
        writing.not_to_the_assistant(by, account_id=found.account_id, organisation_id=found.organisation_id)
        if by.organisation_id is None:
            decided_by(by, writing.lock(root_of(found.person_id)), at)
    found.state = AccessRequest.State.GRANTED if grant else AccessRequest.State.DECLINED
    found.answered_at, found.answered_by = at, by.label[:120]
    found.save(update_fields=["state", "answered_at", "answered_by"])
    record(
        "access.granted" if grant else "access.declined", by=by, at=at, subject=found, person=found.person_id
    )
    if grant:
        _let_see(by, at, found, scope, ends_at or at + granted_for(at))
    if found.account_id:
        notify(
            by=by, at=at, subject=ACCESS_ANSWERED, account=found.account_id,
            params={"answer": str(AccessRequest.State(found.state).label)}, person=found.person_id if grant else None,
            link=reverse("people:person", args=[found.person_id]) if grant else "", key=f"access:{found.pk}:answer",
        )  # fmt: skip
    return found


def _let_see(by: Actor, at: datetime, asked: AccessRequest, scope: str, ends_at: datetime) -> None:
    """What is granted is a consent as any other, which can be withdrawn; it takes the place of an earlier one."""
    person = writing.lock_living_record(root_of(asked.person_id))
    terms = Terms(scope, expires_at=ends_at)
    for earlier in live_for(terms, live_consents(person, at)).filter(organisation_id=asked.organisation_id):
        withdraw_consent(by=by, at=at, consent=earlier)
    write_consent(
        by=by, at=at, person=person, organisation_id=asked.organisation_id, purpose=asked.reason,
        terms=terms, given_by=by.label[:120],
    )  # fmt: skip


def _tell_who_may_answer(by: Actor, at: datetime, asked: AccessRequest) -> None:
    """The person's own account, and the family doctors or else the unit where the person stays."""
    params = {"who": by.label, "organisation": unit_name(asked.organisation_id), "reason": asked.reason}
    link = reverse("people:answer_access_request", args=[asked.pk])
    own = account_of_person(asked.person_id)
    if own:
        notify(
            by=by, at=at, subject=ACCESS_ASKED, account=own, params=params, person=asked.person_id, link=link,
            key=f"access:{asked.pk}:{own}",
        )  # fmt: skip
    at_work = CareRelationship.objects.filter(
        person_id=asked.person_id, organisation_id__isnull=False, basis__in=ANSWERED_BY, starts_at__lte=at
    ).filter(Q(ends_at=None) | Q(ends_at__gt=at))
    for one in sorted(at_work, key=lambda one: ANSWERED_BY.index(one.basis))[:1]:
        notify(
            by=by, at=at, subject=ACCESS_ASKED, organisation=one.organisation_id, params=params,
            role="FAMILY_DOCTOR" if one.basis == Basis.FAMILY_DOCTOR else "", person=asked.person_id, link=link,
            key=f"access:{asked.pk}:{one.organisation_id}",
        )  # fmt: skip
