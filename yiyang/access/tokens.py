"""Who stands behind a Bearer token. Used by the JSON API, by push and by every gateway."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Model
from django.db.models.base import ModelState
from django.utils.translation import gettext_lazy as _

from yiyang.kernel import prepared
from yiyang.kernel.refusals import Refusal

from .actors import AccountActor
from .models import Account, ApiToken, Membership
from .oauth.app import App
from .secrets import PREFIX, hash_of

M = TypeVar("M", bound=Model)
USE_NOTED_EVERY = timedelta(minutes=1)


class TokenUnknown(Refusal):
    message = _("This token is not known. Send “Authorization: Bearer …” with a token that was issued here.")
    status = 401


class TokenExpired(Refusal):
    message = _(
        "This token expired at {at}. Issue a new one under “My account”, or with “yiyang token issue”."
    )
    status = 401


class TokenRevoked(Refusal):
    message = _("This token was revoked, or the membership or account behind it has ended.")
    status = 401


class TokenForFhirOnly(Refusal):
    message = _("This token was given to an app and opens nothing but the record under /fhir.")
    status = 403


def actor_from_token(raw: str, at: datetime, *, apps: bool = False) -> AccountActor | None:
    """The actor behind a token, or None."""
    try:
        return authenticate_token(raw, at, apps=apps)
    except (TokenUnknown, TokenExpired, TokenRevoked, TokenForFhirOnly):
        return None


def authenticate_token(raw: str, at: datetime, *, apps: bool = False) -> AccountActor:
    """The actor behind a token; says why when there is none. `apps`: whoever asks keeps to what an app may do."""
    if not raw.startswith(PREFIX) or len(raw) > 100:
        raise TokenUnknown
    token, below = _current(hash_of(raw))
    if token.expires_at <= at:
        raise TokenExpired(at=token.expires_at)
    if token.revoked_at or not _still_works(token, at):
        raise TokenRevoked
    if token.client_id and not apps:
        raise TokenForFhirOnly
    _note_use(token, at)
    actor = AccountActor(token.account, token.membership, token_id=token.pk)
    actor.purpose = token.purpose
    if token.membership is not None:
        actor.__dict__["organisation_ids"] = frozenset(below)
    if token.client is not None:
        person_id = token.grant.person_id if token.grant else None
        actor.app = App(token.client.pk, token.client.name, token.scope, person_id)
    return actor


# Where the rows behind a token stand: it changes whenever one of them does.
STAND = """
    SELECT concat_ws('/', t.id, t.expires_at, t.revoked_at, t.membership_id, a.xmin, a.ctid, m.xmin, m.ctid, o.xmin, o.ctid),
           ARRAY(SELECT b.id FROM access_organisation b WHERE b.path @> ARRAY[o.id]), t.last_used_at
    FROM access_apitoken t JOIN access_account a ON a.id = t.account_id
    LEFT JOIN access_membership m ON m.id = t.membership_id
    LEFT JOIN access_organisation o ON o.id = m.organisation_id
    WHERE t.hash = %s
"""
REMEMBERED_AT_MOST = 5_000
_remembered: dict[str, tuple[str, ApiToken]] = {}


def _current(hash: str) -> tuple[ApiToken, list[UUID]]:
    """The token as it is now, and the organisations below its own. What was read for an earlier request is used
    again while none of its rows has changed, which is asked every time."""
    row = prepared.first(STAND, [hash])
    if row is None:
        raise TokenUnknown
    stand, below, last_used_at = row
    known = _remembered.get(hash)
    if known is None or known[0] != stand:
        found = ApiToken.objects.select_related(
            "account", "membership__organisation", "membership__area", "client", "grant"
        ).get(hash=hash)
        if len(_remembered) >= REMEMBERED_AT_MOST:
            _remembered.clear()
        known = _remembered[hash] = (stand, found)
    token = _own(known[1])
    token.last_used_at = last_used_at  # changes every minute; nothing follows from it
    return token, below


def _own(token: ApiToken) -> ApiToken:
    """A copy for one request: what it does to its objects is no other's affair."""
    mine = _copy(token)
    mine.account = _copy(token.account)
    if token.membership is not None:
        mine.membership = _copy(token.membership)
        mine.membership.organisation = _copy(token.membership.organisation)
        mine.membership.account = mine.account
    return mine


def _copy(row: M) -> M:
    new = row.__class__.__new__(row.__class__)
    new.__dict__.update(row.__dict__)
    new._state = ModelState()
    new._state.db, new._state.adding = row._state.db, row._state.adding
    new._state.fields_cache = dict(row._state.fields_cache)
    return new


def _still_works(token: ApiToken, at: datetime) -> bool:
    return may_act(token.account, token.membership, at)


def may_act(account: Account, membership: Membership | None, at: datetime) -> bool:
    """Whether this account may act now, in this role."""
    if account.locked_at:
        return False
    if membership is None:
        return True
    period = membership.period
    return (
        membership.suspended_at is None
        and membership.organisation.active
        and period.lower <= at
        and (period.upper is None or at < period.upper)
    )


def _note_use(token: ApiToken, at: datetime) -> None:
    """To the minute: one write a minute, not one a request."""
    if token.last_used_at is None or at - token.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
