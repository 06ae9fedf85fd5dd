"""Narrowing a consent: the wider one is closed and the narrower one opened in one moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from yiyang.access.permissions import Permission
from yiyang.kernel.actors import Actor
from yiyang.kernel.commands import ANYWHERE, command
from yiyang.kernel.refusals import Refusal
from yiyang.people import reach
from yiyang.people.commands import writing
from yiyang.people.commands.consent import (
    ConsentEndsTooEarly,
    ConsentOver,
    end_for_narrower,
    purposes_told,
    terms_of,
    terms_told,
    write_consent,
)
from yiyang.people.commands.consenting import Said, keep_act
from yiyang.people.models import Consent, root_of


class ConsentNotNarrower(Refusal):
    message = _(
        "Narrowing only closes: fewer kinds of data, or an earlier end. To open more, withdraw this consent and give a "
        "new one."
    )
    status = 422


class NothingNarrowed(Refusal):
    message = _("Nothing would be narrower than it is. Leave something out, or choose an earlier end.")
    status = 422


@command(
    Permission.MANAGE_DELEGATION, within=ANYWHERE, about=reach.in_full(lambda consent, **_: consent.person_id)
)
def narrow_consent(
    *,
    by: Actor,
    at: datetime,
    consent: Consent,
    scope: str | None = None,
    kinds: Sequence[str] | None = None,
    labels: Sequence[str] | None = None,
    purposes: Sequence[str] | None = None,
    expires_at: datetime | None = None,
    said: Said | None = None,
) -> Consent:
    """The organisation sees less of the record from now on, or for a shorter time. What is not said stays.

    Source: Personal Information Protection Law art. 15 (withdrawn in part, as easily as given), 44 (the right to limit).
    """
    person = writing.lock(root_of(consent.person_id))
    found = Consent.objects.select_for_update(no_key=True, of=("self",)).get(pk=consent.pk)
    before = terms_of(found)
    if found.withdrawn_at is not None or (before.expires_at and before.expires_at <= at):
        raise ConsentOver
    if expires_at is not None and expires_at <= at:
        raise ConsentEndsTooEarly(field="expires_at")
    wanted = before if scope is None and kinds is None else terms_told(scope or before.scope, kinds, (), None)
    wanted = replace(
        wanted,
        labels=before.labels if labels is None else terms_told(before.scope, None, labels, None).labels,
        expires_at=expires_at or before.expires_at,
        purposes=before.purposes if purposes is None else purposes_told(purposes),
    )
    if wanted == before:
        raise NothingNarrowed
    if not wanted.within(before):
        raise ConsentNotNarrower
    act = keep_act(by, person, at, said or Said(), closing=True)
    end_for_narrower(found, by=by, at=at)
    return write_consent(
        by=by, at=at, person=person, organisation_id=found.organisation_id, purpose=found.purpose,
        given_by=act.given_by, terms=wanted, starts_at=found.given_at if found.given_at > at else None,
        agreement=found.agreement, act=act, narrows=found,
    )  # fmt: skip
