from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import command
from yiyang.kernel.facts import record
from yiyang.kernel.refusals import NotFound, Refusal, refuses
from yiyang.people.commands import writing
from yiyang.people.commands.relationships import open_relationship
from yiyang.people.models import AccessRequest, Basis, Scope
from yiyang.people.rules import documents, texts

GRANTED_FOR = timedelta(days=30)


class AlreadyAsked(Refusal):
    message = _(
        "Your organisation has already asked for this record. Wait for the answer, or break the glass in an emergency."
    )


class AlreadyAnswered(Refusal):
    message = _("This request was already answered.")


@refuses("access_request_one_open")
def _(given: dict[str, Any]) -> Refusal:
    return AlreadyAsked()


@command(Permission.SEARCH_PERSONS, within=lambda by, **_: by.organisation_id)
def ask_for_access(*, by: Actor, at: datetime, number: str, reason: str) -> AccessRequest:
    """Whoever holds the full number of a document may ask to see the record: nothing is shown by asking."""
    found = next(
        (
            holder
            for one in documents.guesses(number, writing.today(at))
            if (holder := writing.holder_of(one)) is not None
        ),
        None,
    )
    if found is None or by.organisation_id is None:
        raise NotFound
    asked = AccessRequest.objects.create(
        person_id=found, organisation_id=by.organisation_id, account_id=by.account_id,
        account_label=by.label[:120], reason=texts.reason(reason), asked_at=at,
    )  # fmt: skip
    record("access.asked", by=by, at=at, subject=asked, person=found, reason=asked.reason)
    return asked


@command(Permission.MANAGE_DELEGATION, about=lambda request, **_: request.person_id)
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
    found.state = AccessRequest.State.GRANTED if grant else AccessRequest.State.DECLINED
    found.answered_at, found.answered_by = at, by.label[:120]
    found.save(update_fields=["state", "answered_at", "answered_by"])
    record(
        "access.granted" if grant else "access.declined", by=by, at=at, subject=found, person=found.person_id
    )
    if grant:
        open_relationship(
            by=by, at=at, person_id=found.person_id, organisation_id=found.organisation_id, basis=Basis.CONSENT,
            scope=scope, ends_at=ends_at or at + GRANTED_FOR, source_kind="AccessRequest", source_id=found.pk,
            reason=found.reason,
        )  # fmt: skip
    return found
